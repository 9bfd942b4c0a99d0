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

/** Extended or basic; the same separators must go through the whole date, and through the whole time. */
const ISO =
  /^(?<year>\d{4})(?<dash>-?)(?<month>\d\d)\k<dash>(?<day>\d\d)(?:[Tt ](?<hour>\d\d)(?<colon>:?)(?<minute>\d\d)(?:\k<colon>(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?:[Zz]|(?<sign>[+-])(?<offsetHours>\d\d)(?::?(?<offsetMinutes>\d\d))?)?)?$/;

/** What is canonical already, known without a calendar; the 29th of February alone is left to it. */
const CANONICAL =
  /^(?:19[7-9]\d|[2-9]\d{3})-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;

const LAST_SECOND = 253_402_300_799;

/** The epoch: what an empty object, or a RemoveAfter that means "at once", stands for. */
export const EPOCH = fromSeconds(0, 0);

/**
 * Reads ISO 8601, extended or basic, with any offset (none means UTC) and up to nine decimals, of which six are kept.
 * Undefined for anything else, leap seconds and hour 24 included, and for a moment outside 1970 to 9999.
 */
export function readTimestamp(text: string): Timestamp | undefined {
  if (CANONICAL.test(text)) return branded(text);
  const { year, month, day, hour, minute, second, fraction, sign, offsetHours, offsetMinutes } =
    ISO.exec(text)?.groups ?? {};
  if (year === undefined) return undefined;
  const local = Date.parse(`${year}-${month}-${day}T${hour ?? "00"}:${minute ?? "00"}:${second ?? "00"}Z`);
  // The platform's calendar takes 30 February and hour 24 as the day after.
  if (Number.isNaN(local) || new Date(local).getUTCDate() !== Number(day)) return undefined;
  if (Number(offsetHours ?? 0) > 23 || Number(offsetMinutes ?? 0) > 59) return undefined;
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * 60 * (sign === "-" ? -1 : 1);
  const seconds = local / 1000 - offset;
  return isInRange(seconds) ? fromSeconds(seconds, Number((fraction ?? "").padEnd(9, "0"))) : undefined;
}

/** Reads the wire's object form; Seconds count from 1970 in UTC, TzOffset only says where it was written. */
export function readTimestampObject({ Seconds = 0, Nanoseconds = 0 }: TimestampObject): Timestamp | undefined {
  return isInRange(Seconds) && Nanoseconds <= 999_999_999 ? fromSeconds(Seconds, Nanoseconds) : undefined;
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

function isInRange(seconds: number): boolean {
  return seconds >= 0 && seconds <= LAST_SECOND;
}

function fromSeconds(seconds: number, nanoseconds: number): Timestamp {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const microseconds = String(Math.floor(nanoseconds / 1000)).padStart(6, "0");
  return branded(`${whole}.${microseconds}Z`);
}

function branded(canonical: string): Timestamp {
  // The one place where the brand is given: the text has been checked or made canonical.
  return canonical as Timestamp;
}
