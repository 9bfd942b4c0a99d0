/**
 * Moments. In memory a moment is its wire form: ISO 8601 in UTC with six decimals, so that comparing texts compares
 * times and writing one costs nothing.
 */
declare const timestamp: unique symbol;

/** `2013-10-07T13:30:00.019000Z`: microseconds, UTC, years 1970 to 9999. Ordered as text. */
export type Timestamp = string & { readonly [timestamp]: true };

/** The wire's object form. */
export interface TimestampObject {
  readonly Seconds?: number;
  readonly Nanoseconds?: number;
  readonly TzOffset?: number;
}

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[Tt ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d{2})(?::?(\d{2}))?)?)?$/;
const CANONICAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const LAST_SECOND = 253_402_300_799;

/** The epoch: what an empty object, or a RemoveAfter that means "at once", stands for. */
export const EPOCH = fromSeconds(0, 0);

/**
 * Reads ISO 8601, extended or basic, with any offset (none means UTC) and up to nine decimals, of which six are kept.
 * Undefined for anything else, and for a moment outside 1970 to 9999.
 */
export function readTimestamp(text: string): Timestamp | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", , sign, offsetHours = "00", offsetMinutes = "00"] =
    match;
  const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(local) || new Date(local).getUTCDate() !== Number(day)) return undefined;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60 * (sign === "-" ? -1 : 1);
  const seconds = local / 1000 - offset;
  if (seconds < 0 || seconds > LAST_SECOND) return undefined;
  if (offset === 0 && CANONICAL.test(text)) return branded(text);
  return fromSeconds(seconds, Number(fraction.padEnd(9, "0")));
}

/** Reads the wire's object form; Seconds count from 1970 in UTC, TzOffset only says where it was written. */
export function readTimestampObject({ Seconds = 0, Nanoseconds = 0 }: TimestampObject): Timestamp | undefined {
  if (!Number.isInteger(Seconds) || Seconds < 0 || Seconds > LAST_SECOND) return undefined;
  if (!Number.isInteger(Nanoseconds) || Nanoseconds < 0 || Nanoseconds > 999_999_999) return undefined;
  return fromSeconds(Seconds, Nanoseconds);
}

/** The moment so many microseconds after 1970. */
export function fromMicroseconds(microseconds: number): Timestamp {
  const seconds = Math.floor(microseconds / 1e6);
  return fromSeconds(seconds, (microseconds - seconds * 1e6) * 1000);
}

/** Microseconds since 1970. Exact up to the year 2255. */
export function toMicroseconds(moment: Timestamp): number {
  return Date.parse(`${moment.slice(0, 19)}Z`) * 1000 + Number(moment.slice(20, 26));
}

/** Milliseconds since 1970, rounded up, so that a timer set for it is never early. */
export function toMillisecondsCeiling(moment: Timestamp): number {
  return Math.ceil(Date.parse(`${moment.slice(0, 19)}Z`) + Number(moment.slice(20, 26)) / 1000);
}

function fromSeconds(seconds: number, nanoseconds: number): Timestamp {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return branded(`${whole}.${Math.floor(nanoseconds / 1000).toString().padStart(6, "0")}Z`);
}

function branded(canonical: string): Timestamp {
  // The one place where the brand is given: the text has been checked or made canonical.
  return canonical as Timestamp;
}
