/** Exchanges: an Owner's own lies over the one handed down, and events tell what is in effect. */
import { describe, expect } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { type Registry, scenario } from "./support/registry.ts";

const ASX = { Exchange: "ASX" };
const HANDED_DOWN = { ...ASX, Metadata: { Country: "AU" } };
const OWN = { ...ASX, Destinations: [{ ExDestination: "TM", Route: "asx-test" }] };

const defineOwn = ({ own }: Registry, ExchangeDetails: object): void => own("DefineExchange", { ExchangeDetails });
const undefineOwn = ({ own }: Registry): void => own("UndefineExchange", { ExchangeDetails: ASX });
const handDown = ({ common }: Registry, ExchangeDetails: object): void => common("DefineExchange", { ExchangeDetails });
const takeBack = ({ common }: Registry): void => common("UndefineExchange", { ExchangeDetails: ASX });

describe("an Owner's own exchange", () => {
  scenario("lies over the one handed down, which is kept under it", (registry) => {
    handDown(registry, HANDED_DOWN);
    defineOwn(registry, OWN);
    expect(registry.events()).toEqual([["DefineExchange", { ExchangeDetails: OWN }]]);
    expect(registry.all("exchange")).toEqual([HANDED_DOWN]);
    expect(registry.all("ownExchange")).toEqual([OWN]);
  });

  scenario("hides what happens to the one handed down", (registry) => {
    defineOwn(registry, OWN);
    for (const change of [() => handDown(registry, HANDED_DOWN), () => takeBack(registry)]) {
      change();
      expect(registry.events()).toEqual([]);
      expect(registry.isRepeated()).toBe(false);
    }
    expect(registry.all("exchange")).toEqual([]);
  });

  scenario("uncovers what was handed down meanwhile when it is undefined", (registry) => {
    defineOwn(registry, OWN);
    handDown(registry, HANDED_DOWN);
    undefineOwn(registry);
    expect(registry.events()).toEqual([["DefineExchange", { ExchangeDetails: HANDED_DOWN }]]);
    expect(registry.all("ownExchange")).toEqual([]);
  });

  scenario("is gone when it is undefined and nothing lies under it", (registry) => {
    defineOwn(registry, OWN);
    handDown(registry, HANDED_DOWN);
    takeBack(registry);
    undefineOwn(registry);
    expect(registry.events()).toEqual([["UndefineExchange", { ExchangeDetails: ASX }]]);
  });

  scenario("is put without an event when it says what is in effect already, and goes without one", (registry) => {
    handDown(registry, HANDED_DOWN);
    defineOwn(registry, HANDED_DOWN);
    expect(registry.events()).toEqual([]);
    expect(registry.isRepeated()).toBe(false);
    expect(registry.all("ownExchange")).toEqual([HANDED_DOWN]);
    undefineOwn(registry);
    expect(registry.events()).toEqual([]);
    expect(registry.isRepeated()).toBe(false);
    expect(registry.all("ownExchange")).toEqual([]);
  });

  scenario("cannot be undefined where only one handed down exists", ({ common, refusesOwn, own, isRepeated }) => {
    common("DefineExchange", { ExchangeDetails: HANDED_DOWN });
    own("UndefineExchange", { ExchangeDetails: ASX });
    expect(isRepeated()).toBe(true);
    refusesOwn("Unknown ASX", "UndefineExchange", { ExchangeDetails: ASX }, { mustExist: true });
  });
});

describe("what an exchange must say", () => {
  const longest = "x".repeat(LIMITS.ID_CHARACTERS);
  const longestFeed = "x".repeat(LIMITS.FEED_NAME_CHARACTERS);

  scenario("codes as long as they may be are taken", (registry) => {
    handDown(registry, {
      Exchange: longest,
      Destinations: [{ ExDestination: longest, Route: longestFeed, LitSource: longest }, { ExDestination: "B" }],
      OrderStatuses: [{ Code: longest }, { Code: "Open" }],
    });
    expect(registry.all("exchange")).toHaveLength(1);
  });

  const destinations = (...Destinations: object[]): object => ({ Destinations });
  const statuses = (...OrderStatuses: object[]): object => ({ OrderStatuses });
  const invalid: readonly (readonly [string, object])[] = [
    ["Invalid Exchange", { Exchange: `${longest}x` }],
    ["Missing Destinations[0].ExDestination", destinations({ Route: "asx" })],
    ["Invalid Destinations[0].ExDestination", destinations({ ExDestination: `${longest}x` })],
    [
      "Invalid Destinations[1].ExDestination",
      destinations({ ExDestination: "A" }, { ExDestination: "A", IsLit: true }),
    ],
    ["Invalid Destinations[1].Route", destinations({ ExDestination: "A" }, { ExDestination: "B", Route: "a/b" })],
    ["Invalid Destinations[0].Route", destinations({ ExDestination: "A", Route: `${longestFeed}x` })],
    ["Invalid Destinations[0].Route", destinations({ ExDestination: "A", Route: "oms" })],
    ["Invalid Destinations[0].Route", destinations({ ExDestination: "A", Route: "system" })],
    ["Invalid Destinations[0].LitSource", destinations({ ExDestination: "A", LitSource: `${longest}x` })],
    ["Missing OrderStatuses[1].Code", statuses({ Code: "Open" }, { Name: "Open" })],
    ["Invalid OrderStatuses[0].Code", statuses({ Code: `${longest}x` })],
    ["Invalid OrderStatuses[2].Code", statuses({ Code: "Open" }, { Code: "open" }, { Code: "Open" })],
  ];

  scenario("each refusal names the field, in the System and in an Owner", ({ refusesCommon, refusesOwn }) => {
    for (const [refusal, details] of invalid) {
      const [code, path] = refusal.split(" ");
      const content = { ExchangeDetails: { ...ASX, ...details } };
      const text = `Field.${code === "Missing" ? "Missing" : "Invalid"} Operation.ExchangeDetails.${path}` as const;
      refusesCommon(text, "DefineExchange", content);
      refusesOwn(text, "DefineExchange", content);
    }
  });
});
