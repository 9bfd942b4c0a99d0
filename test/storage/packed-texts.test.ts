import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { firstPlaceOf, TextPacker } from "../../src/storage/packed-texts.ts";

const PIECE = firstPlaceOf(1);

/** Reads the text at a place as the SQL does: by bytes, up to the line end. */
function textAt(packer: TextPacker, place: number): string {
  const piece = packer.pieces[Math.floor(place / PIECE) - packer.first] ?? "";
  const rest = Buffer.from(piece).subarray(place % PIECE);
  return rest.subarray(0, rest.indexOf("\n")).toString();
}

describe("packed texts", () => {
  it("are found at their places, whatever characters they hold, and places grow", () => {
    const packer = new TextPacker(7);
    const texts = Array.from({ length: 3000 }, (_, index) => `é€\u{1F600}${"x".repeat(index % 40)}${index}`);
    const places = texts.map((text) => packer.add(text));
    expect(packer.pieces.length).toBeGreaterThan(3);
    expect(places.map((place) => textAt(packer, place))).toEqual(texts);
    expect(places).toEqual([...places].sort((left, right) => left - right));
    expect(places[0]).toBe(firstPlaceOf(7));
    expect(places.at(-1)).toBeLessThan(firstPlaceOf(packer.next));
  });

  it.each([
    ["below the bytes of a piece, the next text joins it", -1, 1],
    ["at the bytes of a piece, the next text begins another", 0, 2],
    ["above the bytes of a piece, the next text begins another", 1, 2],
  ])("%s", (_, more, pieces) => {
    const packer = new TextPacker(1);
    const first = "é".repeat(PIECE / 2 - 1) + "x".repeat(1 + more);
    expect(Buffer.byteLength(`${first}\n`)).toBe(PIECE + more);
    const places = [packer.add(first), packer.add("next")];
    expect(packer.pieces).toHaveLength(pieces);
    expect(places.map((place) => textAt(packer, place))).toEqual([first, "next"]);
  });

  it("are no pieces when there are no texts", () => {
    const packer = new TextPacker(3);
    expect(packer.pieces).toEqual([]);
    expect(packer.next).toBe(3);
  });

  it("never hold a line end", () => {
    expect(() => new TextPacker(1).add("{\n}")).toThrow("line ends");
  });
});
