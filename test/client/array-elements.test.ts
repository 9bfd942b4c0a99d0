import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArrayElements } from "../../src/client/rest/array-elements.ts";

/** A text cut into pieces at the given places. */
function cut(text: string, places: readonly number[]): readonly string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((left, right) => left - right);
  return [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}

const anyArray = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 });
const anyPlaces = fc.array(fc.nat(), { maxLength: 12 });
const anySpace = fc.constantFrom("", "\n", " \t\r\n");

describe("the elements of an array that comes in pieces", () => {
  test("are those of the array, wherever it is cut", () => {
    return fc.assert(
      fc.property(anyArray, anyPlaces, anySpace, fc.constantFrom(0, 1), (array, places, space, indent) => {
        const elements = new ArrayElements();
        const text = space + JSON.stringify(array, null, indent) + space;
        const found = cut(text, places).flatMap((piece) => elements.take(piece));
        expect(found.map((element) => JSON.parse(element))).toEqual(JSON.parse(text));
        expect(elements.isWhole).toBe(true);
      }),
    );
  });

  test("an array is not whole before its last bracket has come", () => {
    return fc.assert(
      fc.property(anyArray, fc.nat(), (array, place) => {
        const text = JSON.stringify(array);
        const elements = new ArrayElements();
        const found = elements.take(text.slice(0, place % text.length));
        expect(elements.isWhole).toBe(false);
        expect(found.map((element) => JSON.parse(element))).toEqual(
          (JSON.parse(text) as unknown[]).slice(0, found.length),
        );
      }),
    );
  });

  test.each(['{"errors":[]}', '"text"', "[1]2", "[][]"])("%s is no array", (text) => {
    expect(() => new ArrayElements().take(text)).toThrow(SyntaxError);
  });
});
