/**
 * An order under the accounts that it was moved from. An OrderID is unique in its Owner, so an order lives under one
 * account at a time: its lives follow one another, and where it was moved one begins in the record that ended another.
 */
import type { At } from "../domain/records.ts";
import { keyIn, partsIn, type RecordsStore, recordsAbout, type Subject, type ToldChange } from "./record-events.ts";
import { NOTHING, type Step } from "./telling.ts";

/**
 * Finds the lives of an order under its account in a part of the log, and under those that it was moved from, in the
 * order of time. The steps tell nothing; they say how much was read.
 */
export function* livesOf(store: RecordsStore, order: Subject): Generator<Step, readonly Subject[]> {
  const lives: Life[] = [];
  const readUpTo = new Map<string, At>();
  const toRead = [order];
  for (let next = toRead.pop(); next !== undefined; next = toRead.pop()) {
    const [accountId = "", ...id] = next.parts;
    const after = readUpTo.get(accountId) ?? order.after;
    if (after >= next.upTo) continue;
    readUpTo.set(accountId, next.upTo);
    const account = new AccountLives({ ...next, after });
    for (const { at, read, told } of recordsAbout(store, account.subject)) {
      if (told !== undefined) account.take(at, told.changes);
      yield { at, records: 0, messages: NOTHING, read };
    }
    lives.push(...account.lives);
    for (const [previous, upTo] of account.cameFrom) toRead.push({ ...order, parts: [previous, ...id], upTo });
  }
  return lives
    .sort((left, right) => left.first - right.first || left.place - right.place)
    .map(({ subject, first, upTo }) => ({ ...subject, after: (first - 1) as At, upTo }));
}

/** A time that an order was under one account, as far as it was looked at. */
interface Life {
  readonly subject: Subject;
  /** The first event that told of it: its record, and its place there. */
  readonly first: At;
  readonly place: number;
  upTo: At;
}

/** The lives of an order under one account. */
class AccountLives {
  readonly subject: Subject;
  readonly lives: Life[] = [];
  /** The other accounts that it came from, and when it last did. */
  readonly cameFrom = new Map<string, At>();
  #present: Life | undefined;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  /** Takes what a record told, of this order or of others. */
  take(at: At, changes: readonly ToldChange[]): void {
    const { parts, upTo } = this.subject;
    const [, orderId] = parts;
    const key = keyIn(parts);
    const left: string[] = [];
    for (const [place, { key: changed, state }] of changes.entries()) {
      if (changed === key) {
        if (this.#present === undefined) {
          this.#present = { subject: this.subject, first: at, place, upTo };
          this.lives.push(this.#present);
          for (const account of left) this.cameFrom.set(account, at);
        }
        if (state === null) {
          this.#present.upTo = at;
          this.#present = undefined;
        }
        continue;
      }
      const [account = "", changedId] = partsIn(changed);
      if (state === null && changedId === orderId) left.push(account);
    }
  }
}
