/** An Owner with many live records, written without applying an update for each: what a rename has to go through. */
import type { WireEvent } from "../../src/domain/log-record.ts";
import { type At, keyOf, OMS_SEQUENCE } from "../../src/domain/records.ts";
import type { Commit, Store } from "../../src/storage/store.ts";
import { EMPTY } from "../storage/samples.ts";
import { account } from "./actions.ts";

/** Records of one commit of those that are written. */
const AT_ONCE = 1000;

/**
 * Writes so many accounts, each with its definition, an open order to buy 1 at 10 AUD, the balance that it reserves from,
 * and a holding of 5 at 3 AUD: four records of each.
 */
export function writeAccounts(store: Store, ownerId: string, accounts: number): void {
  for (let first = 0; first < accounts; first += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, accounts - first) }, (_, index) => `A${first + index}`);
    store.commit(commitOf(store, ownerId, ids));
  }
}

/** The id of the order of an account. */
export function orderOf(accountId: string): string {
  return `O-${accountId}`;
}

function commitOf(store: Store, ownerId: string, accountIds: readonly string[]): Commit {
  const { at: head, positions } = store.head();
  const at = (Math.max(head, Date.now() * 1000) + 1) as At;
  const position = (positions.get(OMS_SEQUENCE) ?? 0) + 1;
  const states = accountIds.flatMap((id) => statesOf(ownerId, id));
  const record = { At: at, Sequence: OMS_SEQUENCE, Position: position, Events: states.map(({ event }) => event) };
  return {
    ...EMPTY,
    records: [{ at, text: JSON.stringify(record) }],
    positions: new Map([[OMS_SEQUENCE, position]]),
    versions: states.map(({ kind, key, state }) => ({ kind, key, body: JSON.stringify(state), before: false })),
    ids: accountIds.map((id) => ({ kind: "order", id: orderOf(id), at, body: JSON.stringify({ AccountID: id }) })),
    movements: accountIds.map((id) => ({
      holding: keyOf.holding(id, "ASX", "BHP"),
      at,
      quantity: "5",
      price: "3",
      currency: "AUD",
      after: JSON.stringify(["5", "priced", "3", "AUD"]),
    })),
  };
}

function statesOf(ownerId: string, id: string) {
  const Account = account(ownerId, id);
  const order = {
    OrderID: orderOf(id),
    Account,
    ...({ Code: "BHP", Exchange: "ASX", Currency: "AUD", Side: "SIDE_BUY", Price: 10, Quantity: 1 } as const),
  };
  const details = { Account, DefaultCurrency: "AUD" };
  const cash = { Account, Currency: "AUD", Margin: 0, Balance: 100, UnbookedTransactions: 0, UnfilledBuys: 10 };
  const asset = {
    Account,
    Code: "BHP",
    Exchange: "ASX",
    Quantity: 5,
    UnfilledSells: 0,
    AveragePrice: 3,
    Currency: "AUD",
  };
  const Operation = { Type: "OperationType_DefineAccount", AccountDetails: details } as const;
  const events = {
    order: { Type: "UpdateEventType_Order", Order: order },
    balance: { Type: "UpdateEventType_Balance", Balance: cash },
    holding: { Type: "UpdateEventType_Holding", Holding: asset },
    account: { Type: "UpdateEventType_Operation", Operation },
  } as const satisfies Record<string, WireEvent>;
  return [
    { kind: "order", key: keyOf.order(id, orderOf(id)), state: order, event: events.order },
    { kind: "balance", key: keyOf.balance(id, "AUD"), state: cash, event: events.balance },
    { kind: "holding", key: keyOf.holding(id, "ASX", "BHP"), state: asset, event: events.holding },
    { kind: "account", key: keyOf.account(id), state: details, event: events.account },
  ] as const;
}
