import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactJson } from "../../src/cli/output/json.ts";
import { accountNamed } from "../../src/cli/records/account-names.ts";
import { cellOf, columnsOf, recordOf } from "../../src/cli/records/columns.ts";
import { UsageError } from "../../src/cli/usage.ts";
import { decode, decodeText } from "../../src/protocol/codec.ts";
import { type MessageSchema, nameOf } from "../../src/protocol/declaration.ts";
import {
  AccountDetails,
  AssetTransferRequest,
  CashPosition,
  CashSettlementRecord,
  CashTransferRequest,
  ClientRequestState,
  ExchangeDetails,
  IdentitySource,
  OrderState,
  OwnerDetails,
  Permissions,
  RequestStatusDetails,
} from "../../src/protocol/messages/index.ts";
import { messageText } from "../protocol/support/arbitraries.ts";
import { print } from "../protocol/support/json.ts";

/** Every kind of record that is exported or imported, with the messages whose fields have columns of their own. */
const KINDS: readonly (readonly [MessageSchema, readonly string[]])[] = [
  [AccountDetails, []],
  [CashPosition, []],
  [CashTransferRequest, ["Transaction", "Transfer"]],
  [AssetTransferRequest, ["Transaction", "Transfer"]],
  [CashSettlementRecord, []],
  [OwnerDetails, []],
  [ExchangeDetails, []],
  [RequestStatusDetails, []],
  [Permissions, []],
  [IdentitySource, []],
  [OrderState, []],
  [ClientRequestState, ["Request"]],
];

describe("a record as cells", () => {
  it.each(KINDS.map(([schema, opened]) => ({ name: nameOf(schema), schema, opened })))(
    "reads back as it was written, whatever it holds ($name)",
    ({ schema, opened }) => {
      const columns = columnsOf(schema, opened);
      return fc.assert(
        fc.property(messageText(schema), (json) => {
          const record = {
            ...Object.fromEntries(opened.map((name) => [name, {}])),
            ...decodeText(schema, print(json)),
          };
          const cells = columns.map((column) => cellOf(column, record));
          const read = decode(schema, recordOf(columns, cells, opened));
          expect(exactJson(read, schema)).toBe(exactJson(decodeText(schema, exactJson(record, schema)), schema));
        }),
      );
    },
  );

  it("is written for people: accounts by name, enumerations short, lists and maps without JSON where that is enough", () => {
    const account = decode(AccountDetails, {
      Account: { OwnerID: "XS", AccountID: "A/1" },
      Name: "First",
      Attributes: { "Vetting.Funds": "true", Desk: "7" },
      Categories: ["Retail", "Gold"],
    });
    const cells = columnsOf(AccountDetails).map((column) => [column.header, cellOf(column, account)]);
    expect(Object.fromEntries(cells)).toEqual({
      Account: "XS/A/1",
      Name: "First",
      Classification: "",
      DefaultCurrency: "",
      Attributes: "Desk=7;Vetting.Funds=true",
      Categories: "Retail;Gold",
    });
  });

  it("tells an implied enumeration unless it means nothing", () => {
    const cellNamed = (schema: MessageSchema, opened: readonly string[], name: string): string => {
      const column = columnsOf(schema, opened).find(({ header }) => header === name);
      return column === undefined ? "no such column" : cellOf(column, {});
    };
    expect(cellNamed(CashTransferRequest, ["Transfer"], "Transfer.Settlement")).toBe("Booked");
    expect(cellNamed(OrderState, [], "Side")).toBe("");
  });

  it("is refused by the field that is wrong in it", () => {
    const columns = columnsOf(CashSettlementRecord);
    const cells = columns.map(({ header }) => (header === "Settle" ? "much" : ""));
    expect(() => decode(CashSettlementRecord, recordOf(columns, cells))).toThrow("Field.Invalid Settle");
  });
});

describe("an account's name", () => {
  it("is owner/account, or the account alone where the Owner is known", () => {
    expect(accountNamed("XS/A/1", "YS")).toEqual({ OwnerID: "XS", AccountID: "A/1" });
    expect(accountNamed("A1", "YS")).toEqual({ OwnerID: "YS", AccountID: "A1" });
    expect(() => accountNamed("A1", undefined)).toThrow(UsageError);
    expect(() => accountNamed("XS/", undefined)).toThrow(UsageError);
  });
});

describe("JSON", () => {
  it("writes every digit of a decimal as a number, and enumerations short", () => {
    const order = decodeText(OrderState, '{"OrderID":"O1","Side":"SIDE_BUY","Quantity":"12345678901234567890.25"}');
    expect(exactJson(order, OrderState)).toBe('{"OrderID":"O1","Side":"BUY","Quantity":12345678901234567890.25}');
  });
});
