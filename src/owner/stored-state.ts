/** The committed state of an Owner: read through a bounded cache from the store, decoded once. */
import type { Draft } from "../domain/draft.ts";
import { changesOf } from "../domain/event-records.ts";
import { parseStoredRecord } from "../domain/log-record.ts";
import type { At, Key, Kind, Records } from "../domain/records.ts";
import {
  type KnownKind,
  KnownOrder,
  KnownOwner,
  KnownPrice,
  type KnownRecords,
  KnownRenames,
  KnownRequest,
  KnownTrade,
  KnownTransfer,
  KnownTransform,
  type Movement,
  type State,
} from "../domain/state.ts";
import { decodeStored } from "../protocol/codec.ts";
import { LIMITS } from "../protocol/limits.ts";
import {
  AccountDetails,
  AssetPosition,
  CashPosition,
  ClientRequestState,
  ExchangeDetails,
  FeedConfiguration,
  FeedDetails,
  IdentitySource,
  OrderState,
  OwnerDetails,
  Permissions,
  RequestStatusDetails,
} from "../protocol/messages/index.ts";
import type { KeyRange, KnownRow, Store } from "../storage/store.ts";
import type { Foreseen } from "./inbox.ts";
import { readMovement } from "./movement-rows.ts";
import { textOf } from "./texts.ts";

/** Decodes the state of each kind from what the store keeps. */
const READERS: { readonly [K in Kind]: (body: string) => Records[K] } = {
  account: (body) => decodeStored(AccountDetails, body),
  balance: (body) => decodeStored(CashPosition, body),
  holding: (body) => decodeStored(AssetPosition, body),
  order: (body) => decodeStored(OrderState, body),
  feed: (body) => decodeStored(FeedDetails, body),
  configuration: (body) => decodeStored(FeedConfiguration, body),
  owner: (body) => decodeStored(OwnerDetails, body),
  exchange: (body) => decodeStored(ExchangeDetails, body),
  ownExchange: (body) => decodeStored(ExchangeDetails, body),
  status: (body) => decodeStored(RequestStatusDetails, body),
  source: (body) => decodeStored(IdentitySource, body),
  identity: (body) => decodeStored(Permissions, body),
  request: (body) => decodeStored(ClientRequestState, body),
};

const KNOWN_READERS: { readonly [K in KnownKind]: (body: string, at: At) => KnownRecords[K] } = {
  order: (body) => decodeStored(KnownOrder, body),
  trade: (body, at) => ({ ...decodeStored(KnownTrade, body), At: at }),
  transfer: (body, at) => ({ ...decodeStored(KnownTransfer, body), At: at }),
  transform: (body) => decodeStored(KnownTransform, body),
  renames: (body) => decodeStored(KnownRenames, body),
  owner: (body) => decodeStored(KnownOwner, body),
  request: (body, at) => ({ ...decodeStored(KnownRequest, body), At: at }),
  price: (body) => decodeStored(KnownPrice, body),
};

const KNOWN_KINDS = [
  ...(["order", "trade", "transfer", "transform", "renames"] as const),
  ...(["owner", "request", "price"] as const),
] as const satisfies readonly KnownKind[];

/** What is asked for again and again: where orders live, what became of requests, and whether anything was renamed. */
const CACHED_KINDS = ["order", "request", "renames"] as const satisfies readonly KnownKind[];

/** What a state costs in memory, beside its text: decoded objects are several times as large. */
const BYTES_PER_CHARACTER = 6;
const BYTES_PER_ENTRY = 200;
/** Roughly, of what is known. */
const KNOWN_CHARACTERS = { order: 50, request: 300, renames: 50 } as const;

interface Cached {
  readonly value: object | undefined;
  readonly bytes: number;
}

export class StoredState implements State {
  readonly #store: Store;
  readonly #generationBytes: number;
  // Two generations: what is used moves to the young one; when that is full the old one is forgotten whole.
  #young = new Map<string, Cached>();
  #old = new Map<string, Cached>();
  #youngBytes = 0;
  /** What was read ahead for the batch at hand, by kind and id; undefined = not known. */
  readonly #foreseen = new Map<string, KnownRow | undefined>();

  constructor(store: Store, cacheBytes: number = LIMITS.CACHE_BYTES) {
    this.#store = store;
    this.#generationBytes = cacheBytes / 2;
  }

