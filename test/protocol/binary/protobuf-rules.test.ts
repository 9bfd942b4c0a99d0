import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { decodeBinary, decodeBinaryStored, encodeBinary } from "../../../src/protocol/binary/codec.ts";
import { decodeText, encode } from "../../../src/protocol/codec.ts";
import { Decimal } from "../../../src/protocol/decimal.ts";
import { type MessageSchema, message } from "../../../src/protocol/declaration.ts";
import { Refusal } from "../../../src/protocol/errors.ts";
import { BigNumber, int64Item, listOf, one, text, uint64 } from "../../../src/protocol/fields.ts";
import {
  AuditRecord,
  CashPosition,
  FeedRequest,
  OrderState,
  SnapshotPosition,
  SubscriptionDetails,
} from "../../../src/protocol/messages/index.ts";

function read(schema: MessageSchema, bytes: Uint8Array): unknown {
  return JSON.parse(encode(schema, decodeBinary(schema, bytes)));
}

function refusalOf(schema: MessageSchema, bytes: Uint8Array): string {
  try {
    decodeBinary(schema, bytes);
  } catch (error) {
    if (error instanceof Refusal) return error.text;
    throw error;
  }
  return "taken";
}

/** What is written by hand. */
function bytes(write: (writer: BinaryWriter) => BinaryWriter): Uint8Array {
  return write(new BinaryWriter()).finish();
}

const texted = (writer: BinaryWriter, number: number, content: string) =>
  writer.tag(number, WireType.LengthDelimited).string(content);

describe("a message in pieces", () => {
  const account = { part: 2, accountId: 3, ownerId: 39 };

  it("counts the last value of a field, also when that is the default", () => {
    expect(
      read(
        OrderState,
        bytes((writer) => texted(texted(writer, 1, "O1"), 1, "O2")),
      ),
    ).toEqual({ OrderID: "O2" });
    const emptied = bytes((writer) => texted(texted(texted(writer, 1, "O1"), 10, "BHP"), 1, ""));
    expect(read(OrderState, emptied)).toEqual({ Code: "BHP" });
    const again = decodeBinary(
      OrderState,
      bytes((writer) => writer.raw(emptied).raw(texted(new BinaryWriter(), 1, "O3").finish())),
    );
    expect(Object.entries(again)).toEqual([
      ["OrderID", "O3"],
      ["Code", "BHP"],
    ]);
  });

  it("puts the pieces of a message in it together, wherever they stand", () => {
    const pieces = bytes((writer) => {
      texted(writer.tag(account.part, WireType.LengthDelimited).fork(), account.accountId, "A1").join();
      texted(writer, 1, "O1");
      return texted(writer.tag(account.part, WireType.LengthDelimited).fork(), account.ownerId, "XS").join();
    });
    expect(read(OrderState, pieces)).toEqual({ OrderID: "O1", Account: { AccountID: "A1", OwnerID: "XS" } });
  });

  it("puts the pieces of a decimal together", () => {
    const pieces = bytes((writer) => {
      writer
        .tag(10, WireType.LengthDelimited)
        .fork()
        .tag(1, WireType.Varint)
        .uint32(2)
        .tag(2, WireType.Varint)
        .bool(true)
        .join();
      return writer
        .tag(10, WireType.LengthDelimited)
        .fork()
        .tag(3, WireType.LengthDelimited)
        .bytes(Uint8Array.of(0xd2, 0x04))
        .join();
    });
    expect(read(CashPosition, pieces)).toEqual({ Balance: -12.34 });
  });

  it("puts the pieces of an entry's value together, and counts the last entry of a key", () => {
    const scale = (writer: BinaryWriter) =>
      writer.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.Varint).uint32(1).join();
    const value = (writer: BinaryWriter, unscaled: number) =>
      writer
        .tag(2, WireType.LengthDelimited)
        .fork()
        .tag(3, WireType.LengthDelimited)
        .bytes(Uint8Array.of(unscaled))
        .join();
    const entry = (writer: BinaryWriter, write: (entry: BinaryWriter) => void) => {
      write(texted(writer.tag(30, WireType.LengthDelimited).fork(), 1, "Fee"));
      return writer.join();
    };
    const pieces = bytes((writer) => entry(writer, (each) => value(scale(each), 15)));
    expect(read(CashPosition, pieces)).toEqual({ Values: { Fee: 1.5 } });
    const twice = bytes((writer) => entry(writer.raw(pieces), (each) => value(each, 7)));
    expect(read(CashPosition, twice)).toEqual({ Values: { Fee: 7 } });
  });
});

