import fc from "fast-check";
import { expect, test } from "vitest";
import { placeOf } from "../../src/owner/log-reading.ts";

test("where a record stands is read from its line, however its sequence is named and its fields are ordered", () => {
  const rest = { Update: { Type: "x", Position: 7, Sequence: "other" }, Events: [] };
  return fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.maxSafeNat(), fc.boolean(), (Sequence, Position, isFirst) => {
      const place = { Sequence, Position };
      const line = JSON.stringify(isFirst ? { At: 5, ...place, ...rest } : { At: 5, ...rest, ...place });
      expect(placeOf(line)).toEqual({ sequence: Sequence, position: Position });
    }),
    {
      examples: [
        ["a\\b", 1, true],
        ['","Position":9,"', 2, true],
        ["", 3, true],
      ],
    },
  );
});
