/** An Owner's log that begins with metadata handed down: who it is, and what is common to tenants. */
import type { WireEvent } from "../../src/domain/log-record.ts";
import { type At, type Key, type Kind, keyOf, SYSTEM_SEQUENCE } from "../../src/domain/records.ts";
import { standingText } from "../../src/owner/standing.ts";
import type { ExchangeDetails, RequestStatusDetails } from "../../src/protocol/messages/index.ts";
import type { Store } from "../../src/storage/store.ts";
import { EMPTY } from "../storage/samples.ts";

export const GENERATION = 1;

type Operation = NonNullable<WireEvent["Operation"]>;

/** A record of the log by which something is defined or undefined, and what it leaves behind. */
export interface Handed {
  readonly operation: Operation;
  readonly kind: Kind;
  readonly key: Key;
  /** What the record is from then on; undefined = it is gone. */
  readonly state: object | undefined;
}

export function owner(ownerId: string, details: object = {}): Handed {
  const state = { OwnerID: ownerId, ...details };
  return {
    operation: { Type: "OperationType_DefineOwner", OwnerDetails: state },
    kind: "owner",
    key: keyOf.owner(ownerId),
    state,
  };
}

export function status(Code: string, details: RequestStatusDetails = {}): Handed {
  const state = { Code, ...details };
  return {
    operation: { Type: "OperationType_DefineRequestStatus", RequestStatus: state },
    kind: "status",
    key: keyOf.status(Code),
    state,
  };
}

/** An exchange as the System defines it, or (`ownExchange`) as a feed of the Owner does. */
export function exchange(Exchange: string, of: string, kind: "exchange" | "ownExchange" = "exchange"): Handed {
  const state = { Exchange, Metadata: { of } } satisfies ExchangeDetails;
  return {
    operation: { Type: "OperationType_DefineExchange", ExchangeDetails: state },
    kind,
    key: keyOf[kind](Exchange),
    state,
  };
}

export function withoutExchange(Exchange: string, kind: "exchange" | "ownExchange"): Handed {
  return {
    operation: { Type: "OperationType_UndefineExchange", ExchangeDetails: { Exchange } },
    kind,
    key: keyOf[kind](Exchange),
    state: undefined,
  };
}

/** Writes them to a log as one commit, in a sequence that goes on from its last position. */
export function hand(store: Store, handed: readonly Handed[], sequence = SYSTEM_SEQUENCE): void {
  const head = store.head();
  const first = Math.max(head.at + 1, Date.now() * 1000);
  const last = head.positions.get(sequence) ?? 0;
  const records = handed.map(({ operation }, index) => {
    const at = (first + index) as At;
    const update: WireEvent = { Type: "UpdateEventType_Operation", Operation: operation };
    const record = { At: at, Sequence: sequence, Position: last + index + 1, Update: update, Events: ["Update"] };
    return { at, text: JSON.stringify(record) };
  });
  store.commit({
    ...EMPTY,
    records,
    positions: new Map([[sequence, last + handed.length]]),
    versions: handed.map(({ kind, key, state }) => ({
      kind,
      key,
      body: state === undefined ? null : JSON.stringify(state),
      before: store.version(kind, key) !== undefined,
    })),
  });
}

/** Tells an object who it is, as its first delivery does. */
export function define(store: Store, ownerId: string, ...handed: readonly Handed[]): void {
  hand(store, [owner(ownerId, { Name: `Owner ${ownerId}` }), ...handed]);
  const standing = standingText({ ownerId, generation: GENERATION, isRetired: false });
  store.commit({ ...EMPTY, properties: new Map([["owner", standing]]) });
}
