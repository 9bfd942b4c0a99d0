/** The table of limits in the README: complete, in the order of limits.ts, and true. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../src/protocol/limits.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url).pathname, "utf8");

/** A row of the table: name, value and what happens beyond it. */
const ROW = /^\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \|$/gm;
const rows = [...readme.matchAll(ROW)].map(([, name = "", value = "", beyond = ""]) => ({ name, value, beyond }));

/** How a limit is written, by what its name says it is counted in. */
function written(name: string, limit: number): string {
  const units: readonly (readonly [size: number, unit: string])[] = /_BYTES|_CHARACTERS/.test(name)
    ? [
        [1024 ** 2, " MiB"],
        [1024, " KiB"],
      ]
    : name.endsWith("_MS")
      ? [
          [60_000, " min"],
          [1000, " s"],
        ]
      : [];
  const [size, unit] = units.find(([each]) => limit >= each && limit % each === 0) ?? [1, ""];
  if (name.startsWith("STORAGE_") && limit < 1) return `${limit * 100} %`;
  return `${(limit / size).toLocaleString("en-US")}${unit || (name.endsWith("_SECONDS") ? " s" : "")}`;
}

describe("the README's table of limits", () => {
  test("has every limit once, in the order of the source", () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(LIMITS));
  });

  test.each(Object.entries(LIMITS))("says what %s is, and what happens beyond it", (name, limit) => {
    const row = rows.find((each) => each.name === name);
    expect(row?.value).toBe(written(name, limit));
    expect(row?.beyond.length).toBeGreaterThan(5);
  });
});
