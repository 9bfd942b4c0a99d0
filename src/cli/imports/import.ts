/** `import`: a CSV file is read, sent in bulk, and every line that is refused is told with its number and codes. */
import { createReadStream, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { SingleBar } from "cli-progress";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import type { OptionTable } from "../command.ts";
import { EXIT, Failed } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import { plainText } from "../output/plain-text.ts";
import type { RecordKind } from "../records/kind.ts";
import { UsageError } from "../usage.ts";
import { batches } from "./batches.ts";
import { type CsvRow, csvRows } from "./csv-rows.ts";
import { type RefusedLine, type Requirement, recordsIn } from "./records.ts";
import { type Send, sendBatch } from "./sending.ts";

export const IMPORT_OPTIONS: OptionTable = {
  stop: { kind: "flag", describe: "Stop at the first line that is refused, instead of going on" },
};

export interface Importing<Schema extends MessageSchema> {
  readonly kind: RecordKind<Schema>;
  readonly send: Send<Of<Schema>>;
  /** One by one, where there is no bulk call. */
  readonly isSingle?: boolean;
  readonly require?: Requirement<Schema>;
}

/** The first line was refused of an import that is to stop at it. */
class Stopped extends Error {}

/** Imports the file that the parameter `file` names. Throws Failed when a line was refused. */
export async function importFile<Schema extends MessageSchema>(
  call: Invocation,
  { kind, send, isSingle = false, require }: Importing<Schema>,
): Promise<void> {
  const { source, bytes } = openFile(call);
  const progress = new Progress(call, bytes);
  const isStopping = call.flag("stop");
  let taken = 0;
  let refused = 0;
  const refuse = ({ line, codes }: RefusedLine): void => {
    refused++;
    progress.tell(`line ${line}: ${plainText(codes.join(", "))}`);
    if (isStopping) throw new Stopped();
  };
  try {
    const records = recordsIn(kind, progress.along(csvRows(source)), refuse, require);
    for await (const batch of isSingle || isStopping ? batches(records, ONE) : batches(records)) {
      taken += await sendBatch(batch, send, refuse);
      progress.show(taken, refused);
    }
  } catch (error) {
    if (!(error instanceof Stopped)) {
      progress.tell(`${taken} ${kind.name} taken before this. The same file may be imported again.`);
      throw error;
    }
  } finally {
    progress.stop();
  }
  const told = `${taken} ${kind.name} taken, ${refused} refused`;
  if (refused > 0) throw new Failed(EXIT.refused, isStopping ? `${told}; stopped there` : told);
  call.terminal.tell(told);
}

const ONE = { items: 1, bytes: 0 };

/** A file, or stdin for `-` and for none. Throws UsageError. */
export function openFile(call: Invocation): { readonly source: Readable; readonly bytes: number | undefined } {
  // The argument parser makes nothing of a parameter that is a dash.
  const file = call.text("file") || "-";
  if (file === "-") return { source: call.terminal.input, bytes: undefined };
  try {
    const { size } = statSync(file);
    return { source: createReadStream(file), bytes: size };
  } catch (error) {
    throw new UsageError(`'${file}' cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** A bar on a terminal, as long as the file. */
class Progress {
  readonly #call: Invocation;
  readonly #bar: SingleBar | undefined;
  #read = 0;

  constructor(call: Invocation, bytes: number | undefined) {
    this.#call = call;
    const { progress } = call.terminal;
    if (progress === undefined || bytes === undefined) return;
    const format = "{bar} {percentage}%  {taken} taken, {refused} refused";
    this.#bar = new SingleBar({ stream: progress, format, clearOnComplete: true, hideCursor: false });
    this.#bar.start(bytes, 0, { taken: 0, refused: 0 });
  }

  /** The rows as they are read: how far into the file they are is how far the import is. */
  async *along(rows: AsyncIterable<CsvRow>): AsyncGenerator<CsvRow> {
    for await (const row of rows) {
      this.#read = row.bytes;
      yield row;
    }
  }

  show(taken: number, refused: number): void {
    this.#bar?.update(this.#read, { taken, refused });
  }

  /** Says something above the bar. */
  tell(line: string): void {
    const { progress } = this.#call.terminal;
    if (this.#bar !== undefined) progress?.write("\r\u001b[2K");
    this.#call.terminal.tell(line);
    this.#bar?.updateETA();
    this.#bar?.render();
  }

  stop(): void {
    this.#bar?.stop();
  }
}
