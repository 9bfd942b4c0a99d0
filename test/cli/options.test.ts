import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { connectionOf, DEFAULT_URL } from "../../src/cli/connection.ts";
import { EXIT, Failed, failureOf } from "../../src/cli/exit-codes.ts";
import { FAMILIES } from "../../src/cli/families/index.ts";
import { momentOf } from "../../src/cli/options/moments.ts";
import { UsageError } from "../../src/cli/usage.ts";
import { OmsError } from "../../src/client/errors.ts";

describe("a moment", () => {
  it("is a time, in UTC unless it says otherwise, or a position of each sequence", () => {
    expect(momentOf("as-at", [])).toBeUndefined();
    expect(momentOf("as-at", ["2026-01-31"])).toBe("2026-01-31T00:00:00.000000Z");
    expect(momentOf("as-at", ["2026-01-31T10:00+10:00"])).toBe("2026-01-31T00:00:00.000000Z");
    expect(momentOf("from", ["asx=4711", "XS/oms=0", "a=b=7"])).toEqual({ asx: 4711, "XS/oms": 0, "a=b": 7 });
  });

  it.each([
    ["yesterday"],
    ["asx="],
    ["asx=-1"],
    ["asx=1", "asx=2"],
    ["2026-01-31", "asx=1"],
    ["asx=99999999999999999"],
  ])("is nothing else (%s %s)", (...values) => {
    expect(() => momentOf("from", values)).toThrow(UsageError);
  });
});

describe("the connection", () => {
  it("is what options say, else the environment, else a server on this machine", () => {
    const environment = { OMS_URL: "https://oms.example.com/", OMS_TOKEN: " T ", OMS_OWNER: "XS" };
    expect(connectionOf({}, {})).toEqual({ url: new URL(DEFAULT_URL), token: undefined, owner: undefined });
    expect(connectionOf({}, environment)).toEqual({
      url: new URL("https://oms.example.com/"),
      token: "T",
      owner: "XS",
    });
    expect(connectionOf({ url: "http://[::1]:1/", token: "U", owner: "YS" }, environment)).toEqual({
      url: new URL("http://[::1]:1/"),
      token: "U",
      owner: "YS",
    });
    expect(() => connectionOf({ url: "oms.example.com" }, {})).toThrow(UsageError);
  });

  it("has its token from a command that prints one; a token that is given outweighs a command of the environment", async () => {
    const { token } = connectionOf({ "token-command": "echo fresh" }, { OMS_TOKEN: "old" });
    expect(typeof token === "function" && (await token())).toBe("fresh");
    expect(connectionOf({ token: "U" }, { OMS_TOKEN_COMMAND: "echo fresh" }).token).toBe("U");
    for (const command of ["true", "echo two words", "echo said >&2; exit 3"]) {
      const { token: failing } = connectionOf({ "token-command": command }, {});
      await expect(typeof failing === "function" ? failing() : undefined).rejects.toThrow(command);
    }
  });
});

describe("the exit code", () => {
  const refused = (status: number, ...codes: string[]): OmsError =>
    new OmsError({ kind: "refused", what: "GET /", status, codes });

  it.each([
    [refused(422, "Trade.Unknown T1"), EXIT.refused],
    [refused(409, "Transaction.Conflict D1"), EXIT.refused],
    [refused(401, "Unauthenticated"), EXIT.forbidden],
    [refused(403, "Authority"), EXIT.forbidden],
    [refused(404, "Owner.Unknown XS"), EXIT.notFound],
    [refused(503, "Storage.Full"), EXIT.later],
    [refused(503), EXIT.later],
    [new OmsError({ kind: "unreachable", what: "GET /", reason: "gone" }), EXIT.unreachable],
    [new OmsError({ kind: "unreadable", what: "GET /" }), EXIT.unreachable],
    [new OmsError({ kind: "token", what: "GET /" }), EXIT.forbidden],
    [new UsageError("what?"), EXIT.usage],
    [new Failed(EXIT.refused, "some"), EXIT.refused],
  ])("tells %s apart (%i)", (error, code) => {
    expect(failureOf(error)?.code).toBe(code);
  });

  it("knows a mistake of this program from an operating error", () => {
    expect(failureOf(new TypeError("undefined is not a function"))).toBeUndefined();
  });

  it("says every code of a refusal, and nothing that a terminal obeys", () => {
    expect(failureOf(refused(422, "Side", "Symbol \u001b[2J"))?.lines).toEqual(["Side", "Symbol \\u001b[2J"]);
  });
});

describe("the commands", () => {
  const EVERYWHERE = ["url", "token", "token-command", "owner", "output", "columns", "help", "version"];

  it.each(FAMILIES.flatMap(({ name, verbs }) => verbs.map((verb) => ({ command: `${name} ${verb.name}`, verb }))))(
    "have no name twice among parameters, options and what is said everywhere ($command)",
    ({ verb }) => {
      const parameters = [...(verb.parameters ?? "").matchAll(/[<[]([a-z-]+)[>\]]/g)].map(([, name]) => name);
      const names = [...parameters, ...Object.keys(verb.options ?? {}), ...EVERYWHERE];
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    },
  );

  it("are all in the README, each with its verbs", () => {
    const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url).href), "utf8");
    const rows = FAMILIES.map(({ name, verbs }) => `| \`${name}\` | ${verbs.map((verb) => verb.name).join(", ")} |`);
    expect(rows.filter((row) => !readme.includes(row))).toEqual([]);
  });

  it("have exit codes that are all in the README", () => {
    const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url).href), "utf8");
    const [, table = ""] = readme.split("| exit code | meaning |");
    const told = table
      .slice(0, table.indexOf("\n\n"))
      .match(/^\| [\d, ]+ \|/gm)
      ?.join(" ")
      .match(/\d+/g);
    expect(told?.map(Number).sort()).toEqual(Object.values<number>(EXIT).sort());
  });

  it("have no family twice, and no verb twice in a family", () => {
    const names = FAMILIES.flatMap(({ name, verbs }) => [name, ...verbs.map((verb) => `${name} ${verb.name}`)]);
    expect(new Set(names).size).toBe(names.length);
  });
});
