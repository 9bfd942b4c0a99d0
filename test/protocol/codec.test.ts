import { describe, expect, it } from "vitest";
import { decode, decodeStored, decodeText, encode, readJson, sameContent } from "../../src/protocol/codec.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import type { MessageSchema } from "../../src/protocol/declaration.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import {
  AccountDetails,
  AuditRecord,
  CashPosition,
  CashTransfer,
  ClientRequestUpdate,
  EventMessage,
  ExternalAction,
  FeedQuery,
  OrderState,
  OrderTrade,
  OrderUpdate,
  Permissions,
  RequestMessage,
  SnapshotPosition,
  UpdatePosition,
} from "../../src/protocol/messages/index.ts";
import { EPOCH } from "../../src/protocol/timestamp.ts";
import { refusalOf } from "./support/refusal.ts";

/** What a text becomes when it is read and written again. */
function rewritten(schema: MessageSchema, text: string): string {
  return encode(schema, decodeText(schema, text));
}

describe("a field with protobuf's default value", () => {
  it("may be left out or given: it is dropped", () => {
    const defaults =
      '{"OrderID":"","Side":"SIDE_UNKNOWN","OrderType":0,"Lifetime":"UNKNOWN","Values":{},"IDs":[],"IsCompleted":false}';
    expect(rewritten(OrderState, defaults)).toBe("{}");
    expect(rewritten(UpdatePosition, '{"Sequence":"","Position":0}')).toBe("{}");
    expect(rewritten(UpdatePosition, '{"Position":-0}')).toBe("{}");
    expect(rewritten(FeedQuery, '{"QueryData":""}')).toBe("{}");
    expect(sameContent(decodeText(OrderState, defaults), decodeText(OrderState, "{}"))).toBe(true);
  });

  it("stays where its presence means something: optional texts, decimals, moments, messages", () => {
    expect(rewritten(CashTransfer, '{"Pool":"","Value":0}')).toBe('{"Pool":"","Value":0}');
    expect(rewritten(AccountDetails, '{"DefaultCurrency":""}')).toBe('{"DefaultCurrency":""}');
    expect(rewritten(ClientRequestUpdate, '{"Status":"","Target":{}}')).toBe('{"Status":"","Target":{}}');
    expect(rewritten(OrderState, '{"Account":{},"Price":{}}')).toBe('{"Account":{},"Price":0}');
    expect(rewritten(CashPosition, '{"Values":{"Margin":0}}')).toBe('{"Values":{"Margin":0}}');
  });

  it("is the epoch for RemoveAfter, given as an empty object, as zero or as 1970 (rule O6)", () => {
    for (const zero of ["{}", '{"Seconds":0}', '"1970-01-01"', '"1970-01-01T00:00:00Z"']) {
      expect(rewritten(OrderState, `{"RemoveAfter":${zero}}`)).toBe(`{"RemoveAfter":"${EPOCH}"}`);
    }
    expect(decodeText(OrderState, "{}").RemoveAfter).toBeUndefined();
  });
});

