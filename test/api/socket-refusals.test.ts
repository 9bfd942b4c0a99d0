import { expect, test } from "vitest";
import { app } from "../../src/api/app.ts";
import { TEST_SECRET, tokenFor } from "../support/token.ts";

/** What the Worker answers when the Owner's object refuses a socket in these words. */
async function answerTo(refusal: Response): Promise<Response> {
  const idFromName = (name: string) => ({ name });
  const OWNERS = { idFromName, get: () => ({ fetch: async () => refusal }) };
  const SYSTEM = { idFromName, get: () => ({ find: async () => ({ ownerId: "XS", object: "XS@1", generation: 1 }) }) };
  const headers = { Upgrade: "websocket", Authorization: `Bearer ${await tokenFor({ owners: ["XS"] })}` };
  return app.request("/streaming?owner=XS", { headers }, { OWNERS, SYSTEM, OMS_BOOTSTRAP_SECRET: TEST_SECRET });
}

test.each([
  ["Subscription.TooLarge", 422, null],
  ["Unauthenticated", 401, null],
  ["Retry", 503, "1"],
])("a socket that the object refuses is refused in its words: %s", async (code, status, retryAfter) => {
  const answer = await answerTo(Response.json([code], { status }));
  expect([answer.status, await answer.json()]).toEqual([status, [code]]);
  expect(answer.headers.get("Retry-After")).toBe(retryAfter);
});
