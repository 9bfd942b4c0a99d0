/**
 * Where an Owner's state is kept between two updates. `WarmBook` keeps it in memory as the rules left it; `WrittenBook`
 * keeps nothing but text and reads it back for every question, as an Owner does that was evicted after each step.
 */
import { Draft } from "../../../src/domain/draft.ts";
import { compareKeys, isInRange, type KeyRange } from "../../../src/domain/keys.ts";
import type { At, Key, Kind, Records } from "../../../src/domain/records.ts";
import {
  type Average,
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
  type NamedCurrency,
  type Position,
  type State,
  type Timer,
} from "../../../src/domain/state.ts";
import { decodeStored, encode } from "../../../src/protocol/codec.ts";
import { Decimal } from "../../../src/protocol/decimal.ts";
import type { MessageSchema, Of } from "../../../src/protocol/fields.ts";
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
} from "../../../src/protocol/messages/index.ts";

export interface Book extends State {
  /** The live records of a kind, by key. */
  all<K extends Kind>(kind: K): ReadonlyMap<string, Records[K]>;
  /** The timers that are set. */
  readonly timers: ReadonlyMap<string, Timer>;
  /** Takes over what a draft has changed. */
  absorb(draft: Draft): void;
}

/** A state in which nothing is. */
export const NOTHING: State = {
  record: () => undefined,
  keys: () => [],
  isOrderMadeAfter: () => false,
  known: () => undefined,
  knownIds: () => [],
  movementBefore: () => undefined,
  movementsFrom: () => [],
};

export class WarmBook implements Book {
  readonly timers = new Map<string, Timer>();
  readonly #state = new Draft(NOTHING);

  record<K extends Kind>(kind: K, key: Key<K>): Records[K] | undefined {
    return this.#state.record(kind, key);
  }

  keys<K extends Kind>(kind: K, range?: KeyRange): Iterable<Key<K>> {
    return this.#state.keys(kind, range);
  }

  isOrderMadeAfter(key: Key<"order">, at: number): boolean {
    return this.#state.isOrderMadeAfter(key, at);
  }

  known<K extends KnownKind>(kind: K, id: string): KnownRecords[K] | undefined {
    return this.#state.known(kind, id);
  }

  knownIds(kind: KnownKind, range: KeyRange): Iterable<string> {
    return this.#state.knownIds(kind, range);
  }

  movementBefore(line: Key<"holding">, at: At): Movement | undefined {
    return this.#state.movementBefore(line, at);
  }

  movementsFrom(line: Key<"holding">, at: At): Iterable<Movement> {
    return this.#state.movementsFrom(line, at);
  }

  all<K extends Kind>(kind: K): ReadonlyMap<string, Records[K]> {
    const live = new Map<string, Records[K]>();
    const layer: ReadonlyMap<string, Records[K] | undefined> = this.#state.records[kind];
    for (const [key, value] of layer) if (value !== undefined) live.set(key, value);
    return live;
  }

