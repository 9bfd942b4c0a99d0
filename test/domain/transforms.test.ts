/** Orders removed and restated many at a time (rule X1), what a transform must say, and what it means when it comes again. */
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { Given, scenario } from "./given.ts";
import { WarmBook } from "./support/book.ts";
import { type Registry, scenario as registryScenario } from "./support/registry.ts";

const ORDERS = [
  { OrderID: "open", Status: "New", Exchange: "ASX", Code: "BHP", Group: "G1" },
  { OrderID: "other exchange", Status: "New", Exchange: "XLON", Code: "BHP", Group: "G1" },
  { OrderID: "other code", Status: "New", Exchange: "ASX", Code: "RIO", Group: "G1" },
  { OrderID: "other group", Status: "New", Exchange: "ASX", Code: "BHP", Group: "G2" },
  { OrderID: "no group", Status: "New", Exchange: "ASX", Code: "BHP" },
  { OrderID: "pending", Status: "Pending", Exchange: "ASX", Code: "BHP", Group: "G1", Account: "A2" },
  { OrderID: "no status", Exchange: "ASX", Code: "BHP", Group: "G1" },
  { OrderID: "filled", Status: "Filled", Exchange: "ASX", Code: "BHP", Group: "G1", IsCompleted: true },
] as const;
const ALL = ORDERS.map(({ OrderID }) => OrderID);

function withOrders(): Given {
  const given = new Given(new WarmBook());
  for (const order of ORDERS) given.order({ Side: "BUY", Quantity: 1, Price: 2, ...order });
  return given;
}

/** The orders that there are, in the order in which they came. */
function live(given: Given): readonly string[] {
  return ALL.filter((id) => given.orderState(id) !== undefined);
}

const without = (...gone: readonly (typeof ALL)[number][]) => ALL.filter((id) => !gone.includes(id));

describe("REMOVE takes the orders that match", () => {
  test.each<readonly [string, object, readonly string[]]>([
    ["everything", {}, []],
    ["an exchange", { Exchange: "XLON" }, without("other exchange")],
    ["a code", { Code: "RIO" }, without("other code")],
    ["a group", { Group: "G2" }, without("other group")],
    ["a status", { OrderStatus: "Pending" }, without("pending")],
    ["a completed status", { OrderStatus: "Filled" }, without("filled")],
    ["all of these", { Exchange: "ASX", Code: "BHP", Group: "G1", OrderStatus: "New" }, without("open")],
    ["nothing", { Exchange: "NZX" }, ALL],
  ])("%s", (_, fields, left) => {
    const given = withOrders();
    given.transform({ TransformType: "REMOVE", ...fields });
    expect(live(given)).toEqual(left);
  });

  scenario("each with one event that carries its last state, as if its time had come (O6)", (given) => {
    const { order, transform, events, raised, timers, now } = given;
    order({ OrderID: "O1", Side: "BUY", Quantity: 2, Price: 5, RemoveAfter: "2026-03-01T00:00:00Z" });
    order({ OrderID: "O2", Side: "SELL", Quantity: 2, Price: 5, Account: "A2" });
    order({ OrderID: "O3", Side: "BUY", Quantity: 1, Price: 1 });
    transform({ TransformType: "REMOVE" });
    expect(events()).toEqual([
      ...["Orders O1 removed", "Orders O3 removed", "Orders A2/O2 removed"],
      ...["Balances AUD removed", "Holdings A2/BHP removed"],
    ]);
    expect(raised()[0]?.Order).toMatchObject({ OrderID: "O1", RemoveAfter: "1970-01-01T00:00:00.000000Z" });
    expect(timers()).toEqual([]);
    now({});
    // An order of that id is a new one.
    order({ OrderID: "O1", Side: "BUY", Quantity: 3, Price: 5, RemoveAfter: undefined });
    now({ AUD: "R 15" });
  });
});

