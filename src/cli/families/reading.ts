/** What many verbs share: as at when they read, which part of a log, whose. */
import type { LogRanges, Moment, Rows } from "../../client/index.ts";
import type { OptionTable } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { UsageError } from "../usage.ts";

export const AS_AT: OptionTable = {
  "as-at": { kind: "texts", describe: "As it was at a time, or after a position: SEQUENCE=POSITION" },
};

export const RANGE: OptionTable = {
  from: { kind: "texts", describe: "After a time, or after positions: SEQUENCE=POSITION; else from the beginning" },
  to: { kind: "texts", describe: "Up to a time or positions; else up to now" },
  count: { kind: "count", describe: "At most so many" },
};

export const WHOSE: OptionTable = {
  account: { kind: "texts", describe: "Of this account only" },
};

export function asAt(call: Invocation): { readonly asAt?: Moment } {
  const moment = call.moment("as-at");
  return moment === undefined ? {} : { asAt: moment };
}

/** What `--from`, `--to` and `--count` say of the history of one record. */
export function historyRange(call: Invocation) {
  const [from, to, count] = [call.moment("from"), call.moment("to"), call.count("count")];
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(count !== undefined && { count }),
  };
}

/** The beginning of time, as a log is asked for. */
const BEGINNING = "1970-01-01T00:00:00Z";

/** The part of a log that `--from` and `--to` mean. Throws UsageError for what cannot be asked. */
export function rangeOf<Item, Options extends object>(
  call: Invocation,
  log: LogRanges<Item, Options>,
  options: Options,
): Rows<Item> {
  const [from, to] = [call.moment("from"), call.moment("to")];
  const end = to === undefined ? {} : { to };
  if (from === undefined || typeof from === "string") {
    return log.fromDate(from ?? BEGINNING, { ...options, ...end });
  }
  if (from instanceof Date) throw new UsageError("--from must be a text.");
  return log.fromPosition(from, { ...options, ...end });
}

/** Whose part of a log: the accounts of `--account`, else the Owner. */
export function whose(call: Invocation) {
  const accounts = call.texts("account");
  const { owner } = call.connection;
  const count = call.count("count");
  const names = accounts.map((name) => (name.includes("/") || owner === undefined ? name : `${owner}/${name}`));
  return {
    ...(names.length > 0 ? { account: names } : owner !== undefined && { owner }),
    ...(count !== undefined && { count }),
  };
}