  absorb(draft: Draft): void {
    draft.mergeInto(this.#state);
    absorbTimers(draft, this.timers);
  }
}

interface Codec<Value> {
  readonly write: (value: Value) => string;
  readonly read: (text: string) => Value;
}

function codecOf<Schema extends MessageSchema>(schema: Schema): Codec<Of<Schema>> {
  return { write: (value) => encode(schema, value), read: (text) => decodeStored(schema, text) };
}

const RECORD_CODECS: { readonly [K in Kind]: Codec<Records[K]> } = {
  account: codecOf(AccountDetails),
  balance: codecOf(CashPosition),
  holding: codecOf(AssetPosition),
  order: codecOf(OrderState),
  feed: codecOf(FeedDetails),
  configuration: codecOf(FeedConfiguration),
  owner: codecOf(OwnerDetails),
  exchange: codecOf(ExchangeDetails),
  ownExchange: codecOf(ExchangeDetails),
  status: codecOf(RequestStatusDetails),
  source: codecOf(IdentitySource),
  identity: codecOf(Permissions),
  request: codecOf(ClientRequestState),
};

/** What is known since a record is kept with the At of that. */
function sinceCodecOf<Content extends object>({ write, read }: Codec<Content>): Codec<Content & { readonly At: At }> {
  return {
    write: ({ At, ...content }) => `${At} ${write(content as Content)}`,
    read: (text) => {
      const space = text.indexOf(" ");
      return { ...read(text.slice(space + 1)), At: atOf(text.slice(0, space)) };
    },
  };
}

const KNOWN_CODECS: { readonly [K in KnownKind]: Codec<KnownRecords[K]> } = {
  order: codecOf(KnownOrder),
  transfer: sinceCodecOf(codecOf(KnownTransfer)),
  transform: codecOf(KnownTransform),
  renames: codecOf(KnownRenames),
  owner: codecOf(KnownOwner),
  price: codecOf(KnownPrice),
  trade: sinceCodecOf(codecOf(KnownTrade)),
  request: sinceCodecOf(codecOf(KnownRequest)),
};

export class WrittenBook implements Book {
  readonly #records: { readonly [K in Kind]: Map<string, string> } = {
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
  readonly #known: { readonly [K in KnownKind]: Map<string, string> } = {
    order: new Map(),
    trade: new Map(),
    transfer: new Map(),
    transform: new Map(),
    renames: new Map(),
    owner: new Map(),
    request: new Map(),
    price: new Map(),
  };
  readonly #ordersMade = new Map<string, number>();
  readonly #movements = new Map<string, Map<At, string>>();
  #timers = "[]";

  record<K extends Kind>(kind: K, key: Key<K>): Records[K] | undefined {
    const text = this.#records[kind].get(key);
    return text === undefined ? undefined : RECORD_CODECS[kind].read(text);
  }