describe("spellings", () => {
  it.each(['"SIDE_BUY"', '"BUY"', "1"])("reads the side %s", (side) => {
    expect(decodeText(OrderState, `{"Side":${side}}`)).toEqual({ Side: "SIDE_BUY" });
  });

  it("takes as short name what follows the first underscore", () => {
    expect(decodeText(OrderState, '{"Side":"SHORTSELL_EXEMPT"}').Side).toBe("SIDE_SHORTSELL_EXEMPT");
    expect(refusalOf(OrderState, '{"Side":"EXEMPT"}')).toBe("Field.Invalid Side");
  });

  it.each(['"buy"', '"1"', "7", "1.5", "-1", "null", "true", '""', '"SIDE_"', "[1]", '"constructor"'])(
    "refuses the side %s",
    (side) => expect(refusalOf(OrderState, `{"Side":${side}}`)).toBe("Field.Invalid Side"),
  );

  it.each([
    ["12.5", "12.5"],
    ['"12.50"', "12.5"],
    ['{"Scale":1,"Value":"fQ=="}', "12.5"],
    ["12345678901234567890.123456789", "12345678901234567890.123456789"],
    ['"12345678901234567890.123456789"', "12345678901234567890.123456789"],
    ['{"Scale":9,"Value":"FYE5brHJvkYyG+Qn"}', "12345678901234567890.123456789"],
    ["0.30000000000000004", "0.30000000000000004"],
    ["-0", "0"],
    ["1e21", "1000000000000000000000"],
    ["1e-7", "0.0000001"],
  ])("reads the price %s exactly, and keeps it through the log", (price, exact) => {
    const order = decodeText(OrderState, `{"Price":${price}}`);
    expect(order.Price?.toString()).toBe(exact);
    const kept = decodeStored(OrderState, encode(OrderState, order));
    expect(kept.Price?.toString()).toBe(exact);
    expect(kept.Price?.plus(Decimal.of(1)).minus(Decimal.of(1)).toString()).toBe(exact);
  });

  it.each([
    ...[
      "null",
      "true",
      "[]",
      '""',
      '"abc"',
      '"NaN"',
      '"Infinity"',
      '"0x10"',
      '" 1"',
      '"1 "',
      '"1,0"',
      "1e999",
      "-1e999",
    ],
    ...[
      "1e-999",
      '"1e999"',
      "9".repeat(10_000),
      `"${"9".repeat(10_000)}"`,
      "9".repeat(61),
      '{"Scale":31,"Value":"AQ=="}',
    ],
  ])("refuses the price %.40s", (price) => {
    expect(refusalOf(OrderState, `{"Price":${price}}`)).toBe("Field.Invalid Price");
  });

  it("reads integers as numbers or, as protobuf writes 64 bits, as texts", () => {
    for (const position of ["42", '"42"', "4.2e1", "42.0"]) {
      expect(decodeText(UpdatePosition, `{"Position":${position}}`)).toEqual({ Position: 42 });
    }
    const most = Number.MAX_SAFE_INTEGER;
    expect(decodeText(UpdatePosition, `{"Position":${most}}`)).toEqual({ Position: most });
    expect(decodeText(UpdatePosition, `{"Position":"-${most}"}`)).toEqual({ Position: -most });
  });

  it.each([
    "9007199254740992",
    '"9007199254740992"',
    "1152921504606846976",
    "1.5",
    '"1.5"',
    '" 1"',
    '"1e3"',
    '""',
    "null",
  ])("refuses the position %s", (position) =>
    expect(refusalOf(UpdatePosition, `{"Position":${position}}`)).toBe("Field.Invalid Position"),
  );

  it("reads moments as texts or objects and writes them in UTC with six decimals", () => {
    const written = '{"Timestamp":"2013-10-07T03:30:00.019000Z"}';
    const spellings = [
      '"2013-10-07T13:30:00.019+10:00"',
      '"20131007T033000.019Z"',
      '{"Seconds":1381116600,"Nanoseconds":19000000}',
      '{"Seconds":"1381116600","Nanoseconds":19000000,"TzOffset":600}',
    ];
    for (const spelling of spellings) expect(rewritten(OrderState, `{"Timestamp":${spelling}}`)).toBe(written);
  });
});

describe("writing", () => {
  const action =
    '{"Type":"ExternalActionType_Trade","Order":{"OrderID":"SIDE_1","Account":{"AccountID":"A"},"Side":"SIDE_BUY",' +
    '"Values":{"SIDE_X":1.5}},"Update":{"Reason":"OrderUpdateReason_Trade","Properties":{"SIDE_A":"SIDE_B"}}}';

  it("writes enums in full, or short when asked", () => {
    const message = decodeText(ExternalAction, action);
    expect(encode(ExternalAction, message)).toBe(action);
    expect(encode(ExternalAction, message, true)).toBe(
      '{"Type":"Trade","Order":{"OrderID":"SIDE_1","Account":{"AccountID":"A"},"Side":"BUY","Values":{"SIDE_X":1.5}},' +
        '"Update":{"Reason":"Trade","Properties":{"SIDE_A":"SIDE_B"}}}',
    );
    expect(encode(ExternalAction, message)).toBe(action);
  });

  it("shortens enums in lists and maps of messages too", () => {
    const text =
      '{"Updates":[{"Type":"UpdateEventType_Order","Order":{"Side":"SIDE_SELL"}},{"Type":"UpdateEventType_Transaction",' +
      '"Transaction":{"Details":{"Authorities":{"desk":{"Type":"IdentityType_Operator"}}}}}]}';
    expect(encode(EventMessage, decodeText(EventMessage, text), true)).toBe(
      '{"Updates":[{"Type":"Order","Order":{"Side":"SELL"}},{"Type":"Transaction",' +
        '"Transaction":{"Details":{"Authorities":{"desk":{"Type":"Operator"}}}}}]}',
    );
  });

  it("puts fields in the order of the declaration and maps in the order of their keys", () => {
    expect(rewritten(OrderTrade, '{"Quantity":1,"TradeID":"T","AdditionalFunds":{"b":1,"a":2,"B":3}}')).toBe(
      '{"TradeID":"T","Quantity":1,"AdditionalFunds":{"B":3,"a":2,"b":1}}',
    );
    const positions = rewritten(SnapshotPosition, '{"Positions":{"b":1,"10":2,"9":3,"a":4}}');
    expect(rewritten(SnapshotPosition, '{"Positions":{"9":3,"a":4,"10":2,"b":1}}')).toBe(positions);
  });

  it("keeps the errors of an audit record, a field of ours", () => {
    const text = '{"Sequence":"asx","ID":7,"Errors":["Trade.Unknown T1"]}';
    expect(rewritten(AuditRecord, text)).toBe(text);
  });
});

