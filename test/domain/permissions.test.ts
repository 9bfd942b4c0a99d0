import { describe, expect, test } from "vitest";
import {
  authorityOf,
  FEATURES,
  hasFeature,
  hasOneOf,
  maySeeOwner,
  maySupplyFeed,
  onlyOwner,
  seesEveryOwner,
} from "../../src/domain/permissions.ts";

describe("which Owners a caller may see", () => {
  test("those that it names, and no other", () => {
    const permissions = { Owners: ["XS", "YS"] };
    expect(maySeeOwner(permissions, "XS")).toBe(true);
    expect(maySeeOwner(permissions, "YS")).toBe(true);
    expect(maySeeOwner(permissions, "ZS")).toBe(false);
    expect(maySeeOwner(permissions, "xs")).toBe(false);
    expect(maySeeOwner(permissions, "X")).toBe(false);
    expect(maySeeOwner(permissions, "")).toBe(false);
  });

  test.each([...FEATURES])("naming none means all for Admin and Operator alone: %s", (feature) => {
    const isForAll = feature === "Admin" || feature === "Operator";
    expect(maySeeOwner({ Features: [feature] }, "XS")).toBe(isForAll);
    expect(seesEveryOwner({ Features: [feature] })).toBe(isForAll);
    expect(seesEveryOwner({ Owners: [], Features: [feature] })).toBe(isForAll);
  });

  test("without features, naming none means none", () => {
    expect(maySeeOwner({}, "XS")).toBe(false);
    expect(seesEveryOwner({})).toBe(false);
  });

  test.each([...FEATURES])("a feature adds no Owner to those that are named: %s", (feature) => {
    expect(maySeeOwner({ Owners: ["XS"], Features: [feature] }, "YS")).toBe(false);
    expect(seesEveryOwner({ Owners: ["XS"], Features: [feature] })).toBe(false);
  });

  test("what cannot be an OwnerID is not even seen by who sees all", () => {
    for (const ownerId of ["", ".", "..", "a/b", "a@b", "a\u0000b", "a\nb", "a".repeat(65), "\ud800"]) {
      expect(maySeeOwner({ Features: ["Admin"] }, ownerId)).toBe(false);
    }
  });

  test("the only one is known when exactly one is named", () => {
    expect(onlyOwner({ Owners: ["XS"] })).toBe("XS");
    expect(onlyOwner({ Owners: ["XS", "YS"] })).toBeUndefined();
    expect(onlyOwner({ Features: ["Admin"] })).toBeUndefined();
  });
});

describe("what a caller may do", () => {
  test("no feature implies another", () => {
    for (const given of FEATURES) {
      for (const asked of FEATURES) expect(hasFeature({ Features: [given] }, asked)).toBe(given === asked);
    }
  });

  test("of several features one is enough, and none needed is always given", () => {
    expect(hasOneOf({ Features: ["Operator"] }, ["Admin", "Operator"])).toBe(true);
    expect(hasOneOf({ Features: ["Alter"] }, ["Admin", "Operator"])).toBe(false);
    expect(hasOneOf({}, ["Alter"])).toBe(false);
    expect(hasOneOf({}, [])).toBe(true);
  });

  test("a feed is supplied only by who names it, Admin or not", () => {
    expect(maySupplyFeed({ Feeds: ["asx"] }, "asx")).toBe(true);
    expect(maySupplyFeed({ Feeds: ["asx"] }, "nyse")).toBe(false);
    expect(maySupplyFeed({ Features: ["Admin", "Operator"] }, "asx")).toBe(false);
  });

  test("its authority is who it is, not what it may do", () => {
    const permissions = { Type: "IdentityType_Service", Identity: "Client:adapter", Source: "bootstrap" } as const;
    expect(authorityOf({ ...permissions, Owners: ["XS"], Features: ["Alter"] })).toEqual(permissions);
  });
});