  keys<K extends Kind>(kind: K, range: KeyRange = {}): Iterable<Key<K>> {
    // They were keys of drafts before they were kept.
    return inRange(this.#records[kind], range) as Key<K>[];
  }

  isOrderMadeAfter(key: Key<"order">, at: number): boolean {
    return (this.#ordersMade.get(key) ?? 0) > at;
  }

  known<K extends KnownKind>(kind: K, id: string): KnownRecords[K] | undefined {
    const text = this.#known[kind].get(id);
    return text === undefined ? undefined : KNOWN_CODECS[kind].read(text);
  }

  knownIds(kind: KnownKind, range: KeyRange): Iterable<string> {
    return inRange(this.#known[kind], range);
  }

  movementBefore(line: Key<"holding">, at: At): Movement | undefined {
    return this.#movementsOf(line).findLast((movement) => movement.at < at);
  }

  movementsFrom(line: Key<"holding">, at: At): Iterable<Movement> {
    return this.#movementsOf(line).filter((movement) => movement.at >= at);
  }

  all<K extends Kind>(kind: K): ReadonlyMap<string, Records[K]> {
    return new Map([...this.#records[kind]].map(([key, text]) => [key, RECORD_CODECS[kind].read(text)]));
  }

  get timers(): ReadonlyMap<string, Timer> {
    return new Map(JSON.parse(this.#timers));
  }

  absorb(draft: Draft): void {
    for (const kind of namesOf(this.#records)) this.#absorbRecords(kind, draft);
    for (const kind of namesOf(this.#known)) this.#absorbKnown(kind, draft);
    for (const [key, made] of draft.ordersMade) this.#ordersMade.set(key, made);
    for (const [line, touched] of draft.movements) {
      const written = this.#movements.get(line) ?? new Map<At, string>();
      this.#movements.set(line, written);
      for (const [at, movement] of touched) {
        if (movement === undefined) written.delete(at);
        else written.set(at, writeMovement(movement));
      }
    }
    const timers = new Map(this.timers);
    absorbTimers(draft, timers);
    this.#timers = JSON.stringify([...timers]);
  }

  #absorbRecords<K extends Kind>(kind: K, draft: Draft): void {
    const layer: ReadonlyMap<string, Records[K] | undefined> = draft.records[kind];
    absorbLayer(layer, this.#records[kind], RECORD_CODECS[kind]);
  }

  #absorbKnown<K extends KnownKind>(kind: K, draft: Draft): void {
    const layer: ReadonlyMap<string, KnownRecords[K] | undefined> = draft.knownRecords[kind];
    absorbLayer(layer, this.#known[kind], KNOWN_CODECS[kind]);
  }

  #movementsOf(holding: string): readonly Movement[] {
    const texts = [...(this.#movements.get(holding)?.values() ?? [])];
    return texts.map(readMovement).sort((left, right) => left.at - right.at);
  }
}

function inRange(texts: ReadonlyMap<string, string>, range: KeyRange): string[] {
  return [...texts.keys()].filter((key) => isInRange(key, range)).sort(compareKeys);
}

function absorbLayer<Value>(
  layer: ReadonlyMap<string, Value | undefined>,
  texts: Map<string, string>,
  codec: Codec<Value>,
): void {
  for (const [key, value] of layer) {
    if (value === undefined) texts.delete(key);
    else texts.set(key, codec.write(value));
  }
}

function absorbTimers(draft: Draft, timers: Map<string, Timer>): void {
  for (const [name, { timer, set }] of draft.timers) {
    if (set) timers.set(name, timer);
    else timers.delete(name);
  }
}

/** The keys of an object literal, which are exactly those of its type. */
function namesOf<Name extends string>(object: { readonly [N in Name]: unknown }): readonly Name[] {
  return Object.keys(object).filter((name): name is Name => Object.hasOwn(object, name));
}

/** A movement in the way it is stored: decimals as text. */
interface WrittenMovement {
  readonly at: number;
  readonly quantity: string;
  readonly price?: string;
  readonly currency?: NamedCurrency;
  readonly isMixed?: true;
  readonly after: { readonly quantity: string; readonly average: WrittenAverage };
}

interface WrittenAverage {
  readonly basis: Average["basis"];
  readonly price?: string;
  readonly currency?: NamedCurrency;
}

function writeMovement({ at, quantity, price, currency, isMixed, after }: Movement): string {
  const { average } = after;
  const written: WrittenMovement = {
    at,
    quantity: quantity.toString(),
    ...(price !== undefined && { price: price.toString() }),
    ...(currency !== undefined && { currency }),
    ...(isMixed === true && { isMixed }),
    after: { quantity: after.quantity.toString(), average: writeAverage(average) },
  };
  return JSON.stringify(written);
}

function writeAverage(average: Average): WrittenAverage {
  if (average.basis !== "priced") return { basis: average.basis };
  const { basis, price, currency } = average;
  return { basis, price: price.toString(), ...(currency !== undefined && { currency }) };
}

function readMovement(text: string): Movement {
  const { at, quantity, price, currency, isMixed, after }: WrittenMovement = JSON.parse(text);
  return {
    at: atOf(at),
    quantity: decimalOf(quantity),
    ...(price !== undefined && { price: decimalOf(price) }),
    ...(currency !== undefined && { currency }),
    ...(isMixed === true && { isMixed }),
    after: readPosition(after),
  };
}

function readPosition({ quantity, average }: WrittenMovement["after"]): Position {
  const { basis, price = "0", currency } = average;
  return {
    quantity: decimalOf(quantity),
    average: basis === "priced" ? { basis, price: decimalOf(price), currency } : { basis },
  };
}

/** Derived decimals may be longer than a caller's may be, so this does not go through `Decimal.of`. */
function decimalOf(text: string): Decimal {
  const [whole = "", fraction = ""] = text.split(".");
  return new Decimal(BigInt(whole + fraction), fraction.length);
}

/** A place in an Owner's log. */
export function atOf(microseconds: number | string): At {
  // The one place in the tests where a number becomes an At.
  return Number(microseconds) as At;
}
