import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENCODINGS, type EncodingName } from "../../src/client/rest/encodings.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { CashPosition } from "../../src/protocol/messages/index.ts";

const anyBalance = fc.record({
  Currency: fc.stringMatching(/^[A-Zé🙂]{1,40}$/u),
  Balance: fc.bigInt({ min: -(10n ** 50n), max: 10n ** 50n }).map((coefficient) => new Decimal(coefficient, 10)),
});
const anyBalances = fc.array(anyBalance, { maxLength: 8 });

/** Bytes cut into pieces at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((left, right) => left - right);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

const texts = (balances: readonly CashPosition[]) =>
  balances.map(({ Currency, Balance }) => `${Currency} ${Balance?.toString()}`);

describe.each<EncodingName>(["json", "binary"])("%s", (name) => {
  const encoding = ENCODINGS[name];

  test("a message comes back as it was sent", () => {
    return fc.assert(
      fc.property(anyBalance, (balance) => {
        const read = encoding.read(CashPosition, bytesOf(encoding.one(CashPosition, balance).content));
        expect(texts([read])).toEqual(texts([balance]));
      }),
    );
  });

  test("a list comes back as it was sent, wherever it is cut on its way", () => {
    return fc.assert(
      fc.property(anyBalances, fc.array(fc.nat(), { maxLength: 12 }), (balances, places) => {
        const reader = encoding.reader(CashPosition);
        const bytes = bytesOf(encoding.many(CashPosition, balances).content);
        const read = cut(bytes, places).flatMap((piece) => reader.take(piece));
        expect(texts(read)).toEqual(texts(balances));
        expect(reader.isWhole).toBe(true);
      }),
    );
  });

  test("a list that is cut off within a message is not whole, and tells what came before", () => {
    return fc.assert(
      fc.property(fc.array(anyBalance, { minLength: 1, maxLength: 4 }), (balances) => {
        const reader = encoding.reader(CashPosition);
        const bytes = bytesOf(encoding.many(CashPosition, balances).content);
        // The last message's last byte, and in JSON what closes it and the list.
        const read = reader.take(bytes.subarray(0, bytes.length - (name === "json" ? 2 : 1)));
        expect(texts(read)).toEqual(texts(balances.slice(0, -1)));
        expect(reader.isWhole).toBe(false);
      }),
    );
  });

  test("what is no list of messages is not taken for one", () => {
    const reader = encoding.reader(CashPosition);
    expect(() => reader.take(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff, 0x01]))).toThrow();
  });
});

test("a message of many megabytes that comes in small pieces is put together once", () => {
  const { reader, many } = ENCODINGS.binary;
  const balance = { Currency: "x".repeat(4_000_000) };
  const bytes = bytesOf(many(CashPosition, [balance]).content);
  const items = reader(CashPosition);
  const places = Array.from({ length: 4_000 }, (_, index) => index * 1_000);
  expect(cut(bytes, places).flatMap((piece) => items.take(piece))).toEqual([balance]);
});
