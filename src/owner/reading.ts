/** Reading records for REST: one, or a list streamed in bounded pieces, all of it as at one moment. */
import { type At, accountPrefix, KEY_SEPARATOR, type Key } from "../domain/records.ts";
import { decodeStored, encode } from "../protocol/codec.ts";
import type { MessageSchema } from "../protocol/fields.ts";
import { LIMITS } from "../protocol/limits.ts";
import {
  AccountDetails,
  AssetPosition,
  CashPosition,
  ClientRequestState,
  ExchangeDetails,
  FeedDetails,
  IdentitySource,
  OrderState,
  OwnerDetails,
  Permissions,
  RequestStatusDetails,
} from "../protocol/messages/index.ts";
import type { Store } from "../storage/store.ts";
import { exchangeInEffect, recordsOf } from "./exchanges.ts";
import type { Health, ListQuestion, ReadableKind, RecordQuestion } from "./rpc.ts";

const SCHEMAS: { readonly [K in ReadableKind]: MessageSchema } = {
  account: AccountDetails,
  balance: CashPosition,
  holding: AssetPosition,
  order: OrderState,
  feed: FeedDetails,
  owner: OwnerDetails,
  exchange: ExchangeDetails,
  status: RequestStatusDetails,
  source: IdentitySource,
  identity: Permissions,
  request: ClientRequestState,
};

/** How an object is, by what its storage has left. */
export function healthOf(store: Store): Health {
  const bytesUsed = store.bytesUsed();
  const isDegraded = bytesUsed >= LIMITS.STORAGE_DEGRADED * LIMITS.STORAGE_BYTES;
  return { status: isDegraded ? "Degraded" : "Healthy", bytesUsed, head: store.head().at };
}

/** One record's JSON as at a moment that the log knows, or undefined. */
export function readRecord(store: Store, { kind, parts, compact = false }: RecordQuestion, at: At): string | undefined {
  // The parts are those of `keyOf`, joined as it joins them.
  const key = parts.join(KEY_SEPARATOR) as Key;
  const asAt = asAtOf(store, at);
  const body = kind === "exchange" ? exchangeInEffect(store, key, asAt) : store.version(kind, key, asAt);
  return body && shownState(kind, body, compact);
}

/** A list as a JSON array as at a moment that the log knows, piece by piece as it is drawn. */
export function* readList(store: Store, question: ListQuestion, at: At): Generator<string, void> {
  const { kind, accountId, compact = false } = question;
  const prefix = accountId === undefined || kind === "feed" ? "" : prefixOf(kind, accountId);
  const isWanted = wanted(question);
  let after: string | undefined;
  let piece = "[";
  let isFirst = true;
  for (let isDone = false; !isDone; ) {
    isDone = true;
    const range = { prefix, ...(after !== undefined && { after }) };
    for (const { key, body } of recordsOf(store, kind, range, asAtOf(store, at))) {
      after = key;
      if (isWanted(body)) {
        piece += (isFirst ? "" : ",") + shownState(kind, body, compact);
        isFirst = false;
      }
      if (piece.length >= LIMITS.ANSWER_PIECE_BYTES) {
        isDone = false;
        break;
      }
    }
    if (isDone) break;
    // Between pieces the log may move on: what follows is read as at the moment where the list began.
    yield piece;
    piece = "";
  }
  yield `${piece}]`;
}

/** Reading the present is cheaper than reading the past. */
function asAtOf(store: Store, at: At): At | undefined {
  return store.head().at === at ? undefined : at;
}

/** A stream of a list; drawing it lazily keeps memory flat, and cancelling it ends the work. */
export function streamOf(pieces: Iterator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const { value, done } = pieces.next();
      if (done === true || value === undefined) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel() {
      pieces.return?.();
    },
  });
}

function prefixOf(kind: ReadableKind, accountId: string): string {
  return kind === "account" ? accountId : accountPrefix(accountId);
}

function wanted({ kind, exchange, onlyActive }: ListQuestion): (body: string) => boolean {
  if (kind !== "order" || (exchange === undefined && onlyActive !== true)) return () => true;
  return (body) => {
    const order = decodeStored(OrderState, body);
    return (exchange === undefined || order.Exchange === exchange) && !(onlyActive && order.IsCompleted);
  };
}

function shownState(kind: ReadableKind, body: string, compact: boolean): string {
  return compact ? encode(SCHEMAS[kind], decodeStored(SCHEMAS[kind], body), true) : body;
}
