import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EPOCH,
  fromMicroseconds,
  readTimestamp,
  readTimestampObject,
  toMicroseconds,
  toMillisecondsCeiling,
} from "../../src/protocol/timestamp.ts";

const LAST_MICROSECOND = Number.MAX_SAFE_INTEGER;
const microseconds = fc.oneof(fc.nat({ max: LAST_MICROSECOND }), fc.nat({ max: 3_000_000_000_000_000 }));
const dates = fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true });

describe("reading ISO 8601", () => {
  it.each([
    ["2013-10-07T13:30:00.019Z", "2013-10-07T13:30:00.019000Z"],
    ["2013-10-07T13:30:00.019000Z", "2013-10-07T13:30:00.019000Z"],
    ["2013-10-07T13:30:00.019000123Z", "2013-10-07T13:30:00.019000Z"],
    ["2013-10-07T13:30:00.999999999Z", "2013-10-07T13:30:00.999999Z"],
    ["2013-10-07T13:30:00,5Z", "2013-10-07T13:30:00.500000Z"],
    ["2013-10-07T13:30:00Z", "2013-10-07T13:30:00.000000Z"],
    ["2013-10-07T13:30Z", "2013-10-07T13:30:00.000000Z"],
    ["2013-10-07t13:30:00z", "2013-10-07T13:30:00.000000Z"],
    ["2013-10-07 13:30:00Z", "2013-10-07T13:30:00.000000Z"],
    ["2013-10-07", "2013-10-07T00:00:00.000000Z"],
    ["20131007", "2013-10-07T00:00:00.000000Z"],
    ["20131007T133000.019Z", "2013-10-07T13:30:00.019000Z"],
    ["20131007T1330Z", "2013-10-07T13:30:00.000000Z"],
    ["20131007T133000+1000", "2013-10-07T03:30:00.000000Z"],
    ["2013-10-07T13:30:00", "2013-10-07T13:30:00.000000Z"],
    ["2013-10-07T13:30:00+10:00", "2013-10-07T03:30:00.000000Z"],
    ["2013-10-07T13:30:00+10", "2013-10-07T03:30:00.000000Z"],
    ["2013-10-07T13:30:00-0930", "2013-10-07T23:00:00.000000Z"],
    ["2013-12-31T23:30:00-01:00", "2014-01-01T00:30:00.000000Z"],
    ["1969-12-31T23:00:00-01:00", "1970-01-01T00:00:00.000000Z"],
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"],
    ["2024-02-29T00:00:00.000000Z", "2024-02-29T00:00:00.000000Z"],
    ["2000-02-29", "2000-02-29T00:00:00.000000Z"],
    ["9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999Z"],
  ])("%s is %s", (text, canonical) => {
    expect(readTimestamp(text)).toBe(canonical);
  });

  it.each([
    ["nothing", ""],
    ["text", "now"],
    ["a number of milliseconds", "1381152600000"],
    ["30 February", "2013-02-30T00:00:00Z"],
    ["30 February, canonically written", "2013-02-30T00:00:00.000000Z"],
    ["29 February of a common year", "2013-02-29T00:00:00.000000Z"],
    ["29 February of 2100", "2100-02-29T00:00:00.000000Z"],
    ["31 April", "2013-04-31T00:00:00.000000Z"],
    ["day 0", "2013-10-00T00:00:00.000000Z"],
    ["day 32", "2013-10-32T00:00:00Z"],
    ["month 0", "2013-00-07T00:00:00Z"],
    ["month 13", "2013-13-07T00:00:00Z"],
    ["hour 24", "2013-10-07T24:00:00Z"],
    ["hour 25", "2013-10-07T25:00:00Z"],
    ["minute 60", "2013-10-07T13:60:00Z"],
    ["a leap second", "2016-12-31T23:59:60Z"],
    ["ten decimals", "2013-10-07T13:30:00.0123456789Z"],
    ["a point without decimals", "2013-10-07T13:30:00.Z"],
    ["an offset of 24 hours", "2013-10-07T13:30:00+24:00"],
    ["an offset of 60 minutes", "2013-10-07T13:30:00+10:60"],
    ["an hour alone", "2013-10-07T13Z"],
    ["separators in half the date", "2013-1007T13:30:00Z"],
    ["separators in half the time", "2013-10-07T13:3000Z"],
    ["a zone on a date", "2013-10-07Z"],
    ["a year of five digits", "12013-10-07T13:30:00Z"],
    ["a signed year", "+002013-10-07T13:30:00Z"],
    ["a week", "2013-W41-1"],
    ["space around", " 2013-10-07T13:30:00Z"],
    ["a line end", "2013-10-07T13:30:00.000000Z\n"],
    ["before 1970", "1969-12-31T23:59:59.999999Z"],
    ["before 1970 by its offset", "1970-01-01T00:00:00+00:01"],
    ["after 9999 by its offset", "9999-12-31T23:59:59-00:01"],
    ["year 0", "0000-01-01T00:00:00Z"],
  ])("refuses %s", (_, text) => {
    expect(readTimestamp(text)).toBeUndefined();
  });

  it("knows the days of every month of every year, as the platform's calendar does", () => {
    const isDay = (year: number, month: number, day: number): boolean =>
      new Date(Date.UTC(year, month - 1, day)).getUTCMonth() === month - 1;
    for (const year of [1970, 1999, 2000, 2023, 2024, 2100, 2400, 9999]) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 1; day <= 31; day++) {
          const date = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
          const canonical = `${date}T12:34:56.789012Z`;
          const expected = isDay(year, month, day) ? canonical : undefined;
          expect(readTimestamp(canonical)).toBe(expected);
          expect(readTimestamp(`${date}T12:34:56.789012+00:00`)).toBe(expected);
        }
      }
    }
  });

  it("agrees with the platform's calendar about offsets", () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000);
        fc.pre(local.getTime() >= 0 && local.getUTCFullYear() <= 9999);
        const sign = offset < 0 ? "-" : "+";
        const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0");
        const minutes = String(Math.abs(offset) % 60).padStart(2, "0");
        const extended = `${local.toISOString().slice(0, -1)}${sign}${hours}:${minutes}`;
        const expected = date.toISOString().replace("Z", "000Z");
        expect(readTimestamp(extended)).toBe(expected);
        const [day = "", time = ""] = extended.split("T");
        expect(readTimestamp(`${day.replaceAll("-", "")}T${time.replaceAll(":", "")}`)).toBe(expected);
      }),
    );
  });
});

