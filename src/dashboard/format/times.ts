/** Moments as they are shown: where the reader is, to the millisecond where it matters. */
import { readTimestamp, type Timestamp } from "../../protocol/timestamp.ts";

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const MILLISECONDS: Intl.DateTimeFormatOptions = { ...CLOCK, fractionalSecondDigits: 3 };
const DAY: Intl.DateTimeFormatOptions = { year: "numeric", month: "short", day: "numeric" };

const clock = new Intl.DateTimeFormat("en-GB", MILLISECONDS);
const seconds = new Intl.DateTimeFormat("en-GB", CLOCK);
const dayAndClock = new Intl.DateTimeFormat("en-GB", { ...DAY, ...CLOCK });
const dayAndMilliseconds = new Intl.DateTimeFormat("en-GB", { ...DAY, ...MILLISECONDS });

/** `22:36:01`. */
export function secondsText(milliseconds: number): string {
  return seconds.format(milliseconds);
}

/** `22:36:01.042`. */
export function clockText(milliseconds: number): string {
  return clock.format(milliseconds);
}

/** `22 Nov 2026, 22:36:01`. */
export function momentText(milliseconds: number): string {
  return dayAndClock.format(milliseconds);
}

/** `22 Nov 2026, 22:36:01.042`. */
export function exactMomentText(milliseconds: number): string {
  return dayAndMilliseconds.format(milliseconds);
}

/** `22:36:01.042` of a moment of today, `21 Nov 2026, 22:36:01.042` of another. */
export function shortMomentText(milliseconds: number): string {
  const isToday = new Date(milliseconds).toDateString() === new Date().toDateString();
  return isToday ? clockText(milliseconds) : exactMomentText(milliseconds);
}

/** Milliseconds since 1970, for the eye and for charts: a moment itself is its text. */
export function millisecondsOf(moment: Timestamp): number {
  return Date.parse(`${moment.slice(0, 23)}Z`);
}

/** The moment so many whole milliseconds after 1970. */
export function timestampOf(milliseconds: number): Timestamp {
  const moment = readTimestamp(new Date(milliseconds).toISOString());
  if (moment === undefined) throw new Error(`no moment: ${milliseconds}`);
  return moment;
}

/** What the browser's own field for a moment holds: `2026-11-22T22:36:01`, where the reader is. */
export function fieldText(milliseconds: number): string {
  const offset = new Date(milliseconds).getTimezoneOffset() * 60_000;
  return new Date(milliseconds - offset).toISOString().slice(0, 19);
}

/** Milliseconds since 1970 of what the browser's field holds; undefined while it is not complete. */
export function readField(text: string): number | undefined {
  const milliseconds = new Date(text).getTime();
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

const SPANS = [
  { unit: "day", milliseconds: 86_400_000 },
  { unit: "hour", milliseconds: 3_600_000 },
  { unit: "minute", milliseconds: 60_000 },
] as const;

/** `29 days`, `1 hour`, `less than a minute`: how long something lasts, rounded down. */
export function spanText(milliseconds: number): string {
  const span = SPANS.find((each) => milliseconds >= each.milliseconds);
  if (span === undefined) return "less than a minute";
  const count = Math.floor(milliseconds / span.milliseconds);
  return `${count} ${span.unit}${count === 1 ? "" : "s"}`;
}
