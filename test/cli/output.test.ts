import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CsvRow, csvRows } from "../../src/cli/imports/csv-rows.ts";
import { csvLine } from "../../src/cli/output/csv.ts";
import { displayWidth, plainText } from "../../src/cli/output/plain-text.ts";
import { tableText } from "../../src/cli/output/table.ts";
import { isReadableText } from "../../src/protocol/fields.ts";
import { collected } from "./support/collected.ts";

const PLAIN = { colours: false };
const COLUMNS = [
  { title: "Account", isFigure: false },
  { title: "Note", isFigure: false },
  { title: "Balance", isFigure: true },
];

describe("a table", () => {
  it("lines figures up by their points and adds no digit to them", () => {
    const text = tableText(
      COLUMNS,
      [
        ["XS/A1", "first", "10000.25"],
        ["XS/A2", "", "-7"],
      ],
      PLAIN,
    );
    expect(text).toBe(["Account  Note    Balance", "XS/A1    first  10000.25", "XS/A2              -7", ""].join("\n"));
  });

  it("leaves out columns that are empty in every row, and keeps all titles when there are no rows", () => {
    expect(tableText(COLUMNS, [["XS/A1", "", "1"]], PLAIN)).toBe("Account  Balance\nXS/A1          1\n");
    expect(tableText(COLUMNS, [], PLAIN)).toBe("Account  Note  Balance\n");
  });

  it("cuts texts where the screen ends, never a figure", () => {
    const text = tableText(COLUMNS, [["XS/A1", "a long note that goes on", "123456789.25"]], { ...PLAIN, width: 40 });
    expect(text).toBe("Account  Note                    Balance\nXS/A1    a long note that…  123456789.25\n");
  });

  it("becomes a block for each record where the figures do not fit beside each other", () => {
    const text = tableText(COLUMNS, [["XS/A1", "note", "123456789.25"]], { ...PLAIN, width: 20 });
    expect(text).toBe("Account  XS/A1\nNote     note\nBalance  123456789.25\n");
  });

  it("is never wider than the screen, whatever it holds, unless a record has a block of its own", () => {
    const cell = fc.string({ unit: "grapheme", maxLength: 30 });
    return fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, fc.integer().map(String)), { minLength: 1 }), (rows) => {
        const lines = tableText(COLUMNS, rows, { ...PLAIN, width: 60 }).split("\n");
        // A figure of ten digits and two cut texts always fit.
        expect(lines.every((line) => displayWidth(line) <= 60)).toBe(true);
        expect(lines).toHaveLength(rows.length + 2);
      }),
    );
  });

  it("shows titles in bold on a screen with colours alone", () => {
    expect(tableText(COLUMNS, [], { colours: true })).toContain("\u001b[1mAccount");
    expect(tableText(COLUMNS, [], PLAIN)).not.toContain("\u001b");
  });

  it("holds nothing that a terminal obeys", () => {
    expect(plainText("a\u009b2Jb\nc\u202ed")).toBe("a\\u009b2Jb\\nc\\u202ed");
  });
});

async function rowsOf(text: string): Promise<readonly CsvRow[]> {
  return await collected(csvRows(Readable.from([text])));
}

describe("CSV", () => {
  it("reads back whatever was written, each row with the line that it begins on", () => {
    const text = fc.string({ unit: "grapheme" }).filter(isReadableText);
    // A row of one empty cell is an empty line, which is no row.
    const row = fc.tuple(fc.constantFrom("x", "line\nbreak", '"', "a,b", "\r\n"), text, text);
    return fc.assert(
      fc.asyncProperty(fc.array(row), async (rows) => {
        const read = await rowsOf(rows.map(csvLine).join(""));
        expect(read.map(({ cells }) => cells)).toEqual(rows);
        const breaks = (cells: readonly string[]): number => cells.join(",").match(/\r\n|\n|\r/g)?.length ?? 0;
        let line = 1;
        for (const [index, cells] of rows.entries()) {
          expect(read[index]?.line).toBe(line);
          line += 1 + breaks(cells);
        }
      }),
    );
  });

  it("passes over a byte order mark and empty lines", async () => {
    expect(await rowsOf("\ufeffA,B\r\n\r\n1,2\r\n")).toEqual([
      { line: 1, cells: ["A", "B"], bytes: 8 },
      { line: 3, cells: ["1", "2"], bytes: 15 },
    ]);
  });

  it("is refused as a whole when a quote is not closed", async () => {
    await expect(rowsOf('A,B\n"1,2\n')).rejects.toThrow("This is not CSV");
  });
});