describe("the same content", () => {
  const order = (text: string) => decodeText(OrderState, text);

  it("is equal after decoding, whatever the spelling", () => {
    const left = order('{"Code":"BHP","Side":1,"Price":1.50,"Values":{"a":1,"b":2},"IDs":[{"Name":"x"}]}');
    const right = order('{"IDs":[{"Name":"x"}],"Values":{"b":"2.0","a":1},"Price":"1.5","Side":"BUY","Code":"BHP"}');
    expect(sameContent(left, right)).toBe(true);
    expect(sameContent(left, { ...right, Group: undefined })).toBe(true);
    expect(sameContent(["a"], { 0: "a" })).toBe(false);
    expect(sameContent(left, { ...right, Price: Decimal.of(3).dividedBy(Decimal.of(2)) })).toBe(true);
  });

  it.each([
    ['{"Code":"BHP"}', '{"Code":"RIO"}'],
    ['{"Code":"BHP"}', "{}"],
    ['{"Price":0}', "{}"],
    ['{"Price":1}', '{"Price":1.0000000001}'],
    ['{"RemoveAfter":{}}', "{}"],
    ['{"Account":{}}', "{}"],
    ['{"Errors":["a","b"]}', '{"Errors":["b","a"]}'],
    ['{"Errors":["a"]}', '{"Errors":["a","a"]}'],
    ['{"Values":{"a":1}}', '{"Values":{"b":1}}'],
    ['{"Properties":{"constructor":"a"}}', '{"Properties":{"toString":"a"}}'],
    ['{"Properties":{"constructor":"a"}}', '{"Properties":{"x":"a"}}'],
    ['{"Properties":{"a":"1"}}', '{"Values":{"a":1}}'],
    ['{"Code":"A","Group":"B"}', '{"Code":"A"}'],
  ])("%s is not %s", (left, right) => {
    expect(sameContent(order(left), order(right))).toBe(false);
    expect(sameContent(order(right), order(left))).toBe(false);
  });
});

describe("a refusal says where", () => {
  it.each<[MessageSchema, string, string]>([
    [RequestMessage, '{"Feed":{"Action":{"Order":{"Prise":1}}}}', "Field.Unknown Feed.Action.Order.Prise"],
    [ExternalAction, '{"Order":{"Prise":1}}', "Field.Unknown Order.Prise"],
    [ExternalAction, '{"Order":{"Side":"BYU"}}', "Field.Invalid Order.Side"],
    [ExternalAction, '{"Order":[]}', "Field.Invalid Order"],
    [ExternalAction, "[]", "Field.Invalid"],
    [ExternalAction, "null", "Field.Invalid"],
    [ExternalAction, '"text"', "Field.Invalid"],
    [ExternalAction, "12345678901234567890", "Field.Invalid"],
    [
      EventMessage,
      '{"Updates":[{},{"Order":{"IDs":[{},{},{"Name":1}]}}]}',
      "Field.Invalid Updates[1].Order.IDs[2].Name",
    ],
    [EventMessage, '{"Updates":[{},null]}', "Field.Invalid Updates[1]"],
    [EventMessage, '{"Updates":{}}', "Field.Invalid Updates"],
    [Permissions, '{"Owners":["a",1]}', "Field.Invalid Owners[1]"],
    [OrderState, '{"AdditionalFunds":{"Brokerage":"x"}}', "Field.Invalid AdditionalFunds.Brokerage"],
    [OrderState, '{"AdditionalFunds":{"Broker fee":"x"}}', 'Field.Invalid AdditionalFunds["Broker fee"]'],
    [OrderState, '{"AdditionalFunds":[]}', "Field.Invalid AdditionalFunds"],
    [OrderState, '{"Price":{"Scale":1,"Val":"AQ=="}}', "Field.Unknown Price.Val"],
    [OrderState, '{"Price":{"Scale":-1}}', "Field.Invalid Price.Scale"],
    [OrderState, '{"Price":{"IsNegative":1}}', "Field.Invalid Price.IsNegative"],
    [OrderState, '{"Price":{"Value":"A"}}', "Field.Invalid Price.Value"],
    [OrderState, '{"Created":{"Seconds":-1}}', "Field.Invalid Created.Seconds"],
    [OrderState, '{"Created":{"seconds":1}}', "Field.Unknown Created.seconds"],
    [OrderState, '{"Created":12}', "Field.Invalid Created"],
    [OrderUpdate, '{"Properties":{"a":1}}', "Field.Invalid Properties.a"],
    [FeedQuery, '{"QueryData":"QQ"}', "Field.Invalid QueryData"],
  ])("%# %s: %s", (schema, text, expected) => {
    expect(refusalOf(schema, text)).toBe(expected);
  });

  it("quotes and cuts names that a caller invents", () => {
    expect(refusalOf(OrderState, '{"\\ud800\\u0007":1}')).toBe('Field.Unknown ["\\ud800\\u0007"]');
    expect(refusalOf(OrderState, `{"${"x".repeat(200_000)}":1}`)).toBe(`Field.Unknown ["${"x".repeat(64)}"]`);
  });

  it("calls what is not JSON unreadable", () => {
    expect(() => readJson("{")).toThrow(new Refusal("Message.Unreadable", "not JSON"));
    expect(() => decodeText(OrderState, "")).toThrow(Refusal);
  });

  it("lets a programmer's error pass", () => {
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new TypeError("a bug");
        },
      },
    );
    expect(() => decode(OrderState, trap)).toThrow(TypeError);
  });
});
