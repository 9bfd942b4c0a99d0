import { describe, expect, it } from "vitest";
import { changeOf, changesOf } from "../../src/domain/event-records.ts";
import type { WireEvent } from "../../src/domain/log-record.ts";
import { type At, keyOf } from "../../src/domain/records.ts";

const Account = { AccountID: "A1", OwnerID: "XS" };
const remove = { UpdateAction: "UpdateAction_Remove" } as const;

describe("what an event does to the state", () => {
  it.each<readonly [string, WireEvent, ReturnType<typeof changeOf>]>([
    [
      "a balance",
      { Type: "UpdateEventType_Balance", Balance: { Account, Currency: "AUD", Balance: 5 } },
      {
        kind: "balance",
        key: keyOf.balance("A1", "AUD"),
        state: '{"Account":{"AccountID":"A1","OwnerID":"XS"},"Currency":"AUD","Balance":5}',
      },
    ],
    [
      "a holding",
      { Type: "UpdateEventType_Holding", Holding: { Account, Code: "BHP", Exchange: "ASX", Quantity: 5 } },
      {
        kind: "holding",
        key: keyOf.holding("A1", "ASX", "BHP"),
        state: '{"Account":{"AccountID":"A1","OwnerID":"XS"},"Code":"BHP","Exchange":"ASX","Quantity":5}',
      },
    ],
    [
      "an order",
      { Type: "UpdateEventType_Order", Order: { OrderID: "O1", Account } },
      {
        kind: "order",
        key: keyOf.order("A1", "O1"),
        state: '{"OrderID":"O1","Account":{"AccountID":"A1","OwnerID":"XS"}}',
      },
    ],
    [
      "the status of a feed",
      { Type: "UpdateEventType_Status", Status: { FeedID: "asx", Status: "CONNECTIONSTATUS_ONLINE" } },
      { kind: "feed", key: keyOf.feed("asx"), state: '{"FeedID":"asx","Status":"CONNECTIONSTATUS_ONLINE"}' },
    ],
    [
      "the definition of an account",
      {
        Type: "UpdateEventType_Operation",
        Operation: { Type: "OperationType_DefineAccount", AccountDetails: { Account, Name: "Ann" } },
      },
      {
        kind: "account",
        key: keyOf.account("A1"),
        state: '{"Account":{"AccountID":"A1","OwnerID":"XS"},"Name":"Ann"}',
      },
    ],
    [
      "a balance that goes (rule H4)",
      { Type: "UpdateEventType_Balance", ...remove, Balance: { Account, Currency: "AUD", Balance: 0 } },
      { kind: "balance", key: keyOf.balance("A1", "AUD"), state: null },
    ],
    [
      "an order that goes (rules O5 and O6)",
      { Type: "UpdateEventType_Order", ...remove, Order: { OrderID: "O1", Account, IsCompleted: true } },
      { kind: "order", key: keyOf.order("A1", "O1"), state: null },
    ],
    [
      "the end of an account",
      {
        Type: "UpdateEventType_Operation",
        Operation: { Type: "OperationType_UndefineAccount", AccountDetails: { Account } },
      },
      { kind: "account", key: keyOf.account("A1"), state: null },
    ],
    [
      "the definition of an Owner",
      {
        Type: "UpdateEventType_Operation",
        Operation: { Type: "OperationType_DefineOwner", OwnerDetails: { OwnerID: "XS" } },
      },
      { kind: "owner", key: keyOf.owner("XS"), state: '{"OwnerID":"XS"}' },
    ],
    [
      "an Owner's old name",
      {
        Type: "UpdateEventType_Operation",
        Operation: {
          Type: "OperationType_TransformOwner",
          OwnerTransform: { OwnerID: "XS", Parameters: { newOwner: "YT" } },
        },
      },
      { kind: "owner", key: keyOf.owner("XS"), state: null },
    ],
    [
      "the end of an identity's permissions",
      {
        Type: "UpdateEventType_Operation",
        Operation: {
          Type: "OperationType_UndefinePermissions",
          Permissions: { Source: "login", Identity: "User:ann" },
        },
      },
      { kind: "identity", key: keyOf.identity("login", "User:ann"), state: null },
    ],
  ])("%s", (_, event, change) => {
    expect(changeOf(event)).toEqual(change);
  });

  it.each<readonly [string, WireEvent]>([
    ["an update", { Type: "UpdateEventType_Action", Action: { Order: { OrderID: "O1", Account } } }],
    ["a transaction", { Type: "UpdateEventType_Transaction", Transaction: {} }],
    [
      "an operation on no account",
      { Type: "UpdateEventType_Operation", Operation: { Type: "OperationType_Transform" } },
    ],
  ])("%s is no state", (_, event) => {
    expect(changeOf(event)).toBeUndefined();
  });

  it("an event without what its type says cannot be read", () => {
    expect(() => changeOf({ Type: "UpdateEventType_Balance" })).toThrow("does not carry");
  });
});

