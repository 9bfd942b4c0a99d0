/** Shows what was found, in the form that was asked for. */
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import { cellOf } from "../records/columns.ts";
import { columnsNamed, plainly, type RecordKind, type ShownColumn } from "../records/kind.ts";
import { csvLine } from "./csv.ts";
import { exactJson } from "./json.ts";
import { type TableStyle, tableText } from "./table.ts";

export const FORMATS = ["table", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface PrinterOptions {
  readonly format: Format;
  /** The columns of a table or of CSV, by their headers; otherwise the kind's own. */
  readonly columns?: readonly string[] | undefined;
  readonly style: TableStyle;
  /** Takes a text, and resolves when more may come. */
  readonly write: (text: string) => Promise<void>;
}

/** So many records are looked at together to find out how wide the columns of a table are. */
const TABLE_ROWS = 1_000;

/** Facts that are no record of the contract, by name. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

export class Printer {
  readonly #options: PrinterOptions;

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  /** The same, in another form, where one is asked for. */
  as(format: Format): Printer {
    return new Printer({ ...this.#options, format });
  }

  /** Any number of records, as they come. */
  async list<Schema extends MessageSchema>(
    kind: RecordKind<Schema>,
    records: Iterable<Of<Schema>> | AsyncIterable<Of<Schema>>,
  ): Promise<void> {
    switch (this.#options.format) {
      case "table":
        return await this.#table(kind, records);
      case "csv":
        return await this.#csv(kind, records);
      case "json":
        return await this.#json(kind, records);
    }
  }

  /** One record. */
  async one<Schema extends MessageSchema>(kind: RecordKind<Schema>, record: Of<Schema>): Promise<void> {
    if (this.#options.format !== "json") return await this.list(kind, [record]);
    await this.#options.write(`${exactJson(record, kind.schema, 2)}\n`);
  }

  /** What is no record of the contract. */
  async facts(facts: Facts): Promise<void> {
    const cells = Object.values(facts).map((fact) => String(fact ?? ""));
    const { format, style, write } = this.#options;
    if (format === "json") return await write(`${JSON.stringify(facts, undefined, 2)}\n`);
    if (format === "csv") return await write(csvLine(Object.keys(facts)) + csvLine(cells));
    await write(
      tableText(
        Object.keys(facts).map((title) => ({ title, isFigure: false })),
        [cells],
        style,
      ),
    );
  }

  /** Names, one a line; in JSON a list. */
  async names(title: string, names: readonly string[]): Promise<void> {
    const { format, write } = this.#options;
    if (format === "json") return await write(`${JSON.stringify(names, undefined, 2)}\n`);
    if (format === "csv") return await write([title, ...names].map((name) => csvLine([name])).join(""));
    await write(names.map((name) => `${name}\n`).join(""));
  }

  /** A text as it is. */
  async text(text: string): Promise<void> {
    await this.#options.write(text);
  }

  async #table<Schema extends MessageSchema>(
    kind: RecordKind<Schema>,
    records: Iterable<Of<Schema>> | AsyncIterable<Of<Schema>>,
  ): Promise<void> {
    const named = columnsNamed(kind, this.#options.columns);
    const shown: readonly ShownColumn<Of<Schema>>[] = named?.map((column) => plainly(column)) ?? kind.shown;
    let rows: string[][] = [];
    let isFirst = true;
    const flush = async (): Promise<void> => {
      await this.#options.write((isFirst ? "" : "\n") + tableText(shown, rows, this.#options.style));
      rows = [];
      isFirst = false;
    };
    for await (const record of records) {
      if (rows.length === TABLE_ROWS) await flush();
      rows.push(shown.map((column) => column.cell(record)));
    }
    if (rows.length > 0 || isFirst) await flush();
  }

  async #csv<Schema extends MessageSchema>(
    kind: RecordKind<Schema>,
    records: Iterable<Of<Schema>> | AsyncIterable<Of<Schema>>,
  ): Promise<void> {
    const columns = columnsNamed(kind, this.#options.columns) ?? kind.columns;
    await this.#options.write(csvLine(columns.map(({ header }) => header)));
    for await (const record of records) {
      await this.#options.write(csvLine(columns.map((column) => cellOf(column, record))));
    }
  }

  async #json<Schema extends MessageSchema>(
    kind: RecordKind<Schema>,
    records: Iterable<Of<Schema>> | AsyncIterable<Of<Schema>>,
  ): Promise<void> {
    let before = "[\n";
    for await (const record of records) {
      await this.#options.write(before + exactJson(record, kind.schema));
      before = ",\n";
    }
    await this.#options.write(before === "[\n" ? "[]\n" : "\n]\n");
  }
}
