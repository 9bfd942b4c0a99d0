/** The checks before routing: what is refused without a record, and what is recorded as rejected with every code. */
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/protocol/limits.ts";
import { fromMicroseconds } from "../../../src/protocol/timestamp.ts";
import { accountOnTheWire } from "../support/adapter.ts";
import { WarmBook } from "../support/book.ts";
import { type Asker, BUY, Desk, deskScenario } from "../support/desk.ts";

/** A desk with an order of A1, O1, that may be operated on. */
function deskWithOrder(): Desk {
  const desk = new Desk(new WarmBook());
  desk.exchange({ Destinations: [{ ExDestination: "LIT", Route: "lit" }, { ExDestination: "DARK" }] });
  desk.account({}, "A2");
  desk.order({ Side: "BUY", Quantity: 10, Price: 10, Status: "Open" });
  return desk;
}

const TERMS = { OrderType: "LIMIT", Price: 10, Quantity: 100, Lifetime: "DAY" } as const;
const LONG = "x".repeat(LIMITS.ID_CHARACTERS + 1);

/** The moment of the next step, and moments a microsecond before and after it. */
function moments(desk: Desk) {
  const next = desk.at() + 1_000_000;
  return { before: fromMicroseconds(next - 1), next: fromMicroseconds(next), after: fromMicroseconds(next + 1) };
}

describe("What is refused without a record", () => {
  const amendment = { OrderID: "O1", ...TERMS };
  const REFUSED: readonly (readonly [string, string, object, Asker?])[] = [
    ["no type", "Field.Invalid ClientRequest.Type", { New: BUY }],
    ["a type without its content", "Field.Missing ClientRequest.New", { Type: "New" }],
    ["the content of another type", "Field.Missing ClientRequest.Cancel", { Type: "Cancel", New: BUY }],
    ["the content of two types", "Field.Invalid ClientRequest.Amend", { Type: "New", New: BUY, Amend: amendment }],
    ["no account", "Field.Missing ClientRequest.Account", { Type: "New", New: BUY, Account: undefined }],
    [
      "an account that is not named",
      "Field.Missing ClientRequest.Account.AccountID",
      { Type: "New", New: BUY, Account: { OwnerID: "XS" } },
    ],
    ["an account of another Owner", "Account YT/A1", { Type: "New", New: BUY, Account: accountOnTheWire("YT/A1") }],
    ["an account that is not defined", "Account XS/A9", { Type: "New", New: BUY, Account: accountOnTheWire("A9") }],
    ["a caller that may not see the Owner", "Authority", { Type: "New", New: BUY }, { owners: ["YT"] }],
    [
      "an exchange that is not the caller's",
      "Authority ASX",
      { Type: "New", New: BUY },
      { exchanges: ["XNAS", "XNYS"] },
    ],
    [
      "an order on an exchange that is not the caller's",
      "Authority ASX",
      { Type: "Cancel", Cancel: { OrderID: "O1" } },
      { exchanges: ["XNAS"] },
    ],
    [
      "an Update of a caller that is no Operator",
      "Authority",
      { Type: "Update", Update: { Type: "Update", Update: { RequestID: "R1" } } },
      { features: ["Admin", "Alter", "Audit", "Query"] },
    ],
    [
      "an Update that does not say of what",
      "Field.Missing ClientRequest.Update.Update",
      { Type: "Update", Update: { Type: "Update" } },
      { features: ["Operator"] },
    ],
    [
      "an Update that does not say of which request",
      "Field.Missing ClientRequest.Update.Update.RequestID",
      { Type: "Update", Update: { Type: "Update", Update: {} } },
      { features: ["Operator"] },
    ],
    [
      "an Update of an account of another Owner",
      "Account YT/A1",
      { Type: "Update", Update: { Type: "Update", Update: { RequestID: "R", Account: accountOnTheWire("YT/A1") } } },
      { features: ["Operator"] },
    ],
    ["an id that is too long", "Field.Invalid ClientRequest.RequestID", { Type: "New", New: BUY, RequestID: LONG }],
    ["a code that is too long", "Field.Invalid ClientRequest.New.Code", { Type: "New", New: { ...BUY, Code: LONG } }],
    [
      "an OrderID that is too long",
      "Field.Invalid ClientRequest.Cancel.OrderID",
      { Type: "Cancel", Cancel: { OrderID: LONG } },
    ],
    [
      "a currency that is too long",
      "Field.Invalid ClientRequest.Properties.Currency",
      { Type: "New", New: BUY, Properties: { Currency: LONG } },
    ],
    [
      "a queue whose name is too long",
      "Field.Invalid ClientRequest.Queue.QueueID",
      { Type: "New", New: BUY, Queue: { QueueID: LONG } },
    ],
  ];
  for (const [title, text, fields, asker] of REFUSED) {
    test(`${title}: ${text}`, () => {
      const desk = deskWithOrder();
      const reply = desk.ask({ RequestID: "R1", ...fields }, asker);
      expect(reply).toMatchObject({ refused: text, isRecorded: false });
      expect(desk.known("R1")).toBeUndefined();
    });
  }

  test("a request by nobody, and what is told by nobody: Operation", () => {
    const desk = deskWithOrder();
    const ClientRequest = { Type: "New", New: BUY, Account: accountOnTheWire("A1") };
    const ClientRequestUpdate = { RequestID: "R1", Account: accountOnTheWire("A1"), Status: "Completed" };
    expect(desk.submit({ Type: "ClientRequest", ClientRequest })).toBe("Operation UpdateEventType_ClientRequest");
    expect(desk.submit({ Type: "ClientRequestUpdate", ClientRequestUpdate })).toBe(
      "Operation UpdateEventType_ClientRequestUpdate",
    );
  });

  test("an id, a code and a currency as long as they may be are taken", () => {
    const desk = deskWithOrder();
    const longest = LONG.slice(1);
    const reply = desk.askNew(longest, { Code: longest }, { Properties: { Currency: longest } });
    expect(reply).toMatchObject({ Status: "Submitted", Errors: [] });
  });

  test("exchanges that are named permit what is asked on them, and what is on none", () => {
    const desk = deskWithOrder();
    const asker = { exchanges: ["ASX"] };
    expect(desk.ask({ Type: "New", New: BUY }, asker).Status).toBe("Submitted");
    expect(desk.ask({ Type: "CashTransfer", CashTransfer: { Currency: "AUD", Value: 5 } }, asker).Status).toBe(
      "Pending",
    );
  });
});

