import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Elements } from "../../src/api/elements.ts";

const encoder = new TextEncoder();

/** What comes of a text that is cut at some places. */
function elementsOf(text: string, cuts: readonly number[]): readonly string[] {
  const bytes = encoder.encode(text);
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((left, right) => left - right);
  const elements = new Elements();
  let start = 0;
  // One buffer for all pieces: what is held back must not change with it.
  const buffer = new Uint8Array(bytes.length);
  return places.flatMap((place) => {
    const piece = buffer.subarray(0, place - start);
    piece.set(bytes.subarray(start, place));
    start = place;
    return elements.push(piece);
  });
}

describe("the elements of an array that comes in pieces", () => {
  test("are those of the whole, wherever it is cut", () => {
    return fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (objects, cuts) => {
          const found = elementsOf(JSON.stringify(objects), cuts);
          expect(found).toEqual(objects.map((object) => JSON.stringify(object)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("are found between line ends, and in texts that look like brackets", () => {
    const text = '[\n\n{"a":"]}\\"{[\\\\"},\n{"b":[{"c":"\\\\"}]}\n]';
    for (let cut = 0; cut <= text.length; cut++) {
      expect(elementsOf(text, [cut])).toEqual(['{"a":"]}\\"{[\\\\"}', '{"b":[{"c":"\\\\"}]}']);
    }
  });

  test("are given as soon as they are whole", () => {
    const elements = new Elements();
    expect(elements.push(encoder.encode('[{"a":1},{"b"'))).toEqual(['{"a":1}']);
    expect(elements.push(encoder.encode(":2"))).toEqual([]);
    expect(elements.push(encoder.encode("}]"))).toEqual(['{"b":2}']);
  });
});
