/** Changes of what is common are updates like others: no longer than one may be. */
import { expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { ask } from "../support/api.ts";

test("a change of what is common is as long as an update may be, and no longer", async () => {
  const define = async (Name: string) => {
    const claims = { features: ["Alter", "Admin"] };
    const { status, body } = await ask("POST", "/status/request", {
      claims,
      body: JSON.stringify({ Code: "L", Name }),
    });
    return [status, body];
  };
  // What stands around the name in the update.
  const rest = JSON.stringify({
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_DefineRequestStatus", RequestStatus: { Code: "L", Name: "" } },
  }).length;
  const most = LIMITS.UPDATE_BYTES - rest;

  expect(await define("x".repeat(most - 1))).toEqual([204, undefined]);
  expect(await define("x".repeat(most))).toEqual([204, undefined]);
  expect(await define("x".repeat(most + 1))).toEqual([413, ["Message.TooLarge"]]);
});
