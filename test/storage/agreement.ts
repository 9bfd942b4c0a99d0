/** All that a store can be asked about a history, as plain data: two stores that agree give the same. */
import type { At } from "../../src/domain/records.ts";
import type { KeyRange, Store } from "../../src/storage/store.ts";
import { contentOf } from "./fixture.ts";
import { HOLDINGS, IDS, KEYS, SEQUENCES, TIMER_KEYS } from "./random-history.ts";
import { moment } from "./samples.ts";

const RANGES: readonly KeyRange[] = [
  { prefix: "A1" },
  { prefix: "A1\u001f", after: KEYS[0]?.key ?? "" },
  { after: KEYS[5]?.key ?? "" },
  { prefix: "\u{1F600}" },
];

const KINDS = ["account", "balance", "holding", "order", "feed"] as const;

/** The state of every record and the lists that show it, now or as at a moment. */
export function stateOf(store: Store, asAt?: At) {
  return {
    asAt,
    content: KINDS.map((kind) => [...store.list(kind, {}, asAt)]),
    ranges: RANGES.flatMap((range) => KINDS.map((kind) => [...store.list(kind, range, asAt)])),
    versions: KEYS.map(({ kind, key }) => store.version(kind, key, asAt)),
  };
}

/** Everything but the past. */
export function presentOf(store: Store) {
  return {
    ...contentOf(store),
    state: stateOf(store),
    known: IDS.map((id) => store.known("trade", id)),
    knownAmong: [...store.knownAmong("trade", IDS)].sort(),
    timers: [store.nextTimer(), TIMER_KEYS.map((key) => store.timerOf("order", key)), store.dueTimers(50, 10)],
  };
}

/** What lies around a moment beside the state. */
export function around(store: Store, at: number) {
  const place = moment(at);
  return {
    place,
    records: [...store.records(place, moment(at + 7))],
    before: HOLDINGS.map((holding) => store.movementBefore(holding, place)),
    from: HOLDINGS.map((holding) => [...store.movementsFrom(holding, place)]),
    placesAfter: SEQUENCES.map((sequence) => store.placeAfter(sequence, at)),
    placesThrough: SEQUENCES.map((sequence) => store.placeThrough(sequence, at)),
    positions: [...store.positionsAt(place)].sort(),
  };
}

/** What happened from one moment to another. */
export function between(store: Store, from: number, to: number) {
  const [after, upTo] = [moment(from), moment(to)];
  return {
    after,
    upTo,
    records: [...store.records(after, upTo)],
    touching: KEYS.map(({ kind, key }) => [...store.recordsTouching(kind, key, after, upTo)]),
    commits: [...store.commitsAfter(after)],
  };
}
