import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { Api } from "../../src/api/environment.ts";
import { wantsBinary } from "../../src/api/media.ts";

const app = new Hono<Api>();
app.get("/", (call) => call.text(wantsBinary(call) ? "protobuf" : "JSON"));

async function preferred(accept: string | undefined): Promise<string> {
  const answer = await app.request("/", { headers: accept === undefined ? {} : { Accept: accept } });
  return answer.text();
}

describe("the kind of an answer", () => {
  test.each([
    [undefined, "JSON"],
    ["", "JSON"],
    ["*/*", "JSON"],
    ["application/*", "JSON"],
    ["application/json", "JSON"],
    ["text/html", "JSON"],
    ["application/x-protobuf", "protobuf"],
    ["Application/X-Protobuf", "protobuf"],
    ["application/x-protobuf;q=0", "JSON"],
    ["application/x-protobuf;q=0.1", "protobuf"],
    ["application/json, application/x-protobuf", "JSON"],
    ["application/x-protobuf, application/json", "protobuf"],
    ["application/json;q=0.9, application/x-protobuf", "protobuf"],
    ["application/json, application/x-protobuf;q=0.9", "JSON"],
    ["application/x-protobuf, */*", "protobuf"],
    ["application/x-protobuf;q=0.5, */*", "JSON"],
    ["application/x-protobuf, */*;q=0.5", "protobuf"],
    ["application/x-protobuf;q=0.5, application/*;q=0.2, */*;q=0.9", "protobuf"],
    ["application/json;q=0, application/*", "protobuf"],
  ])("that prefers %s is %s", async (accept, kind) => {
    expect(await preferred(accept)).toBe(kind);
  });
});
