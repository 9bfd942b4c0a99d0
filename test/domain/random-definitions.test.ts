/**
 * Seeded random runs of definitions, own and handed down. After every step the registry checks that `repeated` says
 * whether anything changed, that the events so far add up to what is in effect, that the log so far gives the state,
 * text for text, and which keys exist; a model that is told of nothing but the operations says what must be kept.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Kind } from "../../src/domain/records.ts";
import { WarmBook, WrittenBook } from "./support/book.ts";
import { Registry } from "./support/registry.ts";

const SEED = Number(process.env.RULES_SEED ?? 20260105);
const RUNS = Number(process.env.RULES_RUNS ?? 60);
const NO_TIMEOUT = 0;

interface Step {
  readonly what: "Owner" | "Exchange" | "RequestStatus" | "IdentitySource" | "Permissions" | "Account";
  readonly isDefined: boolean;
  readonly isCommon: boolean;
  readonly name: string;
  /** What the details say beside their key; 0 = nothing. */
  readonly content: number;
}

const what = fc.constantFrom<Step["what"][]>(
  ...(["Exchange", "Exchange", "Exchange", "Exchange"] as const),
  ...(["Owner", "RequestStatus", "IdentitySource", "Permissions", "Account"] as const),
);
const anyStep: fc.Arbitrary<Step> = fc.record({
  what,
  isDefined: fc.constantFrom(true, true, false),
  isCommon: fc.boolean(),
  name: fc.constantFrom("A", "B"),
  content: fc.nat({ max: 2 }),
});

/** The field that carries the details, the kind that is kept, and the details themselves. */
function detailsOf({ what, name, content, isCommon }: Step): readonly [field: string, kind: Kind, details: object] {
  const said = content === 0 ? {} : { Metadata: { Content: String(content) } };
  switch (what) {
    case "Owner":
      return ["OwnerDetails", "owner", { OwnerID: name, ...said }];
    case "Exchange":
      return ["ExchangeDetails", isCommon ? "exchange" : "ownExchange", { Exchange: name, ...said }];
    case "RequestStatus":
      return ["RequestStatus", "status", { Code: name, ...(content > 0 && { Name: String(content) }) }];
    case "IdentitySource": {
      const Parameters = { Audience: name, Issuer: "https://login.example" };
      return [
        "IdentitySource",
        "source",
        { Code: name, ...said, Authentication: "IdentityAuthentication_JWT", Parameters },
      ];
    }
    case "Permissions":
      return ["Permissions", "identity", { Identity: `User:${name}`, Source: "always", ...said }];
    case "Account": {
      const Account = { AccountID: name, OwnerID: "XS" };
      return ["AccountDetails", "account", { Account, ...(content > 0 && { Name: String(content) }) }];
    }
  }
}

const ALWAYS = {
  Code: "always",
  Authentication: "IdentityAuthentication_JWT",
  Parameters: { Audience: "always", Issuer: "https://login.example" },
};

function perform(registry: Registry, step: Step): void {
  const [field, , details] = detailsOf(step);
  const isCommon = step.what === "Account" ? false : step.what === "Exchange" ? step.isCommon : true;
  const apply = isCommon ? registry.common : registry.own;
  apply(`${step.isDefined ? "Define" : "Undefine"}${step.what}`, { [field]: details });
}

test(`the events add up to what is in effect, and the log to the state [seed ${SEED}, ${RUNS} runs]`, {
  timeout: NO_TIMEOUT,
}, () => {
  const check = fc.property(fc.array(anyStep, { minLength: 5, maxLength: 40, size: "max" }), (steps) => {
    const warm = new Registry(new WarmBook());
    const woken = new Registry(new WrittenBook());
    const model = new Map<string, { readonly kind: Kind; readonly details: object }>();
    for (const registry of [warm, woken]) registry.common("DefineIdentitySource", { IdentitySource: ALWAYS });
    for (const step of steps) {
      perform(warm, step);
      perform(woken, step);
      const [, kind, details] = detailsOf(step);
      if (step.isDefined) model.set(`${kind} ${step.name}`, { kind, details });
      else model.delete(`${kind} ${step.name}`);
      const kept = [...model.values()].filter((entry) => entry.kind === kind).map((entry) => entry.details);
      const expected = kind === "source" ? [...kept, ALWAYS] : kept;
      expect(sorted(warm.all(kind))).toEqual(sorted(expected));
    }
    expect(woken.history).toEqual(warm.history);
  });
  return fc.assert(check, { seed: SEED, numRuns: RUNS });
});

function sorted(records: readonly unknown[]): readonly string[] {
  return records.map((record) => JSON.stringify(record)).sort();
}