describe("presence and order", () => {
  it("keeps a zero RemoveAfter, and a zero amount", () => {
    const order = decodeText(OrderState, '{"RemoveAfter":{},"Price":0}');
    const written = bytes((writer) => writer.tag(22, 2).uint32(0).tag(50, 2).uint32(0));
    expect(encodeBinary(OrderState, order)).toEqual(written);
    expect(read(OrderState, encodeBinary(OrderState, order))).toEqual({
      Price: 0,
      RemoveAfter: "1970-01-01T00:00:00.000000Z",
    });
  });

  it("keeps a zero that is optional", () => {
    expect(read(SubscriptionDetails, encodeBinary(SubscriptionDetails, { Window: 0 }))).toEqual({ Window: 0 });
  });

  it("reads an entry without a key or a value as that of the empty one", () => {
    expect(
      read(
        SnapshotPosition,
        bytes((writer) => writer.tag(1, 2).uint32(0)),
      ),
    ).toEqual({ Positions: { "": 0 } });
    expect(
      read(
        CashPosition,
        bytes((writer) => writer.tag(30, 2).uint32(0)),
      ),
    ).toEqual({ Values: { "": 0 } });
  });

  it("reads a list of numbers in runs and one by one", () => {
    const Numbers = message("Numbers", { Numbers: listOf(4, int64Item), Text: text(5) });
    expect(encodeBinary(Numbers, { Numbers: [1, 300] })).toEqual(Uint8Array.of(0x22, 3, 1, 0xac, 2));
    const mixed = bytes((writer) =>
      writer.tag(4, 0).int64(7).tag(4, 2).fork().int64(-1).int64(2).join().tag(4, 0).int64(3),
    );
    expect(read(Numbers, mixed)).toEqual({ Numbers: [7, -1, 2, 3] });
    expect(
      read(
        Numbers,
        bytes((writer) => writer.tag(4, 2).uint32(0)),
      ),
    ).toEqual({});
  });
});

describe("decimals and moments on the wire", () => {
  it.each([
    ["12.50", [0x08, 1, 0x1a, 1, 125]],
    ["-0.01", [0x08, 2, 0x10, 1, 0x1a, 1, 1]],
    ["1000", [0x1a, 2, 0xe8, 0x03]],
    ["0", []],
    ["281474976710656", [0x1a, 7, 0, 0, 0, 0, 0, 0, 1]],
  ])("writes %s without trailing zeros, the least significant byte first", (literal, content) => {
    const written = encodeBinary(CashPosition, { Balance: Decimal.of(literal) });
    expect([...written]).toEqual([0x52, content.length, ...content]);
  });

  it("takes a derived decimal of any length from itself, and from a caller no more than the limits allow", () => {
    const long = new Decimal(10n ** 70n + 1n, 40);
    const written = encodeBinary(CashPosition, { Balance: long });
    expect(decodeBinaryStored(CashPosition, written).Balance?.equals(long)).toBe(true);
    expect(refusalOf(CashPosition, written)).toBe("Field.Invalid Balance");
  });

  it("refuses a moment after the year 9999", () => {
    const late = bytes((writer) => writer.tag(41, 2).fork().tag(1, 0).uint64(253_402_300_800).join());
    expect(refusalOf(OrderState, late)).toBe("Field.Invalid Timestamp");
  });
});

