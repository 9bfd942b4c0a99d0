/** Defining and undefining, whatever it is: whole, idempotent, by key, and where it may be done. */
import { describe, expect } from "vitest";
import { OperationType } from "../../src/protocol/messages/index.ts";
import type { Registry } from "./support/registry.ts";
import { scenario } from "./support/registry.ts";

const SOURCE = {
  Code: "login",
  Authentication: "IdentityAuthentication_JWT",
  Parameters: { Audience: "oms", Issuer: "https://login.example" },
};

/** One thing of each kind: the end of its operations' names, its field, its key, two contents, and what it is called. */
interface Sample {
  readonly type: string;
  readonly kind: "owner" | "exchange" | "ownExchange" | "status" | "source" | "identity" | "account";
  readonly field: string;
  readonly key: object;
  readonly first: object;
  readonly second: object;
  readonly name: string;
  readonly isCommon: boolean;
}

const SAMPLES: readonly Sample[] = [
  sample("Owner", "owner", "OwnerDetails", { OwnerID: "YT" }, { Name: "One" }, { Name: "Two" }, "YT"),
  sample("Exchange", "exchange", "ExchangeDetails", { Exchange: "ASX" }, { Metadata: { Country: "AU" } }, {}, "ASX"),
  sample("RequestStatus", "status", "RequestStatus", { Code: "Held" }, { Name: "Held" }, { IsManual: true }, "Held"),
  sample("IdentitySource", "source", "IdentitySource", { Code: "login" }, SOURCE, { ...SOURCE, Name: "Two" }, "login"),
  sample(
    "Permissions",
    "identity",
    "Permissions",
    { Identity: "User:ann", Source: "login" },
    { Features: ["Admin"] },
    { Feeds: ["asx"] },
    "login/User:ann",
  ),
  {
    ...sample(
      "Account",
      "account",
      "AccountDetails",
      { Account: { AccountID: "A1", OwnerID: "XS" } },
      { Name: "One" },
      { Name: "Two" },
      "XS/A1",
    ),
    isCommon: false,
  },
  {
    ...sample("Exchange", "ownExchange", "ExchangeDetails", { Exchange: "ASX" }, { Metadata: { A: "1" } }, {}, "ASX"),
    isCommon: false,
  },
];

function sample(
  type: string,
  kind: Sample["kind"],
  field: string,
  key: object,
  first: object,
  second: object,
  name: string,
): Sample {
  return { type, kind, field, key, first: { ...key, ...first }, second: { ...key, ...second }, name, isCommon: true };
}

/** The operations of a sample, where it may be defined. */
function operationsOf(registry: Registry, { type, field, isCommon }: Sample) {
  const apply = isCommon ? registry.common : registry.own;
  const refuse = isCommon ? registry.refusesCommon : registry.refusesOwn;
  if (type === "Permissions") registry.common("DefineIdentitySource", { IdentitySource: SOURCE });
  return {
    define: (details: object) => apply(`Define${type}`, { [field]: details }),
    undefine: (details: object, mustExist = false) => apply(`Undefine${type}`, { [field]: details }, { mustExist }),
    refusesUndefine: (name: string, details: object) =>
      refuse(`Unknown ${name}`, `Undefine${type}`, { [field]: details }, { mustExist: true }),
  };
}

describe.each(SAMPLES)("$kind", (sample) => {
  const { type, kind, field, key, first, second, name, isCommon } = sample;

  scenario("defining it puts it whole and tells of it; defining it anew replaces it whole", (registry) => {
    const { define } = operationsOf(registry, sample);
    define(first);
    expect(registry.events()).toEqual([[`Define${type}`, { [field]: first }]]);
    expect(registry.all(kind)).toEqual([first]);
    define(second);
    expect(registry.events()).toEqual([[`Define${type}`, { [field]: second }]]);
    expect(registry.all(kind)).toEqual([second]);
  });

  scenario("defining what is so already changes nothing and tells of nothing", (registry) => {
    const { define } = operationsOf(registry, sample);
    define(first);
    expect(registry.isRepeated()).toBe(false);
    define(Object.fromEntries(Object.entries(first).reverse()));
    expect(registry.isRepeated()).toBe(true);
    expect(registry.events()).toEqual([]);
  });

  scenario("to undefine it only the key is looked at", (registry) => {
    const { define, undefine } = operationsOf(registry, sample);
    define(first);
    undefine(key);
    expect(registry.events()).toEqual([[`Undefine${type}`, { [field]: key }]]);
    expect(registry.all(kind)).toEqual([]);
    define(first);
    undefine(second, true);
    expect(registry.all(kind)).toEqual([]);
  });

  scenario("undefining what is unknown changes nothing, or is refused when it must exist", (registry) => {
    const { define, undefine, refusesUndefine } = operationsOf(registry, sample);
    undefine(key);
    expect(registry.isRepeated()).toBe(true);
    refusesUndefine(name, key);
    define(first);
    undefine(key, true);
    refusesUndefine(name, key);
  });

  scenario("an operation without its details is refused, and details without their key", (registry) => {
    const refuse = isCommon ? registry.refusesCommon : registry.refusesOwn;
    const [missing = ""] = Object.keys(key).toReversed();
    for (const operation of [`Define${type}`, `Undefine${type}`]) {
      refuse(`Field.Missing Operation.${field}`, operation);
      refuse(`Field.Missing Operation.${field}.${missing}`, operation, { [field]: {} });
    }
  });
});

describe("where an operation may be done", () => {
  const OWN = [
    ...["DefineAccount", "UndefineAccount", "DefineExchange", "UndefineExchange"],
    ...["Transform", "TransformAccount"],
  ];
  const COMMON = [
    ...["DefineOwner", "UndefineOwner", "TransformOwner", "DefineExchange", "UndefineExchange"],
    ...["DefineRequestStatus", "UndefineRequestStatus", "DefineIdentitySource", "UndefineIdentitySource"],
    ...["DefinePermissions", "UndefinePermissions"],
  ];
  const all = [...OperationType.numbers.keys()];

  scenario("what is common to tenants is defined in the System alone, and exchanges there too", (registry) => {
    for (const type of all.filter((full) => !OWN.includes(full.slice("OperationType_".length)))) {
      registry.refusesOwn(`Operation ${type}`, type);
    }
  });

  scenario("accounts, and all that is no metadata, are not common to tenants", (registry) => {
    for (const type of all.filter((full) => !COMMON.includes(full.slice("OperationType_".length)))) {
      registry.refusesCommon(`Operation ${type}`, type);
    }
  });
});
