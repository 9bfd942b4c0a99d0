/** A trade tape: the prints of a market in the order in which they happened. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** One print: so many of a symbol changed hands at a price. Figures are the file's own texts. */
export interface Print {
  /** Milliseconds since midnight where the market is. */
  readonly time: number;
  readonly symbol: string;
  readonly price: string;
  readonly size: string;
  readonly venue: string;
}

const HEADER = "time_ms,symbol,price,size,venue";
const LINE = /^(\d+),([^,]+),(\d+(?:\.\d+)?),(\d+(?:\.\d+)?),([^,]+)$/;

/** Reads a tape in CSV. Throws on a file that is not one, naming the line. */
export async function readTape(file: string): Promise<Print[]> {
  const prints: Print[] = [];
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (number === 1 && line !== HEADER) throw new Error(`${file} is not a tape: its first line is not ${HEADER}`);
    if (number > 1 && line !== "") prints.push(readPrint(line, `${file}:${number}`));
  }
  if (prints.length === 0) throw new Error(`${file} holds no prints`);
  return prints;
}

function readPrint(line: string, place: string): Print {
  const [, time, symbol, price, size, venue] = LINE.exec(line) ?? [];
  if (time === undefined || symbol === undefined || price === undefined || size === undefined || venue === undefined) {
    throw new Error(`${place} is not a print: ${line}`);
  }
  return { time: Number(time), symbol, price, size, venue };
}