describe("what is refused", () => {
  const order = (write: (writer: BinaryWriter) => BinaryWriter) =>
    bytes((writer) => write(writer.tag(22, 2).fork()).join());

  it.each<[what: string, schema: MessageSchema, content: Uint8Array, refusal: string]>([
    ["a field that is not declared", OrderState, bytes((writer) => writer.tag(7, 0).uint32(1)), "Field.Unknown 7"],
    ["one in a message", OrderState, order((writer) => writer.tag(9, 0).uint32(1)), "Field.Unknown Price.9"],
    [
      "one in an entry",
      SnapshotPosition,
      bytes((writer) => writer.tag(1, 2).fork().tag(3, 0).uint32(1).join()),
      "Field.Unknown Positions.3",
    ],
    ["another wire type", OrderState, bytes((writer) => writer.tag(1, 0).uint32(1)), "Field.Invalid OrderID"],
    [
      "another wire type in a message",
      OrderState,
      order((writer) => texted(writer, 1, "2")),
      "Field.Invalid Price.Scale",
    ],
    ["fixed bytes for a varint", OrderState, bytes((writer) => writer.tag(20, 5).fixed32(1)), "Field.Invalid Side"],
    ["a group", OrderState, bytes((writer) => writer.tag(2, 3).tag(2, 4)), "Field.Invalid Account"],
    ["a group of no field", OrderState, bytes((writer) => writer.tag(7, 3).tag(7, 4)), "Field.Unknown 7"],
    [
      "a value that the enum does not have",
      OrderState,
      bytes((writer) => writer.tag(20, 0).int32(99)),
      "Field.Invalid Side",
    ],
    [
      "a text that is not UTF-8",
      OrderState,
      bytes((writer) => writer.tag(1, 2).bytes(Uint8Array.of(0xc3, 0x28))),
      "Field.Invalid OrderID",
    ],
    [
      "a lone surrogate",
      OrderState,
      bytes((writer) => writer.tag(1, 2).bytes(Uint8Array.of(0xed, 0xa0, 0x80))),
      "Field.Invalid OrderID",
    ],
    ["a control character", OrderState, bytes((writer) => texted(writer, 1, "\u0007")), "Field.Invalid OrderID"],
    [
      "an integer that no double carries",
      FeedRequest,
      bytes((writer) => writer.tag(3, 0).int64(2n ** 53n)),
      "Field.Invalid RequestID",
    ],
    [
      "one in a map",
      SnapshotPosition,
      bytes((writer) =>
        texted(writer.tag(1, 2).fork(), 1, "asx")
          .tag(2, 0)
          .int64(-(2n ** 60n))
          .join(),
      ),
      "Field.Invalid Positions.asx",
    ],
    [
      "a key that is none everywhere",
      SnapshotPosition,
      bytes((writer) => texted(writer.tag(1, 2).fork(), 1, "__proto__").tag(2, 0).int64(1).join()),
      "Field.Invalid Positions.__proto__",
    ],
    [
      "an element of a list",
      AuditRecord,
      bytes((writer) => texted(texted(writer, 1000, "a"), 1000, "\u0000")),
      "Field.Invalid Errors[1]",
    ],
    [
      "too long a scale",
      OrderState,
      order((writer) => writer.tag(1, 0).uint32(31).tag(3, 2).bytes(Uint8Array.of(1))),
      "Field.Invalid Price",
    ],
    [
      "what is cut in a text",
      OrderState,
      texted(new BinaryWriter(), 1, "O1").finish().subarray(0, 3),
      "Message.Unreadable not protobuf",
    ],
    ["what is cut in a number", OrderState, Uint8Array.of(0xa0), "Message.Unreadable not protobuf"],
    [
      "a message that is longer than what holds it",
      OrderState,
      Uint8Array.of(0x12, 4, 0x1a, 1, 65),
      "Message.Unreadable not protobuf",
    ],
    [
      "a text that is longer than what holds it",
      OrderState,
      Uint8Array.of(0x12, 3, 0x1a, 2, 65, 66),
      "Message.Unreadable not protobuf",
    ],
    ["a field without a number", OrderState, Uint8Array.of(0x02, 0), "Message.Unreadable not protobuf"],
  ])("%s", (_, schema, content, refusal) => {
    expect(refusalOf(schema, content)).toBe(refusal);
  });

  it("says the same path as the JSON codec does", () => {
    const Whole = message("Whole", { Part: one(1, BigNumber), Size: uint64(2) });
    const wrong = bytes((writer) => writer.tag(1, 2).fork().tag(3, 0).uint32(1).join());
    expect(refusalOf(Whole, wrong)).toBe("Field.Invalid Part.Value");
    expect(() => decodeText(Whole, '{"Part":{"Value":1}}')).toThrow("Field.Invalid Part.Value");
  });
});