describe("RESTATEMENT takes the orders that match", () => {
  const status = { OrderStatus: "Parked" } as const;
  test.each<readonly [string, object, readonly string[]]>([
    ["every open order", {}, without("filled")],
    ["an exchange", { Exchange: "XLON" }, ["other exchange"]],
    ["a code", { Code: "RIO" }, ["other code"]],
    ["a group", { Group: "G2" }, ["other group"]],
    ["a status", { Parameters: { FromStatus: "Pending" } }, ["pending"]],
    ["a completed status, when it is named", { Parameters: { FromStatus: "Filled" } }, ["filled"]],
    ["all of these", { Exchange: "ASX", Code: "BHP", Group: "G1", Parameters: { FromStatus: "New" } }, ["open"]],
    ["an empty status: open orders", { Parameters: { FromStatus: "" } }, without("filled")],
    ["nothing", { Parameters: { FromStatus: "Parked" } }, []],
  ])("%s", (_, fields, restated) => {
    const given = withOrders();
    given.transform({ ...status, ...fields });
    expect(ALL.filter((id) => given.orderState(id)?.Status === "Parked")).toEqual(restated);
    expect(given.events()).toHaveLength(restated.length);
  });

  scenario("and says whether they are completed as the exchange in effect does", (given) => {
    const { defineExchange, order, transform, orderState, now, events } = given;
    defineExchange("ASX", [{ Code: "Done", IsCompleted: true }, { Code: "Open" }]);
    order({ OrderID: "O1", Side: "BUY", Quantity: 2, Price: 5 });
    order({ OrderID: "O2", Side: "SELL", Quantity: 2, Price: 5, Exchange: "XLON" });
    transform({ OrderStatus: "Done" });
    expect(orderState("O1")).toMatchObject({ Status: "Done", IsCompleted: true });
    expect(orderState("O2")?.IsCompleted).toBeUndefined();
    expect(events()).toEqual(["Orders O1", "Orders O2", "Balances AUD removed"]);
    now({ "XLON:BHP": "S 2" });
    // Nobody says what this one means: what is completed stays so.
    transform({ OrderStatus: "Odd", Parameters: { FromStatus: "Done" } });
    expect(orderState("O1")).toMatchObject({ Status: "Odd", IsCompleted: true });
    transform({ OrderStatus: "Open", Parameters: { FromStatus: "Odd" }, Exchange: "ASX" });
    expect(orderState("O1")?.IsCompleted).toBeUndefined();
    now({ AUD: "R 10", "XLON:BHP": "S 2" });
  });

  scenario("and when they are removed, if it says so", ({ order, transform, timers, orderState, events, now }) => {
    order({ OrderID: "O1", Side: "BUY", Quantity: 2, Price: 5, RemoveAfter: "2026-03-01T00:00:00Z" });
    order({ OrderID: "O2", Side: "BUY", Quantity: 3, Price: 5 });
    transform({ OrderStatus: "A" });
    expect(timers()).toEqual(["order O1 2026-03-01T00:00:00.000Z"]);
    transform({ OrderStatus: "B", RemoveAfter: "2026-04-01T00:00:00Z" });
    expect(timers()).toEqual(["order O1 2026-04-01T00:00:00.000Z", "order O2 2026-04-01T00:00:00.000Z"]);
    transform({ OrderStatus: "C", RemoveAfter: {} });
    expect(events()).toEqual(["Orders O1 removed", "Orders O2 removed", "Balances AUD removed"]);
    expect([orderState("O1"), timers()]).toEqual([undefined, []]);
    now({});
  });

  scenario("and raises nothing for one that is so already", ({ order, transform, events }) => {
    order({ OrderID: "O1", Side: "BUY", Quantity: 2, Price: 5, Status: "A" });
    order({ OrderID: "O2", Side: "BUY", Quantity: 2, Price: 5, Status: "B" });
    transform({ OrderStatus: "A" });
    expect(events()).toEqual(["Orders O2"]);
  });
});

