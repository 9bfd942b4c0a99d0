/** A layer of changes over a State. Reading sees through it; nothing below it changes until it is merged. */
import { compareKeys, isInRange, type KeyRange, mergedKeys } from "./keys.ts";
import type { At, Key, Kind, Records } from "./records.ts";
import type { KnownKind, KnownRecords, Movement, State, Timer } from "./state.ts";

/** Per kind: what each touched id is now; undefined = removed. */
type Layer<Kinds> = { [K in keyof Kinds]: ReadonlyMap<IdOf<K>, Kinds[K] | undefined> };
type IdOf<K> = K extends Kind ? Key<K> : string;

/** What nothing was put into yet: most updates touch few kinds, and a draft is made for each of them. */
const UNTOUCHED: ReadonlyMap<never, never> = new Map<never, never>();

export class Draft implements State {
  readonly records: Layer<Records> = {
    account: UNTOUCHED,
    balance: UNTOUCHED,
    holding: UNTOUCHED,
    order: UNTOUCHED,
    feed: UNTOUCHED,
    configuration: UNTOUCHED,
    owner: UNTOUCHED,
    exchange: UNTOUCHED,
    ownExchange: UNTOUCHED,
    status: UNTOUCHED,
    source: UNTOUCHED,
    identity: UNTOUCHED,
    request: UNTOUCHED,
  };
  readonly knownRecords: Layer<KnownRecords> = {
    order: UNTOUCHED,
    trade: UNTOUCHED,
    transfer: UNTOUCHED,
    transform: UNTOUCHED,
    renames: UNTOUCHED,
    owner: UNTOUCHED,
    request: UNTOUCHED,
    price: UNTOUCHED,
  };
  /** When the present states of the touched orders were made. */
  readonly ordersMade = new Map<Key<"order">, At>();
  /** Per line of a holding: the touched movements by their place; undefined = taken out. */
  readonly movements = new Map<Key<"holding">, Map<At, Movement | undefined>>();
  /** Touched timers; `set: false` = cancelled. */
  readonly timers = new Map<string, { readonly timer: Timer; readonly set: boolean }>();
  readonly #below: State;

  constructor(below: State) {
    this.#below = below;
  }

  record<K extends Kind>(kind: K, key: Key<K>): Records[K] | undefined {
    const layer: ReadonlyMap<string, Records[K] | undefined> = this.records[kind];
    return layer.has(key) ? layer.get(key) : this.#below.record(kind, key);
  }

