/** What the log told of one record of the state, found the slow and obvious way: by looking at every event. */
import { changeOf } from "../../../src/domain/event-records.ts";
import type { WireEvent } from "../../../src/domain/log-record.ts";
import { KEY_SEPARATOR, type Key, type LogRecord } from "../../../src/domain/records.ts";
import type { Touched } from "./folded-log.ts";

/** One state that a record had, or its end, as its event told it. */
export interface ToldState {
  readonly record: LogRecord<WireEvent>;
  readonly event: WireEvent;
  /** By which key the record is known: an order's tells the account that it is under. */
  readonly key: Key;
  /** Undefined when the record went. */
  readonly state: string | undefined;
}

/** From when a record came to when it went. */
type Life = readonly ToldState[];

/** Every state of a record, in order; an order's also under the accounts that it was moved from. */
export function statesOf(records: readonly LogRecord<WireEvent>[], { kind, key }: Touched): readonly ToldState[] {
  const orderId = kind === "order" ? key.split(KEY_SEPARATOR)[1] : undefined;
  const told = records.flatMap((record) =>
    record.Events.flatMap((event): readonly ToldState[] => {
      const change = changeOf(event);
      if (change === undefined || change.kind !== kind) return [];
      const isMeant =
        change.key === key || (orderId !== undefined && change.key.endsWith(`${KEY_SEPARATOR}${orderId}`));
      const state = change.state ?? undefined;
      return isMeant ? [{ record, event, key: change.key, state }] : [];
    }),
  );
  const lives = livesIn(told);
  const wanted = new Set(lives.filter(([first]) => first?.key === key));
  // An order was moved where one life ends in the record in which another begins: what it was called before, it was
  // called from the first.
  for (const life of wanted) {
    const moved = lives.findIndex((before) => isMoved(before, life));
    for (const before of lives.slice(0, moved + 1)) if (before[0]?.key === lives[moved]?.[0]?.key) wanted.add(before);
  }
  return lives.filter((life) => wanted.has(life)).flat();
}

/** An order lives under one account at a time, so its lives follow one another. */
function livesIn(told: readonly ToldState[]): readonly Life[] {
  const lives: ToldState[][] = [];
  let present: ToldState[] = [];
  for (const each of told) {
    if (present.length === 0) lives.push(present);
    present.push(each);
    if (each.state === undefined) present = [];
  }
  return lives;
}

function isMoved(before: Life, after: Life): boolean {
  const [end, begin] = [before.at(-1), after[0]];
  return before !== after && end?.state === undefined && end?.record === begin?.record && end?.key !== begin?.key;
}
