/** Reading records for REST: one, or a list streamed in bounded pieces, all of it as at one moment. */
import { type At, accountPrefix, KEY_SEPARATOR, type Key } from "../domain/records.ts";
import { decodeStored, shortened } from "../protocol/codec.ts";
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
import type { Listed } from "../storage/as-at.ts";
import type { KeyRange, Store } from "../storage/store.ts";
import { exchangeInEffect, recordsOf } from "./exchanges.ts";
import type { ListQuestion, ReadableKind, RecordQuestion } from "./rpc.ts";

/** The messages that records are read as. */
export const SCHEMAS: { readonly [K in ReadableKind]: MessageSchema } = {
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

/** One record's JSON as at a moment that the log knows, or undefined. */
export function readRecord(store: Store, { kind, parts, compact = false }: RecordQuestion, at: At): string | undefined {
  // The parts are those of `keyOf`, joined as it joins them.
  const key = parts.join(KEY_SEPARATOR) as Key;
  const asAt = asAtOf(store, at);
  const body = kind === "exchange" ? exchangeInEffect(store, key, asAt) : store.version(kind, key, asAt);
  return body && shownState(kind, body, compact);
}

/** A list as a JSON array as at a moment that the log knows, piece by piece as it is drawn. */
export function readList(store: Store, question: ListQuestion, at: At): Generator<string, void> {
  const { kind, accountId, compact = false } = question;
  const prefix = accountId === undefined || kind === "feed" ? "" : prefixOf(kind, accountId);
  const isWanted = wanted(question);
  return arrayPieces(
    { opening: "[", closing: "]" },
    (range) => recordsOf(store, kind, { ...range, prefix }, asAtOf(store, at)),
    ({ body }) => (isWanted(body) ? shownState(kind, body, compact) : undefined),
  );
}

/** What stands before and after the elements of an array. */
interface Enclosure {
  readonly opening: string;
  readonly closing: string;
}

/**
 * What is listed as a JSON array, a bounded piece at a time; `show` gives an element, or undefined to leave it out. An
 * empty piece says that much was read and nothing of it is shown. Between pieces the store may change: what follows is
 * read anew, after the last key, so that it must be read as at a moment.
 */
export function* arrayPieces(
  { opening, closing }: Enclosure,
  read: (range: KeyRange) => Iterable<Listed>,
  show: (listed: Listed) => string | undefined,
): Generator<string, void> {
  let piece = opening;
  let separator = "";
  let range: KeyRange = {};
  for (let isDone = false; !isDone; ) {
    isDone = true;
    let characters = 0;
    for (const listed of read(range)) {
      const element = show(listed);
      if (element !== undefined) {
        piece += separator + element;
        separator = ",";
      }
      characters += listed.body.length;
      if (piece.length < LIMITS.ANSWER_PIECE_BYTES && characters < LIMITS.READING_TURN_CHARACTERS) continue;
      range = { after: listed.key };
      isDone = false;
      break;
    }
    if (isDone) break;
    yield piece;
    piece = "";
  }
  yield piece + closing;
}

/** The moment to read as at: none for the present, which is cheaper to read than the past. */
export function asAtOf(store: Store, at: At): At | undefined {
  return store.head().at === at ? undefined : at;
}

/** What stands for an empty text: between JSON texts, and as a line, it says nothing. */
const NOTHING_SO_FAR = "\n";

/**
 * A stream of texts that are made as they are read: that keeps memory flat, and cancelling it ends the work. After an
 * empty text, `nextTurn` lets everybody else have a turn; then a line end is sent in its place, because only by sending
 * does an object find out that its reader has gone away.
 */
export function streamOf(pieces: Iterator<string, void>, nextTurn: () => Promise<void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let isCancelled = false;
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { value, done } = pieces.next();
      if (done === true) return controller.close();
      if (value === "") await nextTurn();
      if (!isCancelled) controller.enqueue(encoder.encode(value === "" ? NOTHING_SO_FAR : value));
    },
    cancel() {
      isCancelled = true;
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
  return compact ? shortened(SCHEMAS[kind], body) : body;
}
