/** Commits for the tests of the storage: records whose events tell what their versions say. */
import { changeOf, type RecordChange } from "../../src/domain/event-records.ts";
import { abbreviate, type WireEvent } from "../../src/domain/log-record.ts";
import type { At, Key, Kind } from "../../src/domain/records.ts";
import type { Commit, RecordText } from "../../src/storage/store.ts";

export function moment(at: number): At {
  return at as At;
}

export const EMPTY: Commit = {
  records: [],
  positions: new Map(),
  versions: [],
  ids: [],
  movements: [],
  movementsRemoved: [],
  timersSet: [],
  timersCancelled: [],
};

export function balance(account: string, currency: string, amount: number | null): WireEvent {
  return {
    Type: "UpdateEventType_Balance",
    ...(amount === null && { UpdateAction: "UpdateAction_Remove" }),
    Balance: { Account: { AccountID: account, OwnerID: "XS" }, Currency: currency, Balance: amount ?? 0 },
  };
}

export function holding(account: string, code: string, quantity: number | null): WireEvent {
  return {
    Type: "UpdateEventType_Holding",
    ...(quantity === null && { UpdateAction: "UpdateAction_Remove" }),
    Holding: { Account: { AccountID: account, OwnerID: "XS" }, Code: code, Exchange: "ASX", Quantity: quantity ?? 0 },
  };
}

export function order(account: string, orderId: string, quantity: number | null): WireEvent {
  return {
    Type: "UpdateEventType_Order",
    ...(quantity === null && { UpdateAction: "UpdateAction_Remove" }),
    Order: { OrderID: orderId, Account: { AccountID: account, OwnerID: "XS" }, Quantity: quantity ?? 0 },
  };
}

export function account(accountId: string, number: number | null): WireEvent {
  return {
    Type: "UpdateEventType_Operation",
    Operation: {
      Type: number === null ? "OperationType_UndefineAccount" : "OperationType_DefineAccount",
      AccountDetails: { Account: { AccountID: accountId, OwnerID: "XS" }, Name: `number ${number}` },
    },
  };
}

export function status(feed: string, number: number | null): WireEvent {
  return {
    Type: "UpdateEventType_Status",
    ...(number === null && { UpdateAction: "UpdateAction_Remove" }),
    Status: { FeedID: feed, ...(number !== 0 && { Status: "CONNECTIONSTATUS_ONLINE" }) },
  };
}

/** A line of the log with these events. */
export function line(at: number, events: readonly WireEvent[] = [], sequence = "asx", note = ""): RecordText {
  const update: WireEvent = {
    Type: "UpdateEventType_Action",
    Action: { Type: "ExternalActionType_Update", Order: { OrderID: `of ${at}`, Group: note } },
  };
  const record = { At: moment(at), Sequence: sequence, Position: at, Update: update, Events: events };
  return { at: record.At, text: JSON.stringify(abbreviate(record)) };
}

/** Makes the commits of an Owner from what each record did to the state, and remembers what exists. */
export class Ledger {
  readonly #living = new Set<string>();

  /** `happened`: the events of each record by its At. */
  commit(happened: Readonly<Record<number, readonly WireEvent[]>>, also: Partial<Commit> = {}): Commit {
    const records = Object.entries(happened).map(([at, events]) => line(Number(at), events));
    const after = new Map<string, RecordChange>();
    for (const events of Object.values(happened)) {
      for (const event of events) {
        const change = changeOf(event);
        if (change !== undefined) after.set(`${change.kind} ${change.key}`, change);
      }
    }
    const versions = [...after].map(([name, { kind, key, state }]) => {
      const before = this.#living.has(name);
      if (state === null) this.#living.delete(name);
      else this.#living.add(name);
      return { kind, key, body: state, before };
    });
    return { ...EMPTY, records, versions, ...also };
  }
}

/** One version and nothing else, under a record that tells nothing of it. */
export function version(at: number, kind: Kind, key: Key, body: string | null, before = false): Commit {
  return { ...EMPTY, records: [line(at)], versions: [{ kind, key, body, before }] };
}

export function balanceText(account: string, currency: string, amount: number): string {
  return JSON.stringify(balance(account, currency, amount).Balance);
}
