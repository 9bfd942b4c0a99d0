/** A layer of changes over a State. Reading sees through it; nothing below it changes until it is merged. */
import type { At, Key, Kind, Records } from "./records.ts";
import type { KnownKind, KnownRecords, Movement, State, Timer } from "./state.ts";

/** Per kind: what each touched id is now; undefined = removed. */
type Layer<Kinds> = { readonly [K in keyof Kinds]: Map<K extends Kind ? Key<K> : string, Kinds[K] | undefined> };

export class Draft implements State {
  readonly records: Layer<Records> = {
    account: new Map(),
    balance: new Map(),
    holding: new Map(),
    order: new Map(),
    feed: new Map(),
    configuration: new Map(),
    owner: new Map(),
    exchange: new Map(),
    ownExchange: new Map(),
    status: new Map(),
    source: new Map(),
    identity: new Map(),
    request: new Map(),
  };
  readonly knownRecords: Layer<KnownRecords> = {
    order: new Map(),
    trade: new Map(),
    transfer: new Map(),
    owner: new Map(),
    request: new Map(),
    price: new Map(),
  };
  /** Per holding: the touched movements by their place; undefined = taken out. */
  readonly movements = new Map<Key<"holding">, Map<At, Movement | undefined>>();
  /** Touched timers; `set: false` = cancelled. */
  readonly timers = new Map<string, { readonly timer: Timer; readonly set: boolean }>();
  readonly #below: State;

  constructor(below: State) {
    this.#below = below;
  }

  record<K extends Kind>(kind: K, key: Key<K>): Records[K] | undefined {
    const layer: Map<string, Records[K] | undefined> = this.records[kind];
    return layer.has(key) ? layer.get(key) : this.#below.record(kind, key);
  }

  *keys<K extends Kind>(kind: K, prefix = ""): Iterable<Key<K>> {
    const layer: ReadonlyMap<string, Records[K] | undefined> = this.records[kind];
    for (const key of this.#below.keys(kind, prefix)) if (!layer.has(key)) yield key;
    // Only keys of that kind were put there.
    for (const [key, value] of layer) if (value !== undefined && key.startsWith(prefix)) yield key as Key<K>;
  }

  known<K extends KnownKind>(kind: K, id: string): KnownRecords[K] | undefined {
    const layer: Map<string, KnownRecords[K] | undefined> = this.knownRecords[kind];
    return layer.has(id) ? layer.get(id) : this.#below.known(kind, id);
  }

  movementBefore(holding: Key<"holding">, at: At): Movement | undefined {
    const touched = this.movements.get(holding);
    if (touched === undefined) return this.#below.movementBefore(holding, at);
    let below = this.#below.movementBefore(holding, at);
    while (below !== undefined && touched.has(below.at)) below = this.#below.movementBefore(holding, below.at);
    let latest = below;
    for (const [place, movement] of touched) {
      if (movement !== undefined && place < at && (latest === undefined || place > latest.at)) latest = movement;
    }
    return latest;
  }

  *movementsFrom(holding: Key<"holding">, at: At): Iterable<Movement> {
    const touched = this.movements.get(holding);
    const below = this.#below.movementsFrom(holding, at);
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
    const layer: Map<string, Records[K] | undefined> = this.records[kind];
    layer.set(key, value);
  }

  know<K extends KnownKind>(kind: K, id: string, value: KnownRecords[K] | undefined): void {
    const layer: Map<string, KnownRecords[K] | undefined> = this.knownRecords[kind];
    layer.set(id, value);
  }

  /** Sets, replaces or (undefined) takes out the movement at a place. */
  move(holding: Key<"holding">, at: At, movement: Movement | undefined): void {
    const touched = this.movements.get(holding) ?? new Map<At, Movement | undefined>();
    this.movements.set(holding, touched);
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
    for (const [holding, touched] of this.movements) {
      for (const [at, movement] of touched) target.move(holding, at, movement);
    }
    for (const [name, change] of this.timers) target.timers.set(name, change);
  }
}

function timerName({ due, kind, key }: Timer): string {
  return `${due} ${kind} ${key}`;
}

function mergeLayers<Kinds>(from: Layer<Kinds>, into: Layer<Kinds>): void {
  for (const kind in from) {
    for (const [key, value] of from[kind]) into[kind].set(key, value);
  }
}