describe("reading the object form", () => {
  it("takes an empty object for the epoch: its presence means something", () => {
    expect(readTimestampObject({})).toBe(EPOCH);
    expect(EPOCH).toBe("1970-01-01T00:00:00.000000Z");
  });

  it("counts Seconds in UTC; the offset only says where it was written", () => {
    const moment = "2013-10-07T13:30:00.019000Z";
    expect(readTimestampObject({ Seconds: 1381152600, Nanoseconds: 19_000_999 })).toBe(moment);
    expect(readTimestampObject({ Seconds: 1381152600, Nanoseconds: 19_000_000, TzOffset: 600 })).toBe(moment);
  });

  it("ends with the year 9999 and with a second's nanoseconds", () => {
    expect(readTimestampObject({ Seconds: 253_402_300_799, Nanoseconds: 999_999_999 })).toBe(
      "9999-12-31T23:59:59.999999Z",
    );
    expect(readTimestampObject({ Seconds: 253_402_300_800 })).toBeUndefined();
    expect(readTimestampObject({ Nanoseconds: 1_000_000_000 })).toBeUndefined();
  });
});

describe("moments", () => {
  it("are ordered as text as they are in time", () => {
    fc.assert(
      fc.property(microseconds, microseconds, (left, right) => {
        const [earlier, later] = [fromMicroseconds(left), fromMicroseconds(right)];
        expect(earlier < later).toBe(left < right);
        expect(earlier === later).toBe(left === right);
      }),
    );
  });

  it("survive the way from microseconds and back, and are canonical", () => {
    fc.assert(
      fc.property(microseconds, (count) => {
        const moment = fromMicroseconds(count);
        expect(toMicroseconds(moment)).toBe(count);
        expect(readTimestamp(moment)).toBe(moment);
        expect(moment).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      }),
    );
    expect(toMicroseconds(EPOCH)).toBe(0);
  });

  it("are rounded up to milliseconds, so that a timer is never early", () => {
    fc.assert(
      fc.property(fc.nat({ max: 4_000_000_000_000_000 }), (count) => {
        const milliseconds = toMillisecondsCeiling(fromMicroseconds(count));
        expect(milliseconds).toBe(Number((BigInt(count) + 999n) / 1000n));
      }),
    );
  });
});
