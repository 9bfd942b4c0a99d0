/** Random histories of an Owner, and the slow, obvious way to say what its state was at a moment. */
import * as fc from "fast-check";
import type { WireEvent } from "../../src/domain/log-record.ts";
import { type Key, type Kind, keyOf } from "../../src/domain/records.ts";
import type { Timer } from "../../src/domain/state.ts";
import type { Commit, MovementRow, RecordText } from "../../src/storage/store.ts";
import { account, balance, EMPTY, holding, Ledger, line, moment, order, status } from "./samples.ts";

/** The records that a history is about: their kinds, keys, and an event that sets one to an amount or removes it. */
const SUBJECTS: readonly {
  readonly kind: Kind;
  readonly key: Key;
  readonly event: (amount: number | null) => WireEvent;
}[] = [
  { kind: "balance", key: keyOf.balance("A1", "AUD"), event: (amount) => balance("A1", "AUD", amount) },
  { kind: "balance", key: keyOf.balance("A1", "USD"), event: (amount) => balance("A1", "USD", amount) },
  { kind: "balance", key: keyOf.balance("é", "AUD"), event: (amount) => balance("é", "AUD", amount) },
  { kind: "holding", key: keyOf.holding("A1", "ASX", "BHP"), event: (amount) => holding("A1", "BHP", amount) },
  { kind: "order", key: keyOf.order("A1", "O1"), event: (amount) => order("A1", "O1", amount) },
  { kind: "order", key: keyOf.order("A2", "O1"), event: (amount) => order("A2", "O1", amount) },
  { kind: "order", key: keyOf.order("\u{1F600}", "O1"), event: (amount) => order("\u{1F600}", "O1", amount) },
  { kind: "account", key: keyOf.account("A1"), event: (amount) => account("A1", amount) },
  { kind: "feed", key: keyOf.feed("asx"), event: (amount) => status("asx", amount) },
];

export const KEYS: readonly { readonly kind: Kind; readonly key: Key }[] = SUBJECTS;
export const HOLDINGS = [keyOf.holding("A1", "ASX", "BHP"), keyOf.holding("A2", "ASX", "BHP")] as const;
export const IDS = ["T1", "T2", "T3"] as const;
export const TIMER_KEYS = ["O1", "O2"] as const;
/** In the last of them nothing is ever recorded: bookmarks alone move it. */
export const SEQUENCES = ["asx", "oms", "nyse"] as const;

/** What one commit does, as random data. */
interface Step {
  readonly gap: number;
  /** Sequences that bookmarks move, in a commit of their own before this one, and in this one. */
  readonly bookmarksBefore: readonly number[];
  readonly bookmarks: readonly number[];
  readonly records: readonly {
    readonly gap: number;
    readonly sequence: number;
    readonly changes: readonly (readonly [number, number | null])[];
  }[];
  readonly ids: readonly (readonly [number, number | null])[];
  readonly movements: readonly (readonly [number, number, number | null])[];
  readonly timers: readonly (readonly [number, number | null])[];
}

const amount = fc.option(fc.nat(99), { freq: 3 });

const bookmarks = fc.uniqueArray(fc.nat(SEQUENCES.length - 1), { maxLength: 1 });

