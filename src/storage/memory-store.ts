/** A Store in memory, as plain as can be: for simulations, and the oracle by which the real one is tested. */
import { compareKeys, isInRange } from "../domain/keys.ts";
import { parseStoredRecord } from "../domain/log-record.ts";
import type { At, Key, Kind } from "../domain/records.ts";
import type { KnownKind, Timer, TimerKind } from "../domain/state.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { type Listed, type Overlay, overlayOf } from "./as-at.ts";
import { chainHash, checkOrder, joinRecords } from "./commit-body.ts";
import { firstOf } from "./keys.ts";
import type {
  Commit,
  Head,
  KeptCommit,
  KeyRange,
  KnownRow,
  MovementRow,
  PropertyName,
  RecordText,
  Store,
} from "./store.ts";

/** A commit with its records told apart. */
interface MemoryCommit extends Omit<KeptCommit, "isIntact"> {
  readonly records: readonly RecordText[];
}

interface Version {
  readonly commitId: At;
  readonly body: string | null;
}

/** What a MemoryStore keeps: it outlives the store, as a disk outlives a process. */
export class MemoryData {
  hash = "";
  keptFrom = 0;
  readonly commits: MemoryCommit[] = [];
  readonly positions: { readonly sequence: string; readonly position: number; readonly after: At }[] = [];
  /** Those that `positions` ends with. */
  readonly lastPositions = new Map<string, number>();
  readonly versions = new Map<Kind, Map<Key, Version[]>>();
  readonly ids = new Map<string, { readonly at: At; readonly body: string }>();
  readonly movements = new Map<Key<"holding">, Map<At, MovementRow>>();
  readonly timers = new Map<string, Timer>();
  readonly properties = new Map<PropertyName, string>();
  bytes = 0;
  /** Thrown by the next commit, once it has been checked and before anything is kept. */
  failure: Error | undefined;
}

// Moments are plain numbers inside; the brand says that this one is in the Owner's time.
const NEVER = 0 as At;
const FOREVER = Number.POSITIVE_INFINITY as At;

export class MemoryStore implements Store {
  readonly #data: MemoryData;
  readonly #capacity: number;
  readonly #sortedKeys = new Map<Kind, readonly Key[]>();

  constructor(data: MemoryData = new MemoryData(), { capacity = LIMITS.STORAGE_BYTES }: { capacity?: number } = {}) {
    this.#data = data;
    this.#capacity = capacity;
  }

  head(): Head {
    const { commits, hash, lastPositions, keptFrom } = this.#data;
    return {
      at: commits.at(-1)?.last ?? NEVER,
      hash,
      positions: new Map(lastPositions),
      keptFrom: keptFrom as At,
    };
  }

  property(name: PropertyName): string | undefined {
    return this.#data.properties.get(name);
  }

  version(kind: Kind, key: Key, asAt: At = FOREVER): string | undefined {
    const { through, overlay } = this.#momentOf(asAt);
    const changed = overlay?.get(kind)?.get(key);
    if (changed !== undefined) return changed ?? undefined;
    const version = this.#data.versions
      .get(kind)
      ?.get(key)
      ?.findLast(({ commitId }) => commitId <= through);
    return version?.body ?? undefined;
  }

  *list(kind: Kind, range: KeyRange, asAt: At = FOREVER): Iterable<Listed> {
    const { overlay } = this.#momentOf(asAt);
    const changed = [...(overlay?.get(kind)?.keys() ?? [])];
    const existing = this.#keysOf(kind);
    const keys = changed.length === 0 ? existing : [...new Set([...existing, ...changed])].sort(compareKeys);
    for (let index = placeOf(keys, firstOf(range)); index < keys.length; index++) {
      const key = keys[index];
      if (key === undefined || !isInRange(key, range)) return;
      const body = this.version(kind, key, asAt);
      if (body !== undefined) yield { key, body };
    }
  }

