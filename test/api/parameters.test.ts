import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { Api } from "../../src/api/environment.ts";
import { pathParameter, Query, rawPath, refuseQuery } from "../../src/api/parameters.ts";
import { answerError } from "../../src/api/refusals.ts";

const app = new Hono<Api>({ getPath: rawPath });
app.get("/path/:owner/:account", (call) => call.json([pathParameter(call, "owner"), pathParameter(call, "account")]));
app.get("/query", (call) => {
  const query = new Query(call, "owner", "id", "onlyActive");
  return call.json({ owner: query.one("owner") ?? null, id: query.all("id"), onlyActive: query.flag("onlyActive") });
});
app.get("/none", (call) => {
  refuseQuery(call);
  return call.json([]);
});
app.onError(answerError);

async function ask(path: string): Promise<{ status: number; body: unknown }> {
  const response = await app.request(`http://localhost${path}`);
  return { status: response.status, body: await response.json() };
}

describe("a parameter of the path is decoded exactly once", () => {
  test.each([
    ["an account with a slash", "a%2Fb", "a/b"],
    ["a lower-case escape", "a%2fb", "a/b"],
    ["a percent sign", "100%25", "100%"],
    ["an escape that was escaped", "a%252Fb", "a%2Fb"],
    ["a percent sign before digits", "%2541", "%41"],
    ["a question mark and a hash", "a%3Fb%23c", "a?b#c"],
    ["a space, and a plus that is a plus", "a%20b+c", "a b+c"],
    ["letters beyond ASCII, escaped", "%C3%A9%E6%97%A5%F0%9F%98%80", "é日😀"],
    ["letters beyond ASCII, as they are", "é日😀", "é日😀"],
    ["a backslash", "a%5Cb", "a\\b"],
    ["a colon, an at sign, a semicolon", "a:b@c;d", "a:b@c;d"],
  ])("%s", async (_what, sent, account) => {
    expect(await ask(`/path/XS/${sent}`)).toEqual({ status: 200, body: ["XS", account] });
  });

  test("an escaped slash does not shift the parameters", async () => {
    expect((await ask("/path/X%2FS/a%2Fb%2Fc")).body).toEqual(["X/S", "a/b/c"]);
  });

  test("every text survives escaping by encodeURIComponent", async () => {
    for (const account of ["%", "%%", "%2F", "/", "//", "a/../b", "+", "&=?#", "\u00a0", "\u202e", "日本/1"]) {
      expect((await ask(`/path/XS/${encodeURIComponent(account)}`)).body).toEqual(["XS", account]);
    }
  });

  test.each([
    ["half an escape", "a%2"],
    ["no escape at all", "a%zz"],
    ["bytes that are not UTF-8", "a%FF"],
    ["a surrogate in UTF-8", "%ED%A0%80"],
  ])("400 for %s", async (_what, sent) => {
    expect(await ask(`/path/XS/${sent}`)).toEqual({ status: 400, body: ["Message.Unreadable path"] });
  });

  test.each([
    ["a control character", "a%00b"],
    ["the separator of keys", "a%1Fb"],
  ])("400 for %s", async (_what, sent) => {
    expect(await ask(`/path/XS/${sent}`)).toEqual({ status: 400, body: ["Field.Invalid account"] });
  });
});

describe("the query is understood whole, or refused", () => {
  test("parameters are decoded once, plus being a space", async () => {
    expect((await ask("/query?owner=X%2BS+1&id=a%2F1&id=b%252F2&onlyActive=true")).body).toEqual({
      owner: "X+S 1",
      id: ["a/1", "b%2F2"],
      onlyActive: true,
    });
  });

  test("nothing given is nothing, and a flag is false", async () => {
    expect((await ask("/query?")).body).toEqual({ owner: null, id: [], onlyActive: false });
    expect((await ask("/query?onlyActive=false")).body).toEqual({ owner: null, id: [], onlyActive: false });
  });

  test.each([
    ["/query?asAt=2026-01-01", "Field.Unknown asAt"],
    ["/query?Owner=XS", "Field.Unknown Owner"],
    ["/none?owner=XS", "Field.Unknown owner"],
    ["/none?asAt%5Basx%5D=1", "Field.Unknown asAt[asx]"],
    ["/query?owner=XS&owner=YS", "Field.Invalid owner"],
    ["/query?owner=", "Field.Invalid owner"],
    ["/query?owner", "Field.Invalid owner"],
    ["/query?owner=%zz", "Field.Invalid owner"],
    ["/query?owner=%FF", "Field.Invalid owner"],
    ["/query?owner=a%00", "Field.Invalid owner"],
    ["/query?onlyActive=yes", "Field.Invalid onlyActive"],
    ["/query?onlyActive=", "Field.Invalid onlyActive"],
  ])("400 for %s", async (path, code) => {
    expect(await ask(path)).toEqual({ status: 400, body: [code] });
  });
});