/** Asked of a desk with an order O1 of A1; gives the codes. */
type Ask = (desk: Desk) => readonly string[];
const asNew =
  (terms: object): Ask =>
  (desk) =>
    desk.askNew("R1", terms).Errors;
const asAmend =
  (terms: object): Ask =>
  (desk) =>
    desk.askAmend("R1", { OrderID: "O1", ...terms }).Errors;

describe("The checks of a new order", () => {
  test.each<readonly [string, readonly string[], Ask]>([
    ["nothing is wrong", [], asNew({})],
    ["no code", ["Symbol"], asNew({ Code: undefined })],
    ["no exchange", ["Exchange"], asNew({ Exchange: undefined })],
    ["an exchange that is not known", ["Exchange XNAS"], asNew({ Exchange: "XNAS" })],
    ["a destination of the exchange", [], asNew({ ExDestination: "LIT" })],
    ["a destination without a route of its own", [], asNew({ ExDestination: "DARK" })],
    ["a destination that the exchange does not have", ["Route.Market MID"], asNew({ ExDestination: "MID" })],
    ["no side", ["Side"], asNew({ Side: undefined })],
    ["a sale", [], asNew({ Side: "SELL" })],
    ["a short sale", [], asNew({ Side: "SHORTSELL" })],
    ["a short sale that is exempt", [], asNew({ Side: "SHORTSELL_EXEMPT" })],
    ["a side as defined", ["Side"], asNew({ Side: "AS_DEFINED" })],
    ["the opposite side", ["Side"], asNew({ Side: "OPPOSITE" })],
    [
      "several things at once, each with its code",
      ["Symbol", "Exchange", "Side", "OrderType", "TotalQuantity", "Validity"],
      (desk) => desk.ask({ Type: "New", New: {} }).Errors,
    ],
  ])("%s: %j", (_, errors, ask) => {
    expect(ask(deskWithOrder())).toEqual(errors);
  });

  test("an exchange whose code no feed can have is no route", () => {
    const desk = deskWithOrder();
    desk.exchange({}, "a/b");
    expect(desk.askNew("R1", { Exchange: "a/b" }).Errors).toEqual(["Route.Market a/b"]);
  });

  test("an exchange of the Owner's own counts as much as the System's, and one that was undefined no more", () => {
    const desk = deskWithOrder();
    desk.operation("DefineExchange", { ExchangeDetails: { Exchange: "OWN" } }, {});
    expect(desk.askNew("R1", { Exchange: "OWN" }).Errors).toEqual([]);
    desk.undefineExchange();
    expect(desk.askNew("R2").Errors).toEqual(["Exchange ASX"]);
  });
});