describe("what a record does to the state", () => {
  it("is what its events say, in order, with references taken for what they stand for", () => {
    const Update: WireEvent = {
      Type: "UpdateEventType_Action",
      Action: { Order: { OrderID: "O1", Account: { AccountID: "A2", OwnerID: "XS" } } },
    };
    const left: WireEvent = { Type: "UpdateEventType_Order", ...remove, Order: { OrderID: "O1", Account } };
    const changes = changesOf({
      At: 1 as At,
      Sequence: "asx",
      Position: 1,
      Update,
      Events: ["Update", left, "Order"],
    });
    expect([...changes]).toEqual([
      { kind: "order", key: keyOf.order("A1", "O1"), state: null },
      { kind: "order", key: keyOf.order("A2", "O1"), state: JSON.stringify(Update.Action?.Order) },
    ]);
  });

  const exchange = (Type: "OperationType_DefineExchange" | "OperationType_UndefineExchange"): WireEvent => ({
    Type: "UpdateEventType_Operation",
    Operation: { Type, ExchangeDetails: { Exchange: "ASX" } },
  });
  const line = { At: 1 as At, Position: 1, Sequence: "asx" };

  it("is, for an exchange, what its update says, whatever is in effect", () => {
    const Update = exchange("OperationType_DefineExchange");
    const state = '{"Exchange":"ASX"}';
    expect([...changesOf({ ...line, Update, Events: [] })]).toEqual([
      { kind: "ownExchange", key: keyOf.ownExchange("ASX"), state },
    ]);
    expect([...changesOf({ ...line, Sequence: "oms", Update, Events: ["Update"] })]).toEqual([
      { kind: "ownExchange", key: keyOf.ownExchange("ASX"), state },
    ]);
    expect([...changesOf({ ...line, Sequence: "system", Update, Events: ["Update"] })]).toEqual([
      { kind: "exchange", key: keyOf.exchange("ASX"), state },
    ]);
    const uncovered = { ...line, Update: exchange("OperationType_UndefineExchange"), Events: [Update] };
    expect([...changesOf(uncovered)]).toEqual([{ kind: "ownExchange", key: keyOf.ownExchange("ASX"), state: null }]);
  });

  it("is nothing when an exchange's update was refused", () => {
    const Update = exchange("OperationType_DefineExchange");
    expect([...changesOf({ ...line, Update, Events: [], Errors: ["Authority ASX"] })]).toEqual([]);
  });

  it("is a configuration too", () => {
    const Configuration = { Name: "primary", Agent: "one" };
    const changes = changesOf({ At: 1 as At, Sequence: "asx", Position: 1, Configuration, Events: [] });
    expect([...changes]).toEqual([
      { kind: "configuration", key: keyOf.configuration("asx"), state: '{"Name":"primary","Agent":"one"}' },
    ]);
  });
});