const step: fc.Arbitrary<Step> = fc.record({
  gap: fc.integer({ min: 1, max: 3 }),
  bookmarksBefore: bookmarks,
  bookmarks,
  records: fc.array(
    fc.record({
      gap: fc.integer({ min: 1, max: 3 }),
      sequence: fc.nat(1),
      changes: fc.array(fc.tuple(fc.nat(SUBJECTS.length - 1), amount), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  ids: fc.uniqueArray(fc.tuple(fc.nat(IDS.length - 1), amount), { maxLength: 2, selector: ([id]) => id }),
  movements: fc.array(fc.tuple(fc.nat(HOLDINGS.length - 1), fc.nat(9), amount), { maxLength: 2 }),
  timers: fc.uniqueArray(fc.tuple(fc.nat(TIMER_KEYS.length - 1), amount), { maxLength: 2, selector: ([key]) => key }),
});

/** Enough commits that a record changes more often than a row lists earlier states. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 1, maxLength: 60, size: "max" });

export class History {
  readonly commits: Commit[] = [];
  /** Everything that happened to records, in order. */
  readonly #happened: { readonly at: number; readonly kind: Kind; readonly key: Key; readonly state: string | null }[] =
    [];
  readonly #ledger = new Ledger();
  readonly #alive = new Set<string>();
  readonly #timers = new Map<string, Timer>();
  /** The At of the last record. */
  last = 100;

  constructor(steps: readonly Step[]) {
    for (const each of steps) {
      this.last += each.gap;
      if (each.bookmarksBefore.length > 0)
        this.commits.push({ ...EMPTY, positions: this.#bookmarked(each.bookmarksBefore) });
      this.commits.push(this.#commitOf(each));
    }
  }

  /** The state of a record as at a moment: the last thing that happened to it. */
  stateAt(kind: Kind, key: Key, at: number): string | undefined {
    const last = this.#happened.findLast((each) => each.kind === kind && each.key === key && each.at <= at);
    return last?.state ?? undefined;
  }

  /** The Ats of the commits that changed a record: those during which something happened to it. */
  commitsTouching(kind: Kind, key: Key): readonly number[] {
    const commits = this.commits.flatMap(({ records }) => [records.map(({ at }) => at)]);
    const happened = this.#happened.filter((each) => each.kind === kind && each.key === key).map(({ at }) => at);
    return commits.filter((ats) => ats.some((at) => happened.some((each) => each === at))).flat();
  }

  /** As at now, the last position of a sequence is the time: it grows as positions do. */
  #bookmarked(sequences: readonly number[]): ReadonlyMap<string, number> {
    this.last += 1;
    return new Map(sequences.map((index) => [SEQUENCES[index] ?? "", this.last]));
  }

  #commitOf({ records, bookmarks, ids, movements, timers }: Step): Commit {
    const first = this.last + (records[0]?.gap ?? 0);
    const positions = new Map<string, number>();
    const lines: RecordText[] = [];
    const happened: Record<number, readonly WireEvent[]> = {};
    for (const record of records) {
      this.last += record.gap;
      const at = this.last;
      const events = record.changes.flatMap(([subject, value]) => this.#eventsOf(at, subject, value));
      const sequence = SEQUENCES[record.sequence] ?? "";
      happened[at] = events;
      lines.push(line(at, events, sequence));
      positions.set(sequence, at);
    }
    return this.#ledger.commit(happened, {
      records: lines,
      positions: new Map([...positions, ...this.#bookmarked(bookmarks)]),
      ids: ids.map(([id, value]) => ({
        kind: "trade",
        id: IDS[id] ?? "",
        at: moment(first),
        body: value === null ? null : `{"v":${value}}`,
      })),
      ...movementsOf(movements, first),
      ...this.#timersOf(timers),
    });
  }

  #eventsOf(at: number, subject: number, value: number | null): WireEvent[] {
    const about = SUBJECTS[subject];
    if (about === undefined) return [];
    const name = `${about.kind} ${about.key}`;
    if (value === null && !this.#alive.delete(name)) return [];
    if (value !== null) this.#alive.add(name);
    const event = about.event(value);
    const state = value === null ? null : JSON.stringify(stateOf(event));
    this.#happened.push({ at, kind: about.kind, key: about.key, state });
    return [event];
  }

  #timersOf(timers: Step["timers"]): Pick<Commit, "timersSet" | "timersCancelled"> {
    const timersSet: Timer[] = [];
    const timersCancelled: Timer[] = [];
    for (const [index, due] of timers) {
      const key = TIMER_KEYS[index] ?? "";
      const known = this.#timers.get(key);
      if (known !== undefined) timersCancelled.push(known);
      this.#timers.delete(key);
      if (due === null) continue;
      const timer: Timer = { due, kind: "order", key };
      timersSet.push(timer);
      this.#timers.set(key, timer);
    }
    return { timersSet, timersCancelled };
  }
}

/** What an event carries, whichever kind of state that is. */
function stateOf(event: WireEvent): unknown {
  return event.Balance ?? event.Holding ?? event.Order ?? event.Status ?? event.Operation?.AccountDetails;
}

/** Movements at places up to ten before the commit, so that some fall on those that are there. */
function movementsOf(movements: Step["movements"], first: number): Pick<Commit, "movements" | "movementsRemoved"> {
  const touched = new Map<string, { readonly row: MovementRow; readonly removed: boolean }>();
  for (const [index, back, value] of movements) {
    const holding = HOLDINGS[index];
    if (holding === undefined) continue;
    const at = moment(first - back);
    const row = { holding, at, quantity: `${value}`, price: value === 1 ? null : "1.5", currency: "AUD", after: "{}" };
    touched.set(`${holding} ${at}`, { row, removed: value === null });
  }
  const all = [...touched.values()];
  return {
    movements: all.filter(({ removed }) => !removed).map(({ row }) => row),
    movementsRemoved: all.filter(({ removed }) => removed).map(({ row }) => row),
  };
}