describe.each<readonly [string, (terms: object) => Ask]>([
  ["a new order", asNew],
  ["an amended order", asAmend],
])("The terms of %s", (_title, asking) => {
  const { OrderType: _, ...untyped } = TERMS;
  test.each<readonly [string, readonly string[], object]>([
    ["a limit with its price", [], {}],
    ["a limit without a price", ["LimitPrice.Missing"], { Price: undefined }],
    ["a stop limit without a price", ["LimitPrice.Missing"], { OrderType: "STOP_LIMIT", Price: undefined }],
    ["a stop limit with one", [], { OrderType: "STOP_LIMIT" }],
    ["a market order without a price", [], { OrderType: "MARKET", Price: undefined }],
    ["a market order with one", ["LimitPrice.Given"], { OrderType: "MARKET" }],
    [
      "a market order with one that is not positive",
      ["LimitPrice.Given", "LimitPrice"],
      { OrderType: "MARKET", Price: 0 },
    ],
    ["a stop order without a price", [], { OrderType: "STOP", Price: undefined }],
    ["a stop order with one", [], { OrderType: "STOP" }],
    ["market to limit without a price", [], { OrderType: "MARKET_TO_LIMIT", Price: undefined }],
    ["market to limit with one", [], { OrderType: "MARKET_TO_LIMIT" }],
    ["a pegged order without a price", [], { OrderType: "PEGGED", Price: undefined }],
    ["no type of order", ["OrderType"], { ...untyped, OrderType: undefined }],
    ["a price of nothing", ["LimitPrice"], { Price: 0 }],
    ["a negative price", ["LimitPrice"], { Price: "-0.0001" }],
    ["the least price", [], { Price: "0.0000000001" }],
    ["no quantity", ["TotalQuantity"], { Quantity: undefined }],
    ["a quantity of nothing", ["TotalQuantity"], { Quantity: 0 }],
    ["a negative quantity", ["TotalQuantity"], { Quantity: -1 }],
    ["the least quantity", [], { Quantity: "0.0000000001" }],
    ["no lifetime", ["Validity"], { Lifetime: undefined }],
    ["good till cancelled", [], { Lifetime: "GOOD_TILL_CANCEL" }],
    ["immediate or cancel", [], { Lifetime: "IMMEDIATE_OR_CANCEL" }],
    ["fill or kill", [], { Lifetime: "FILL_OR_KILL" }],
    ["good till a date without its date", ["ExpiryDate"], { Lifetime: "GOOD_TILL_DATE" }],
    ["a date though it is not good till one", ["ExpiryDate"], { ExpiryDate: "2099-01-01T00:00:00Z" }],
    ["a date without a lifetime", ["Validity"], { Lifetime: undefined, ExpiryDate: "2099-01-01T00:00:00Z" }],
  ])("%s: %j", (_case, errors, terms) => {
    expect(asking(terms)(deskWithOrder())).toEqual(errors);
  });

  test.each([
    ["before", ["ExpiryDate"]],
    ["next", []],
    ["after", []],
  ] as const)("good till a date that is %s: %j", (when, errors) => {
    const desk = deskWithOrder();
    const ExpiryDate = moments(desk)[when];
    expect(asking({ Lifetime: "GOOD_TILL_DATE", ExpiryDate })(desk)).toEqual(errors);
  });
});

