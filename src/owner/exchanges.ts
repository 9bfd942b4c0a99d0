/** The exchanges that are in effect for an Owner: its own, as its feeds define them, lie over those handed down. */

import { compareKeys } from "../domain/keys.ts";
import { type At, type Key, keyOf } from "../domain/records.ts";
import { routeOf } from "../domain/routing.ts";
import type { OrderRouter } from "../domain/views.ts";
import { decodeStored } from "../protocol/codec.ts";
import { ExchangeDetails } from "../protocol/messages/index.ts";
import type { KeyRange, Store } from "../storage/store.ts";
import type { ReadableKind } from "./rpc.ts";

/** An exchange's details as wire-ready JSON. */
export interface ListedExchange {
  readonly key: Key;
  readonly body: string;
}

/** The exchanges in effect, now or as at a moment, in key order, each once. As lazy as `Store.list`. */
export function* exchangesInEffect(
  store: Pick<Store, "list">,
  range: KeyRange,
  asAt?: At,
): Generator<ListedExchange, void> {
  const own = store.list("ownExchange", range, asAt)[Symbol.iterator]();
  try {
    let next = own.next();
    for (const handedDown of store.list("exchange", range, asAt)) {
      for (; !next.done && compareKeys(next.value.key, handedDown.key) < 0; next = own.next()) yield next.value;
      if (next.done || next.value.key !== handedDown.key) {
        yield handedDown;
        continue;
      }
      yield next.value;
      next = own.next();
    }
    for (; !next.done; next = own.next()) yield next.value;
  } finally {
    own.return?.();
  }
}

/** The records of a kind, now or as at a moment, in key order: of exchanges, those in effect. */
export function recordsOf(store: Store, kind: ReadableKind, range: KeyRange, asAt: At | undefined) {
  return kind === "exchange" ? exchangesInEffect(store, range, asAt) : store.list(kind, range, asAt);
}

/** The exchange of that code that is in effect, now or as at a moment; undefined when there is none. */
export function exchangeInEffect(store: Pick<Store, "version">, code: string, asAt?: At): string | undefined {
  return (
    store.version("ownExchange", keyOf.ownExchange(code), asAt) ?? store.version("exchange", keyOf.exchange(code), asAt)
  );
}

/** Says which feed executes an order, by the exchanges in effect now or as at a moment. Each exchange is read once. */
export function orderRouter(store: Pick<Store, "version">, asAt?: At): OrderRouter {
  const known = new Map<string, ExchangeDetails | undefined>();
  const exchange = (code: string) => {
    if (!known.has(code)) {
      const body = exchangeInEffect(store, code, asAt);
      known.set(code, body === undefined ? undefined : decodeStored(ExchangeDetails, body));
    }
    return known.get(code);
  };
  return (order) => routeOf(order, exchange(order?.Exchange ?? ""));
}