  record<K extends Kind>(kind: K, key: Key<K>): Records[K] | undefined {
    return this.#through(`${kind} ${key}`, () => {
      const body = this.#store.version(kind, key);
      return body === undefined ? undefined : { value: READERS[kind](body), length: body.length };
    });
  }

  *keys<K extends Kind>(kind: K, range: KeyRange = {}): Iterable<Key<K>> {
    // What the store lists of a kind has keys of that kind.
    for (const { key } of this.#store.list(kind, range)) yield key as Key<K>;
  }

  isOrderMadeAfter(key: Key<"order">, at: number): boolean {
    const head = this.#store.head().at;
    if (at >= head) return false;
    // What has been archived was made before all that was not.
    const after = Math.max(at, this.#store.head().keptFrom) as At;
    for (const { text } of this.#store.recordsTouching("order", key, after, head)) {
      for (const change of changesOf(parseStoredRecord(text)))
        if (change.key === key && change.kind === "order") return true;
    }
    return false;
  }

  known<K extends KnownKind>(kind: K, id: string): KnownRecords[K] | undefined {
    // Trades and transfers are asked for once, to see that they are new: not worth keeping.
    if (!isCached(kind)) return this.#readKnown(kind, id)?.value;
    return this.#through(knownName(kind, id), () => this.#readKnown(kind, id));
  }

  knownIds(kind: KnownKind, range: KeyRange): Iterable<string> {
    return this.#store.knownIds(kind, range);
  }

  /** Reads at once what a batch will ask for, one by one, before the next commit. */
  foresee(wanted: readonly Foreseen[]): void {
    this.#foreseen.clear();
    for (const kind of KNOWN_KINDS) {
      const ids = new Set(wanted.flatMap((each) => each[kind] ?? []));
      if (isCached(kind)) for (const id of ids) if (this.#isCached(knownName(kind, id))) ids.delete(id);
      // A single id is read just as well when it is asked for.
      if (ids.size < 2) continue;
      const found = this.#store.knownAmong(kind, ids);
      for (const id of ids) this.#foreseen.set(`${kind} ${id}`, found.get(id));
    }
  }

  movementBefore(line: Key<"holding">, at: At): Movement | undefined {
    const row = this.#store.movementBefore(line, at);
    return row && readMovement(row);
  }

  *movementsFrom(line: Key<"holding">, at: At): Iterable<Movement> {
    for (const row of this.#store.movementsFrom(line, at)) yield readMovement(row);
  }

  /** Takes over what has become durable. */
  adopt(draft: Draft): void {
    this.#foreseen.clear();
    for (const [kind, layer] of Object.entries(draft.records)) {
      for (const [key, value] of layer)
        this.#keep(`${kind} ${key}`, value, value === undefined ? 0 : textOf(value).length);
    }
    for (const kind of CACHED_KINDS) {
      for (const [id, value] of draft.knownRecords[kind])
        this.#keep(knownName(kind, id), value, KNOWN_CHARACTERS[kind]);
    }
  }

  #readKnown<K extends KnownKind>(kind: K, id: string): { value: KnownRecords[K]; length: number } | undefined {
    const name = `${kind} ${id}`;
    const row = this.#foreseen.has(name) ? this.#foreseen.get(name) : this.#store.known(kind, id);
    return row && { value: KNOWN_READERS[kind](row.body, row.at), length: row.body.length };
  }

  #isCached(name: string): boolean {
    return this.#young.has(name) || this.#old.has(name);
  }

  #through<Value extends object>(
    name: string,
    read: () => { readonly value: Value; readonly length: number } | undefined,
  ): Value | undefined {
    const young = this.#young.get(name);
    const cached = young ?? this.#old.get(name);
    if (cached !== undefined) {
      if (young === undefined) this.#insert(name, cached);
      // Each name is only ever cached with values of one kind.
      return cached.value as Value | undefined;
    }
    const found = read();
    this.#keep(name, found?.value, found?.length ?? 0);
    return found?.value;
  }

  #keep(name: string, value: object | undefined, length: number): void {
    this.#insert(name, { value, bytes: BYTES_PER_ENTRY + BYTES_PER_CHARACTER * length });
  }

  #insert(name: string, cached: Cached): void {
    this.#youngBytes += cached.bytes - (this.#young.get(name)?.bytes ?? 0);
    this.#young.set(name, cached);
    if (this.#youngBytes <= this.#generationBytes) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}

function isCached(kind: KnownKind): kind is (typeof CACHED_KINDS)[number] {
  const kinds: readonly KnownKind[] = CACHED_KINDS;
  return kinds.includes(kind);
}

/** No record's name in the cache begins like this. */
function knownName(kind: KnownKind, id: string): string {
  return `known ${kind} ${id}`;
}