describe("The checks of an amend", () => {
  test.each<readonly [string, readonly string[], Ask]>([
    ["nothing is wrong", [], asAmend({})],
    ["what it repeats is the order's", [], asAmend({ Code: "BHP", Exchange: "ASX", Side: "BUY" })],
    ["another code", ["Symbol"], asAmend({ Code: "RIO" })],
    ["another exchange", ["Exchange XNAS"], asAmend({ Exchange: "XNAS" })],
    ["another side", ["Side"], asAmend({ Side: "SELL" })],
    ["an order that is not there", ["Order O9"], asAmend({ OrderID: "O9" })],
    ["no order at all", ["Order"], asAmend({ OrderID: undefined })],
    ["a destination of the exchange", [], asAmend({ ExDestination: "LIT" })],
    ["a destination that the exchange does not have", ["Route.Market MID"], asAmend({ ExDestination: "MID" })],
    [
      "less than was executed passes through (FIX C.3.c)",
      [],
      (desk) => {
        desk.trade("T1", { Quantity: 5, Price: 10 });
        return desk.askAmend("R1", { OrderID: "O1", Quantity: 3 }).Errors;
      },
    ],
    [
      "an order of another account",
      ["Order O1"],
      (desk) => desk.askAmend("R1", { OrderID: "O1" }, { Account: accountOnTheWire("A2") }).Errors,
    ],
    [
      "several things at once",
      ["Route.Market MID", "Symbol", "LimitPrice.Missing", "TotalQuantity"],
      asAmend({ Code: "RIO", ExDestination: "MID", Price: undefined, Quantity: 0 }),
    ],
  ])("%s: %j", (_, errors, ask) => {
    expect(ask(deskWithOrder())).toEqual(errors);
  });

  test("what it leaves out of code, exchange and side is filled in", () => {
    const desk = deskWithOrder();
    desk.askAmend("R1", { OrderID: "O1" });
    expect(desk.recorded().ClientRequest?.Amend).toMatchObject({ Code: "BHP", Exchange: "ASX", Side: "SIDE_BUY" });
  });

  test("an exchange that is not defined any more is no reason against it", () => {
    const desk = deskWithOrder();
    desk.undefineExchange();
    expect(desk.askAmend("R1", { OrderID: "O1" }).Errors).toEqual([]);
    expect(desk.askAmend("R2", { OrderID: "O1", ExDestination: "LIT" }).Errors).toEqual(["Route.Market LIT"]);
  });
});