  /** All keys of a kind that there ever were, in key order. */
  #keysOf(kind: Kind): readonly Key[] {
    const versions = this.#data.versions.get(kind) ?? new Map<Key, never>();
    const sorted = this.#sortedKeys.get(kind);
    // Keys are only ever added.
    if (sorted?.length === versions.size) return sorted;
    const keys = [...versions.keys()].sort(compareKeys);
    this.#sortedKeys.set(kind, keys);
    return keys;
  }

  knownAmong(kind: KnownKind, ids: Iterable<string>): ReadonlyMap<string, KnownRow> {
    const found = new Map<string, KnownRow>();
    for (const id of ids) {
      const row = this.known(kind, id);
      if (row !== undefined) found.set(id, row);
    }
    return found;
  }

  known(kind: KnownKind, id: string): KnownRow | undefined {
    return this.#data.ids.get(nameOf(kind, id));
  }

  *knownIds(kind: KnownKind, range: KeyRange): Iterable<string> {
    const beginning = nameOf(kind, "");
    const names = [...this.#data.ids.keys()].filter((name) => name.startsWith(beginning));
    const ids = names.map((name) => name.slice(beginning.length)).filter((id) => isInRange(id, range));
    yield* ids.sort(compareKeys);
  }

  movementBefore(holding: Key<"holding">, at: At): MovementRow | undefined {
    return this.#movementsOf(holding).findLast((movement) => movement.at < at);
  }

  movementsFrom(holding: Key<"holding">, at: At): Iterable<MovementRow> {
    return this.#movementsOf(holding).filter((movement) => movement.at >= at);
  }

  commit(commit: Commit): void {
    const data = this.#data;
    if (this.bytesUsed() >= this.#capacity * LIMITS.STORAGE_FULL) throw new Refusal("Storage.Full");
    const head = this.head();
    checkOrder(commit, head.at);
    for (const { kind, key, body, before } of commit.versions) {
      if (body === null && before && this.version(kind, key) === undefined) throw new Error(`${key} does not exist`);
    }
    const body = joinRecords(commit.records);
    if (data.failure !== undefined) throw data.failure;

    const [first, last] = [commit.records[0], commit.records.at(-1)];
    for (const [sequence, position] of commit.positions) {
      data.positions.push({ sequence, position, after: head.at });
      data.lastPositions.set(sequence, position);
    }
    data.bytes += 50 + JSON.stringify([commit, [...commit.positions]]).length;
    if (first !== undefined && last !== undefined) {
      const hash = chainHash(data.hash, body);
      data.commits.push({ id: first.at, last: last.at, previous: data.hash, hash, body, records: [...commit.records] });
      data.hash = hash;
      for (const version of commit.versions) this.#keepVersion(version, first.at);
    }
    for (const { kind, id, at, body } of commit.ids) {
      if (body === null) data.ids.delete(nameOf(kind, id));
      else data.ids.set(nameOf(kind, id), { at, body });
    }
    for (const { holding, at } of commit.movementsRemoved) data.movements.get(holding)?.delete(at);
    for (const movement of commit.movements) {
      const known = data.movements.get(movement.holding) ?? new Map<At, MovementRow>();
      data.movements.set(movement.holding, known.set(movement.at, { ...movement }));
    }
    for (const { kind, key, due } of commit.timersCancelled) {
      if (data.timers.get(nameOf(kind, key))?.due === due) data.timers.delete(nameOf(kind, key));
    }
    for (const timer of commit.timersSet) data.timers.set(nameOf(timer.kind, timer.key), { ...timer });
    for (const [name, value] of commit.properties ?? []) data.properties.set(name, value);
  }

  records(after: At, upTo: At): Iterable<RecordText> {
    this.#mustBeKept(after);
    return this.#recordsBetween(after, upTo);
  }

  placeAfter(sequence: string, position: number): At | undefined {
    const next = this.#data.positions.find((known) => known.sequence === sequence && known.position > position);
    return next === undefined || next.after < this.#data.keptFrom ? undefined : next.after;
  }

  placeThrough(sequence: string, position: number): At {
    const { commits, positions } = this.#data;
    const next = positions.find((known) => known.sequence === sequence && known.position > position);
    const commit = next && commits.find(({ id }) => id > next.after);
    return commit?.last ?? this.head().at;
  }

  positionsAt(at: At): ReadonlyMap<string, number> {
    this.#mustBeKept(at);
    const { at: head, positions } = this.head();
    if (at >= head) return positions;
    const end = this.#data.commits.findLast(({ last }) => last <= at)?.last ?? NEVER;
    const moved = this.#data.positions.filter(({ after }) => after < end);
    const found = new Map(moved.map(({ sequence, position }) => [sequence, position]));
    for (const { text } of this.#recordsBetween(end, at)) {
      const { Sequence, Position } = parseStoredRecord(text);
      found.set(Sequence, Position);
    }
    return found;
  }

  recordsTouching(kind: Kind, key: Key, after: At, upTo: At): Iterable<RecordText> {
    this.#mustBeKept(after);
    const touched = new Set(
      this.#data.versions
        .get(kind)
        ?.get(key)
        ?.map(({ commitId }) => commitId),
    );
    return this.#recordsBetween(
      after,
      upTo,
      this.#data.commits.filter(({ id }) => touched.has(id)),
    );
  }

  commitsAfter(id: At): Iterable<KeptCommit> {
    this.#mustBeKept(id);
    return this.#commitsAfter(id);
  }

  dueTimers(now: number, limit: number): readonly Timer[] {
    return this.#timersInOrder()
      .filter(({ due }) => due <= now)
      .slice(0, limit);
  }

  nextTimer(): number | undefined {
    return this.#timersInOrder()[0]?.due;
  }

  timerOf(kind: TimerKind, key: string): number | undefined {
    return this.#data.timers.get(nameOf(kind, key))?.due;
  }

  /** Characters kept, roughly. */
  bytesUsed(): number {
    return this.#data.bytes;
  }

  /** Also those that come while it is read. */
  *#commitsAfter(id: At): Iterable<KeptCommit> {
    for (const { records: _, ...kept } of this.#data.commits) if (kept.id > id) yield { ...kept, isIntact: true };
  }

  /** The last commit whose versions count, and what to lay over them when the moment lies inside the next one. */
  #momentOf(asAt: At): { readonly through: number; readonly overlay?: Overlay } {
    this.#mustBeKept(asAt);
    const commit = this.#data.commits.findLast(({ id }) => id <= asAt);
    if (commit === undefined || asAt >= commit.last) return { through: asAt };
    return { through: commit.id - 1, overlay: overlayOf(commit.records.filter(({ at }) => at <= asAt)) };
  }

  #recordsBetween(after: At, upTo: At, commits: readonly MemoryCommit[] = this.#data.commits): readonly RecordText[] {
    // Mostly the end of a long log is asked for.
    const first = commits.findLastIndex(({ last }) => last <= after) + 1;
    const meant = commits.slice(first).flatMap(({ records }) => records);
    return meant.filter(({ at }) => at > after && at <= upTo);
  }

  #mustBeKept(moment: At): void {
    if (moment < this.#data.keptFrom) throw new Refusal("History.Archived");
  }

  #keepVersion({ kind, key, body }: Commit["versions"][number], commitId: At): void {
    const ofKind = this.#data.versions.get(kind) ?? new Map<Key, Version[]>();
    this.#data.versions.set(kind, ofKind);
    const ofKey = ofKind.get(key) ?? [];
    ofKind.set(key, ofKey);
    ofKey.push({ commitId, body });
  }

  #movementsOf(holding: Key<"holding">): readonly MovementRow[] {
    return [...(this.#data.movements.get(holding)?.values() ?? [])].sort((left, right) => left.at - right.at);
  }

  #timersInOrder(): readonly Timer[] {
    return [...this.#data.timers.values()].sort(
      (left, right) => left.due - right.due || compareKeys(left.kind, right.kind) || compareKeys(left.key, right.key),
    );
  }
}

/** Where a key is among others in key order, or would be. */
function placeOf(keys: readonly string[], key: string): number {
  let [from, to] = [0, keys.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (compareKeys(keys[middle] ?? "", key) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function nameOf(kind: string, key: string): string {
  return `${kind} ${key}`;
}
