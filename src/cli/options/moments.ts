/** Moments on the command line: a time, or the place after a position of a sequence. */
import { readTimestamp } from "../../protocol/timestamp.ts";
import { UsageError } from "../usage.ts";

/** What the client takes: a time, or a position of each sequence. */
export type Moment = string | Readonly<Record<string, number>>;

/** `asx=4711`; of one of several Owners, `XS/asx=4711`. A name may hold the sign, a position does not. */
const POSITION = /^(.+)=(\d{1,16})$/s;

/**
 * The moment that the values of an option name: one time, or positions of different sequences. Undefined without any.
 * Throws UsageError.
 */
export function momentOf(option: string, values: readonly string[] | undefined): Moment | undefined {
  const [first, ...more] = values ?? [];
  if (first === undefined) return undefined;
  const time = readTimestamp(first);
  if (time !== undefined && more.length === 0) return time;
  const positions = [first, ...more].map((value) => positionOf(option, value));
  const named = Object.fromEntries(positions);
  if (Object.keys(named).length < positions.length) throw new UsageError(`--${option} names a sequence twice.`);
  return named;
}

function positionOf(option: string, value: string): readonly [sequence: string, position: number] {
  const [, sequence = "", digits = ""] = POSITION.exec(value) ?? [];
  const position = Number(digits);
  if (sequence !== "" && Number.isSafeInteger(position)) return [sequence, position];
  throw new UsageError(
    `--${option} '${value}' is neither a time such as 2026-01-31T10:00:00Z (UTC unless it says otherwise) nor a position such as asx=4711.`,
  );
}
