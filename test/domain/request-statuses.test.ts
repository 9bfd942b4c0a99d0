/** What the states of a client request mean. */
import { describe, expect, test } from "vitest";
import { BUILT_IN_STATUSES } from "../../src/domain/request-statuses.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { scenario } from "./support/registry.ts";

describe("the built-in request statuses", () => {
  test("are five, with the flags of design §8", () => {
    const flags = BUILT_IN_STATUSES.map(({ Code, ...rest }) => `${Code}: ${Object.keys(rest).join(", ")}`);
    expect(flags).toEqual([
      "Pending: IsNormal, IsTransition",
      "Queued: IsNormal, CanAmend, CanCancel",
      "Submitted: IsNormal, IsTransition",
      "Rejected: IsCompleted",
      "Completed: IsNormal, IsCompleted",
    ]);
  });

  scenario("may be redefined, but not undefined", ({ common, refusesCommon, all }) => {
    for (const { Code = "" } of BUILT_IN_STATUSES) {
      refusesCommon(`Operation ${Code}`, "UndefineRequestStatus", { RequestStatus: { Code } });
      common("DefineRequestStatus", { RequestStatus: { Code, Name: "Anew" } });
      refusesCommon(`Operation ${Code}`, "UndefineRequestStatus", { RequestStatus: { Code } });
    }
    expect(all("status")).toHaveLength(5);
  });
});

scenario("a request status's code is as long as an id may be", ({ common, refusesCommon }) => {
  common("DefineRequestStatus", { RequestStatus: { Code: "x".repeat(LIMITS.ID_CHARACTERS) } });
  const RequestStatus = { Code: "x".repeat(LIMITS.ID_CHARACTERS + 1) };
  refusesCommon("Field.Invalid Operation.RequestStatus.Code", "DefineRequestStatus", { RequestStatus });
});
