import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { FAMILIES } from "../../src/api/figures.ts";
import { exposition, type Family, type Sample } from "../../src/operations/openmetrics.ts";
import { figureOf, readOpenMetrics } from "../support/openmetrics.ts";

const SIZE: Family = { name: "oms_size_bytes", type: "gauge", unit: "bytes", help: "How large it is." };
const DONE: Family = { name: "oms_done", type: "counter", help: 'What was "done"\nso far \\ in all.' };

describe("figures as OpenMetrics text", () => {
  it("is written as the specification has it", () => {
    const labels = { owner: 'X"S\\\n' };
    expect(
      exposition([
        { family: DONE, labels, value: 3, created: 1_500 },
        { family: SIZE, labels: {}, value: 0.5 },
        { family: DONE, labels: { owner: "YS" }, value: 4 },
      ]),
    ).toBe(
      [
        "# TYPE oms_done counter",
        '# HELP oms_done What was \\"done\\"\\nso far \\\\ in all.',
        'oms_done_total{owner="X\\"S\\\\\\n"} 3',
        'oms_done_created{owner="X\\"S\\\\\\n"} 1.5',
        'oms_done_total{owner="YS"} 4',
        "# TYPE oms_size_bytes gauge",
        "# UNIT oms_size_bytes bytes",
        "# HELP oms_size_bytes How large it is.",
        "oms_size_bytes 0.5",
        "# EOF",
        "",
      ].join("\n"),
    );
  });

  it("is read back as it was, whatever the labels say, in whatever order the samples came", () => {
    const samples = fc.uniqueArray(
      fc.record({
        family: fc.constantFrom(SIZE, DONE),
        owner: fc.string({ unit: "binary" }),
        value: fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true })),
        created: fc.option(fc.nat(), { nil: undefined }),
      }),
      { selector: ({ family, owner }) => `${family.name} ${owner}` },
    );
    return fc.assert(
      fc.property(samples, (given) => {
        const all = given.map(
          ({ family, owner, value, created }): Sample => ({
            family,
            labels: { owner },
            value,
            ...(created !== undefined && { created }),
          }),
        );
        const families = readOpenMetrics(exposition(all));
        for (const { family, labels, value, created } of all) {
          const isCounter = family.type === "counter";
          expect(figureOf(families, isCounter ? `${family.name}_total` : family.name, labels)).toBe(value);
          if (!isCounter) continue;
          const since = figureOf(families, `${family.name}_created`, labels);
          expect(since).toBe(created === undefined ? undefined : created / 1000);
        }
      }),
    );
  });

  test.each(Object.entries(FAMILIES))("the family %s is named as its type and unit ask", (_, family: Family) => {
    const { name, type, unit, help } = family;
    expect(name).toMatch(/^oms_[a-z]+(_[a-z]+)*$/);
    expect(name).not.toMatch(/_(total|created|count|sum|bucket|info)$/);
    if (unit !== undefined) expect(name.endsWith(`_${unit}`)).toBe(true);
    else expect(name).not.toMatch(/_(bytes|seconds)$/);
    expect(type === "counter" && help.includes("begins anew")).toBe(type === "counter");
  });

  it("names no family as another family's samples are named", () => {
    const families = Object.values(FAMILIES);
    const names = families.flatMap(({ name, type }) =>
      type === "counter" ? [`${name}_total`, `${name}_created`] : [name],
    );
    expect(new Set([...names, ...families.map(({ name }) => name)]).size).toBe(
      names.length + families.filter(({ type }) => type === "counter").length,
    );
  });
});

describe("the reader that judges it refuses", () => {
  test.each([
    ["a text that was cut short", "# TYPE a gauge\na 1\n"],
    ["an empty line", "# TYPE a gauge\n\na 1\n# EOF\n"],
    ["something after the end", "# EOF\na 1\n"],
    ["a counter without its suffix", "# TYPE a counter\na 1\n# EOF\n"],
    ["a counter that is negative", "# TYPE a counter\na_total -1\n# EOF\n"],
    ["a counter of which only the beginning is told", "# TYPE a counter\na_created 1\n# EOF\n"],
    ["a family in two pieces", "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na 2\n# EOF\n"],
    ["a sample of another family", "# TYPE a gauge\nb 1\n# EOF\n"],
    ["a sample twice", '# TYPE a gauge\na{x="1",y="2"} 1\na{y="2",x="1"} 2\n# EOF\n'],
    ["a metric in two pieces", '# TYPE a counter\na_total{x="1"} 1\na_total{x="2"} 1\na_created{x="1"} 1\n# EOF\n'],
    ["a label twice", '# TYPE a gauge\na{x="1",x="2"} 1\n# EOF\n'],
    ["a quotation mark in a label", '# TYPE a gauge\na{x="1"2"} 1\n# EOF\n'],
    ["an escape that there is not", '# TYPE a gauge\na{x="\\t"} 1\n# EOF\n'],
    ["a unit that its name does not end in", "# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n"],
    ["a description after its samples", "# TYPE a gauge\na 1\n# HELP a x\n# EOF\n"],
    ["no number", "# TYPE a gauge\na one\n# EOF\n"],
    ["two spaces", "# TYPE a gauge\na  1\n# EOF\n"],
  ])("%s", (_what, text) => {
    expect(() => readOpenMetrics(text)).toThrow();
  });
});
