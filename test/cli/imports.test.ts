import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batches, type Item } from "../../src/cli/imports/batches.ts";
import { type RefusedLine, recordsIn } from "../../src/cli/imports/records.ts";
import { sendBatch } from "../../src/cli/imports/sending.ts";
import { SETTLEMENTS } from "../../src/cli/records/kinds.ts";
import { OmsError } from "../../src/client/errors.ts";
import { collected } from "./support/collected.ts";

async function* itemsOf(sizes: readonly number[]): AsyncGenerator<Item<number>> {
  for (const [line, bytes] of sizes.entries()) yield { line, record: line, bytes };
}

describe("batches", () => {
  it("keep the order, hold no more than a bulk call takes, and are as few as that allows one after another", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 60 })),
        fc.integer({ min: 1, max: 8 }),
        async (sizes, items) => {
          const made = await collected(batches(itemsOf(sizes), { items, bytes: 100 }));
          expect(made.flat().map(({ line }) => line)).toEqual(sizes.map((_, line) => line));
          const bytesOf = (batch: readonly Item<number>[]) => batch.reduce((sum, { bytes }) => sum + bytes + 1, 2);
          for (const [index, batch] of made.entries()) {
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length).toBeLessThanOrEqual(items);
            expect(bytesOf(batch)).toBeLessThanOrEqual(100);
            const next = made[index + 1]?.[0];
            if (next !== undefined && batch.length < items) expect(bytesOf([...batch, next])).toBeGreaterThan(100);
          }
        },
      ),
    ));
});

describe("a batch that is refused", () => {
  const refusal = (codes: readonly string[]): OmsError =>
    new OmsError({ kind: "refused", what: "POST", codes, status: 422 });

  it("costs only the lines that are to blame; every other one is taken once", () =>
    fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(40)), fc.func(fc.boolean()), async (lines, isBad) => {
        const taken: number[] = [];
        const refused: RefusedLine[] = [];
        const send = async (records: readonly number[]): Promise<void> => {
          const bad = records.findIndex((record) => isBad(record));
          if (bad >= 0) throw refusal([`Field.Invalid [${bad}].Value`]);
          taken.push(...records);
        };
        const items = lines.map((line) => ({ line, record: line, bytes: 1 }));
        const count = await sendBatch(items, send, (line) => refused.push(line));
        expect(taken).toEqual(lines.filter((line) => !isBad(line)));
        expect(count).toBe(taken.length);
        expect(refused).toEqual(
          lines.filter((line) => isBad(line)).map((line) => ({ line, codes: ["Field.Invalid Value"] })),
        );
      }),
    ));

  it.each([
    new OmsError({ kind: "unreachable", what: "POST", reason: "gone" }),
    new OmsError({ kind: "refused", what: "POST", codes: ["Unauthenticated"], status: 401 }),
    new OmsError({ kind: "refused", what: "POST", codes: ["Storage.Full"], status: 503 }),
  ])("is not divided when it is not the records that are refused ($message)", async (error) => {
    const items = [1, 2].map((line) => ({ line, record: line, bytes: 1 }));
    let calls = 0;
    const send = async (): Promise<void> => {
      calls++;
      throw error;
    };
    await expect(sendBatch(items, send, () => undefined)).rejects.toBe(error);
    expect(calls).toBe(1);
  });
});

describe("the records of a file", () => {
  async function read(rows: readonly (readonly string[])[]) {
    const refused: RefusedLine[] = [];
    async function* source() {
      for (const [index, cells] of rows.entries()) yield { line: index + 1, cells, bytes: 0 };
    }
    const records = await collected(recordsIn(SETTLEMENTS, source(), (line) => refused.push(line)));
    return { lines: records.map(({ line }) => line), refused };
  }

  it("are refused line by line, by the field that is wrong", async () => {
    const header = ["Owner", "Account", "Settle"];
    const rows = [header, ["XS", "A1", "5"], ["XS", "A2", "five"], ["XS", "A3", "1", "more"], ["XS", "A4"]];
    expect(await read(rows)).toEqual({
      lines: [2, 5],
      refused: [
        { line: 3, codes: ["Field.Invalid Settle"] },
        { line: 4, codes: ["Message.Unreadable 4 cells"] },
      ],
    });
  });

  it("need a header that names columns of their kind, each once", async () => {
    await expect(read([])).rejects.toThrow("The file is empty");
    await expect(read([["Owner", "Prise"]])).rejects.toThrow("'Prise' is no column of settlements");
    await expect(read([["Owner", "Owner"]])).rejects.toThrow("twice");
  });
});