  keys<K extends Kind>(kind: K, range: KeyRange = {}): Iterable<Key<K>> {
    const layer: ReadonlyMap<string, Records[K] | undefined> = this.records[kind];
    // Only keys of that kind were put there.
    return laidOver(layer, this.#below.keys(kind, range), range) as Iterable<Key<K>>;
  }

  isOrderMadeAfter(key: Key<"order">, at: number): boolean {
    const made = this.ordersMade.get(key);
    return made === undefined ? this.#below.isOrderMadeAfter(key, at) : made > at;
  }

  known<K extends KnownKind>(kind: K, id: string): KnownRecords[K] | undefined {
    const layer: ReadonlyMap<string, KnownRecords[K] | undefined> = this.knownRecords[kind];
    return layer.has(id) ? layer.get(id) : this.#below.known(kind, id);
  }

  knownIds(kind: KnownKind, range: KeyRange): Iterable<string> {
    return laidOver(this.knownRecords[kind], this.#below.knownIds(kind, range), range);
  }

  movementBefore(line: Key<"holding">, at: At): Movement | undefined {
    const touched = this.movements.get(line);
    if (touched === undefined) return this.#below.movementBefore(line, at);
    let below = this.#below.movementBefore(line, at);
    while (below !== undefined && touched.has(below.at)) below = this.#below.movementBefore(line, below.at);
    let latest = below;
    for (const [place, movement] of touched) {
      if (movement !== undefined && place < at && (latest === undefined || place > latest.at)) latest = movement;
    }
    return latest;
  }

  *movementsFrom(line: Key<"holding">, at: At): Iterable<Movement> {
    const touched = this.movements.get(line);
    const below = this.#below.movementsFrom(line, at);
    if (touched === undefined) {
      yield* below;
      return;
    }
    const ours = [...touched.values()].filter((movement) => movement !== undefined && movement.at >= at);
    ours.sort((left, right) => (left?.at ?? 0) - (right?.at ?? 0));
    let next = 0;
    for (const movement of below) {
      for (let mine = ours[next]; mine !== undefined && mine.at <= movement.at; mine = ours[++next]) yield mine;
      if (!touched.has(movement.at)) yield movement;
    }
    for (let mine = ours[next]; mine !== undefined; mine = ours[++next]) yield mine;
  }

  put<K extends Kind>(kind: K, key: Key<K>, value: Records[K] | undefined): void {
    touched(this.records, kind).set(key, value);
  }

  /** Puts an order's state, and when it was made. */
  putOrder(key: Key<"order">, state: Records["order"], made: At): void {
    this.put("order", key, state);
    this.ordersMade.set(key, made);
  }

  know<K extends KnownKind>(kind: K, id: string, value: KnownRecords[K] | undefined): void {
    touched(this.knownRecords, kind).set(id, value);
  }

  /** Sets, replaces or (undefined) takes out the movement at a place. */
  move(line: Key<"holding">, at: At, movement: Movement | undefined): void {
    const touched = this.movements.get(line) ?? new Map<At, Movement | undefined>();
    this.movements.set(line, touched);
    touched.set(at, movement);
  }

  setTimer(timer: Timer): void {
    this.timers.set(timerName(timer), { timer, set: true });
  }

  cancelTimer(timer: Timer): void {
    this.timers.set(timerName(timer), { timer, set: false });
  }

  /** Lays these changes over another draft, which is then as if they had been made on it. */
  mergeInto(target: Draft): void {
    mergeLayers(this.records, target.records);
    mergeLayers(this.knownRecords, target.knownRecords);
    for (const [key, made] of this.ordersMade) target.ordersMade.set(key, made);
    for (const [line, touched] of this.movements) {
      for (const [at, movement] of touched) target.move(line, at, movement);
    }
    for (const [name, change] of this.timers) target.timers.set(name, change);
  }
}

/** The keys that there are in a layer and below it, in key order. */
function laidOver(layer: ReadonlyMap<string, unknown>, below: Iterable<string>, range: KeyRange): Iterable<string> {
  if (layer.size === 0) return below;
  const put = [...layer].filter(([key, value]) => value !== undefined && isInRange(key, range)).map(([key]) => key);
  return mergedKeys(untouched(below, layer), put.sort(compareKeys));
}

function* untouched(keys: Iterable<string>, layer: ReadonlyMap<string, unknown>): Iterable<string> {
  for (const key of keys) if (!layer.has(key)) yield key;
}

function timerName({ due, kind, key }: Timer): string {
  return `${due} ${kind} ${key}`;
}

/** The layer of a kind, to be put into. */
function touched<Kinds, K extends keyof Kinds>(layers: Layer<Kinds>, kind: K): Map<string, Kinds[K] | undefined> {
  const layer: ReadonlyMap<string, Kinds[K] | undefined> = layers[kind];
  // All but the one that is shared were made here.
  if (layer !== UNTOUCHED) return layer as Map<string, Kinds[K] | undefined>;
  const own = new Map<IdOf<K>, Kinds[K] | undefined>();
  layers[kind] = own;
  return own;
}

function mergeLayers<Kinds>(from: Layer<Kinds>, into: Layer<Kinds>): void {
  for (const kind in from) {
    if (from[kind].size === 0) continue;
    const layer = touched(into, kind);
    for (const [key, value] of from[kind]) layer.set(key, value);
  }
}