describe("NotAfter exempts what is later", () => {
  for (const TransformType of ["REMOVE", "RESTATEMENT"]) {
    scenario(`${TransformType}: by an order's Timestamp, else by when its state was made`, (given) => {
      const { order, transform, orderState, at, renameSymbol } = given;
      const moment = (microseconds: number) => ({
        Seconds: Math.floor(microseconds / 1e6),
        Nanoseconds: (microseconds % 1e6) * 1000,
      });
      const affected = (id: string) => orderState(id) === undefined || orderState(id)?.Status === "Gone";
      const OrderStatus = TransformType === "REMOVE" ? undefined : "Gone";
      order({ OrderID: "stamped", Side: "BUY", Quantity: 1, Price: 1, Timestamp: "2026-01-01T00:00:00.000002Z" });
      for (const [NotAfter, isExempt] of [
        ["2026-01-01T00:00:00.000001Z", true],
        ["2026-01-01T00:00:00.000002Z", false],
      ] as const) {
        transform({ TransformType, OrderStatus, NotAfter });
        expect(affected("stamped")).toBe(!isExempt);
      }
      order({ OrderID: "O1", Side: "BUY", Quantity: 1, Price: 1 });
      const made = at();
      // Told again as it was, it is the same state.
      order({ OrderID: "O1" });
      transform({ TransformType, OrderStatus, NotAfter: moment(made - 1) });
      expect(affected("O1")).toBe(false);
      order({ OrderID: "O2", Side: "BUY", Quantity: 1, Price: 1, Code: "X" });
      order({ OrderID: "O3", Side: "BUY", Quantity: 1, Price: 1 });
      const beforeRename = at();
      renameSymbol("X", "Y");
      transform({ TransformType, OrderStatus, NotAfter: moment(made) });
      expect(["O1", "O2", "O3"].map(affected)).toEqual([true, false, false]);
      transform({ TransformType, OrderStatus, NotAfter: moment(beforeRename) });
      expect(["O1", "O2", "O3"].map(affected)).toEqual([true, false, true]);
    });
  }
});

describe("a transform that comes again", () => {
  scenario("changes nothing, whatever has happened since, and with other content is refused", (given) => {
    const { transform, asset, repeats, refuses, now, renameAccount, recorded } = given;
    const rename = { TransformType: "RENAME_SYMBOL", Exchange: "ASX", Code: "X", Parameters: { newCode: "Y" } };
    asset(1, { Code: "X" });
    transform({ TransformID: "R1", ...rename, Text: "merger", Timestamp: "2026-01-01T00:00:00Z" });
    asset(2, { Code: "X" });
    repeats(() => transform({ TransformID: "R1", ...rename, Text: "merger", Timestamp: "2026-01-02T00:00:00Z" }));
    refuses("Transform.Conflict R1", () => transform({ TransformID: "R1", ...rename }));
    refuses("Transform.Conflict R1", () => transform({ TransformID: "R1", ...rename, Text: "merger", Code: "Z" }));
    refuses("Transform.Conflict R1", () => renameAccount("A1", "A2", { TransformID: "R1" }));
    now({ X: "2@unknown", Y: "1@unknown" });
    renameAccount("A1", "A2", { TransformID: "R2" });
    repeats(() => renameAccount("A1", "A2", { TransformID: "R2" }));
    refuses("Transform.Conflict R2", () => renameAccount("A1", "A3", { TransformID: "R2" }));
    // Without an id it is another each time, and is given one.
    transform({ ...rename, Code: "Y", Parameters: { newCode: "X" } });
    expect(recorded().Operation?.Transform?.TransformID).toMatch(/^generated/);
    transform({ ...rename, Code: "X", Parameters: { newCode: "Y" } });
    now({ "A2/Y": "3@unknown" });
  });

  scenario("is known also when it found nothing to do", ({ transform, order, repeats, now }) => {
    transform({ TransformID: "R1", TransformType: "REMOVE" });
    order({ Side: "BUY", Quantity: 1, Price: 2 });
    repeats(() => transform({ TransformID: "R1", TransformType: "REMOVE" }));
    now({ AUD: "R 2" });
  });
});