describe("The checks of a cancel, a move and a transfer", () => {
  test.each<readonly [string, readonly string[], Ask]>([
    ["a cancel of an order", [], (desk) => desk.askCancel("R1", { OrderID: "O1" }).Errors],
    ["a cancel of none", ["Order"], (desk) => desk.askCancel("R1", {}).Errors],
    ["a cancel of one that is not there", ["Order O9"], (desk) => desk.askCancel("R1", { OrderID: "O9" }).Errors],
    [
      "a cancel of another account's",
      ["Order O1"],
      (desk) => desk.askCancel("R1", { OrderID: "O1" }, { Account: accountOnTheWire("A2") }).Errors,
    ],
    [
      "a cancel with a destination that the exchange does not have",
      ["Route.Market MID"],
      (desk) => desk.askCancel("R1", { OrderID: "O1", ExDestination: "MID" }).Errors,
    ],
    ["a move to another account", [], (desk) => desk.askMove("R1", "A2", { OrderID: "O1" }).Errors],
    [
      "a move that says where from",
      [],
      (desk) => desk.askMove("R1", "A2", { OrderID: "O1", PrevAccount: accountOnTheWire("A1") }).Errors,
    ],
    [
      "a move from where it is not",
      ["Account XS/A2"],
      (desk) => desk.askMove("R1", "A2", { OrderID: "O1", PrevAccount: accountOnTheWire("A2") }).Errors,
    ],
    [
      "a move from another Owner",
      ["Account YT/A1"],
      (desk) => desk.askMove("R1", "A2", { OrderID: "O1", PrevAccount: accountOnTheWire("YT/A1") }).Errors,
    ],
    [
      "a move of an order that is not there",
      ["Order O9"],
      (desk) => desk.askMove("R1", "A2", { OrderID: "O9" }).Errors,
    ],
    [
      "a move to an account that is not defined",
      ["Account XS/A9"],
      (desk) => desk.askMove("R1", "A9", { OrderID: "O1" }).Errors,
    ],
    ["cash taken out", [], (desk) => desk.askTransfer("R1", -5).Errors],
    ["cash put in", [], (desk) => desk.askTransfer("R1", "0.0000000001").Errors],
    ["no cash", ["Field.Invalid ClientRequest.CashTransfer.Value"], (desk) => desk.askTransfer("R1", 0).Errors],
    [
      "cash of nothing at all",
      ["Field.Missing ClientRequest.CashTransfer.Currency", "Field.Missing ClientRequest.CashTransfer.Value"],
      (desk) => desk.ask({ Type: "CashTransfer", CashTransfer: {} }).Errors,
    ],
    [
      "cash by a destination that the Owner does not have",
      ["Route.Market bank"],
      (desk) => desk.askTransfer("R1", 5, { ExDestination: "bank" }).Errors,
    ],
  ])("%s: %j", (_, errors, ask) => {
    expect(ask(deskWithOrder())).toEqual(errors);
  });

  test("a move and a cancel repeat the order's code, exchange and side, and where it comes from", () => {
    const desk = deskWithOrder();
    const named = { Code: "BHP", Exchange: "ASX", Side: "SIDE_BUY" };
    desk.askMove("R1", "A2", { OrderID: "O1" });
    expect(desk.recorded().ClientRequest?.Move).toMatchObject({
      ...named,
      PrevAccount: { AccountID: "A1", OwnerID: "XS" },
    });
    desk.askCancel("R2", { OrderID: "O1" });
    expect(desk.recorded().ClientRequest?.Cancel).toMatchObject(named);
  });

  test.each<readonly [string, object]>([
    ["Symbol", { Code: "RIO" }],
    ["Exchange XNAS", { Exchange: "XNAS" }],
    ["Side", { Side: "SELL" }],
  ])(
    "a move or a cancel that names another code, exchange or side than the order's is not of that order: %s",
    (error, named) => {
      const desk = deskWithOrder();
      expect(desk.askMove("R1", "A2", { OrderID: "O1", ...named }).Errors).toEqual([error]);
      expect(desk.askCancel("R2", { OrderID: "O1", ...named }).Errors).toEqual([error]);
      desk.askNew("R3", {}, { Queue: { QueueID: "desk" } });
      expect(desk.askCancel("R4", { PrevRequestID: "R3", ...named }).Errors).toEqual([error]);
      expect(desk.statusOf("R3")).toBe("Queued");
      desk.status("Submitted", { CanCancel: true });
      desk.askNew("R5");
      expect(desk.askCancel("R6", { PrevRequestID: "R5", ...named }).Errors).toEqual([error]);
    },
  );

  test("an Owner whose name stands for no feed has no route for cash without a destination", () => {
    const desk = deskWithOrder();
    desk.operation("DefineOwner", {
      OwnerDetails: { OwnerID: "XS", Destinations: [{ ExDestination: "bank", Route: "swift" }] },
    });
    expect(desk.askTransfer("R1", 5, { ExDestination: "bank" })).toMatchObject({ Status: "Pending", Errors: [] });
    expect(desk.open("R1")?.Route).toBe("swift");
    expect(desk.askTransfer("R2", 5, { ExDestination: "till" }).Errors).toEqual(["Route.Market till"]);
  });
});

