/** A stream of bytes is cut into lines without keeping more than one of them. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LineTooLong, linesOf } from "../../scripts/verify/lines.ts";

async function* chunked(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk);
}

async function linesIn(chunks: readonly string[], most: number): Promise<readonly [number, string, boolean][]> {
  const lines: [number, string, boolean][] = [];
  for await (const { number, bytes, isEnded } of linesOf(chunked(chunks), most))
    lines.push([number, new TextDecoder().decode(bytes), isEnded]);
  return lines;
}

test("lines are the same however the bytes come; what has no end is told to have none", () => {
  return fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom("a", "\n", "b") })), async (chunks) => {
      const texts = chunks.join("").split("\n");
      const expected = texts.map((text, index) => [index + 1, text, index < texts.length - 1]);
      expect(await linesIn(chunks, 1000)).toEqual(expected.filter(([, text, isEnded]) => isEnded || text !== ""));
    }),
    { seed: 20261122, numRuns: 500 },
  );
});

test("a line as long as the limit is read, a longer one is refused by its number", async () => {
  expect(await linesIn(["a\n", "bb", "b\n"], 3)).toEqual([
    [1, "a", true],
    [2, "bbb", true],
  ]);
  await expect(linesIn(["a\n", "bb", "bb\n"], 3)).rejects.toMatchObject({ name: "LineTooLong", number: 2 });
});

test("an endless line is given up as soon as it is too long", async () => {
  let drawn = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      drawn++;
      yield new Uint8Array(10).fill(0x61);
    }
  }
  await expect(linesOf(endless(), 100).next()).rejects.toThrow(LineTooLong);
  expect(drawn).toBe(11);
});