describe("what a transform must say", () => {
  const path = "Operation.Transform";
  const symbol = { TransformType: "RENAME_SYMBOL", Exchange: "ASX", Code: "X", Parameters: { newCode: "Y" } };
  const currency = { TransformType: "RENAME_CURRENCY", Code: "X", Parameters: { newCode: "Y" } };
  const long = "x".repeat(LIMITS.ID_CHARACTERS + 1);

  const cases: readonly (readonly [text: Parameters<Registry["refusesOwn"]>[0], transform: object])[] = [
    [`Field.Missing ${path}.OrderStatus`, {}],
    [`Field.Unknown ${path}.Parameters.newCode`, { OrderStatus: "A", Parameters: { newCode: "Y" } }],
    [`Field.Unknown ${path}.Parameters.FromStatus`, { TransformType: "REMOVE", Parameters: { FromStatus: "A" } }],
    [`Field.Invalid ${path}.RemoveAfter`, { TransformType: "REMOVE", RemoveAfter: {} }],
    [`Field.Missing ${path}.Exchange`, { ...symbol, Exchange: undefined }],
    [`Field.Missing ${path}.Code`, { ...symbol, Code: undefined }],
    [`Field.Missing ${path}.Parameters.newCode`, { ...symbol, Parameters: {} }],
    [`Field.Invalid ${path}.Parameters.newCode`, { ...symbol, Parameters: { newCode: "X" } }],
    [`Field.Invalid ${path}.Parameters.newCode`, { ...symbol, Parameters: { newCode: "" } }],
    [`Field.Invalid ${path}.Parameters.newCode`, { ...symbol, Parameters: { newCode: long } }],
    [`Field.Invalid ${path}.Code`, { ...symbol, Code: long }],
    [`Field.Unknown ${path}.Parameters.step`, { ...symbol, Parameters: { newCode: "Y", step: "2" } }],
    [`Field.Invalid ${path}.Group`, { ...symbol, Group: "G1" }],
    [`Field.Invalid ${path}.NotAfter`, { ...symbol, NotAfter: {} }],
    [`Field.Invalid ${path}.OrderStatus`, { ...currency, OrderStatus: "A" }],
    [`Field.Invalid ${path}.Exchange`, { ...currency, Exchange: "ASX" }],
    [`Field.Missing ${path}.Code`, { ...currency, Code: undefined }],
    [`Field.Missing ${path}.Parameters.newCode`, { ...currency, Parameters: undefined }],
    [`Field.Invalid ${path}.TransformID`, { ...currency, TransformID: long }],
  ];
  registryScenario("each refusal names the field", ({ refusesOwn }) => {
    for (const [text, Transform] of cases) refusesOwn(text, "Transform", { Transform });
    refusesOwn(`Field.Missing ${path}`, "Transform");
  });

  registryScenario("and an account, that it is one of this Owner and stays so", ({ own, refusesOwn }) => {
    const rename = (fields: object) => ({
      AccountTransform: {
        Type: "Rename",
        Account: { OwnerID: "XS", AccountID: "A1" },
        Parameters: { newAccount: "B1" },
        ...fields,
      },
    });
    const at = "Operation.AccountTransform";
    const refused = (text: Parameters<Registry["refusesOwn"]>[0], fields: object) =>
      refusesOwn(text, "TransformAccount", rename(fields));
    refused("Account YT/A1", { Account: { OwnerID: "YT", AccountID: "A1" } });
    refused("Account.OtherOwner YT", { Parameters: { newAccount: "B1", newOwner: "YT" } });
    refused(`Field.Missing ${at}.Parameters.newAccount`, { Parameters: {} });
    for (const newAccount of ["A1", "", long])
      refused(`Field.Invalid ${at}.Parameters.newAccount`, { Parameters: { newAccount } });
    refused(`Field.Unknown ${at}.Parameters.step`, { Parameters: { newAccount: "B1", step: "2" } });
    refused(`Field.Invalid ${at}.TransformID`, { TransformID: long });
    refused(`Field.Missing ${at}.Type`, { Type: undefined });
    refused(`Field.Missing ${at}.Account`, { Account: undefined });
    refusesOwn(`Field.Missing ${at}`, "TransformAccount");
    own("DefineAccount", { AccountDetails: { Account: { OwnerID: "XS", AccountID: "A1" } } });
    own("TransformAccount", rename({ Parameters: { newAccount: "B1", newOwner: "XS" } }));
  });
});