describe("What comes of a check that fails", () => {
  deskScenario("the request is recorded, shown once as it goes, and answered with every code", (desk) => {
    const reply = desk.askNew("R1", { Code: undefined, Quantity: 0 });
    expect(reply).toMatchObject({ Status: "Rejected", Errors: ["Symbol", "TotalQuantity"], isRecorded: true });
    expect(desk.events()).toEqual(["ClientRequest", "Request R1 Rejected removed"]);
    const [, event] = desk.raised();
    expect(event?.Request).toMatchObject({ IsCompleted: true, Errors: ["Symbol", "TotalQuantity"] });
    expect(desk.open("R1")).toBeUndefined();
    expect(desk.timers()).toEqual([]);
    expect(desk.deliveries()).toEqual([]);
  });

  deskScenario("its RequestID is used up: it is answered again, and another content is refused", (desk) => {
    desk.askNew("R1", { Quantity: 0 });
    expect(desk.askNew("R1", { Quantity: 0 })).toMatchObject({ Errors: ["TotalQuantity"], isRecorded: false });
    expect(desk.askNew("R1", { Quantity: 1 }).refused).toBe("Request.Conflict R1");
  });
});

describe("A validation", () => {
  deskScenario("makes every check, tells all that is wrong, and records nothing", (desk) => {
    const wrong = desk.askNew("R1", { Code: undefined, Quantity: 0 }, { IsValidate: true });
    expect(wrong).toMatchObject({ Status: undefined, Errors: ["Symbol", "TotalQuantity"], isRecorded: false });
    const right = desk.askNew("R1", {}, { IsValidate: true });
    expect(right).toMatchObject({ Status: undefined, Errors: [], isRecorded: false });
    expect(desk.known("R1")).toBeUndefined();
    expect(desk.askNew("R1", {}).Status).toBe("Submitted");
  });

  deskScenario("tells what there is and what is needed", (desk) => {
    desk.deposit(1000);
    desk.askNew("R1", { Price: 2, Quantity: 100 });
    const { response } = desk.askNew("R2", { Price: 3, Quantity: 100 }, { IsValidate: true });
    expect(JSON.parse(JSON.stringify(response?.Values))).toEqual({ Available: 800, Required: 300 });
    const sale = desk.askNew("R3", { Side: "SELL", Quantity: 7 }, { IsValidate: true });
    expect(JSON.parse(JSON.stringify(sale.response?.Values))).toEqual({ Available: 0, Required: 7 });
  });

  deskScenario("needs no id, and refuses one that another request has", (desk) => {
    expect(desk.ask({ Type: "New", New: BUY, IsValidate: true })).toMatchObject({ Errors: [], isRecorded: false });
    desk.askNew("R1");
    expect(desk.askNew("R1", { Quantity: 5 }, { IsValidate: true }).refused).toBe("Request.Conflict R1");
  });

  deskScenario("of a request that was made already does not count it twice", (desk) => {
    desk.account({ "Vetting.Funds": "true" });
    desk.deposit(1000);
    desk.askNew("R1", { Price: 10, Quantity: 100 });
    expect(desk.askNew("R1", { Price: 10, Quantity: 100 }, { IsValidate: true }).Errors).toEqual([]);
    expect(desk.askNew("R2", { Price: 10, Quantity: 100 }, { IsValidate: true }).Errors).toEqual([
      "TotalValue.Balance 0",
    ]);
  });
});
