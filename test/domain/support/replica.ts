/**
 * A client that knows nothing of accounting: it takes the events in and replaces by key. That is all it takes to have
 * the state, and rule E2 says in which order the events of one record come.
 */
import { type AnyEvent, type FoldedKind, folded } from "../../../src/domain/fold.ts";
import type { UpdateEvent } from "../../../src/protocol/messages/index.ts";
import type { Book } from "./book.ts";
import { expectEqual } from "./equal.ts";

type Change = { readonly kind: FoldedKind; readonly key: string; readonly content: string | undefined };

export class Replica {
  readonly #records = new Map<string, string>();

  /** Begins with what there is. */
  begin(book: Book): void {
    for (const [name, content] of statesOf(book)) this.#records.set(name, content);
  }

  /** Takes over the events of one record. An event that changes nothing should not have been raised (rule E2). */
  fold(events: readonly AnyEvent[]): void {
    for (const event of events) {
      const change = changeOf(event);
      if (change === undefined) continue;
      const name = `${change.kind} ${change.key}`;
      if (change.content === undefined) {
        // What came and went in one record is only shown as it went: an order (rule O6), or a request.
        const isExpected = change.kind === "order" || change.kind === "request" || this.#records.has(name);
        expectEqual(isExpected, true, `${name} existed before it was removed`);
        this.#records.delete(name);
      } else {
        const changed = change.content !== this.#records.get(name);
        expectEqual(changed, true, `${name} changed, since it raised an event`);
        this.#records.set(name, change.content);
      }
    }
  }

  /** The state of each record, as JSON, by its kind and key. */
  get records(): ReadonlyMap<string, string> {
    return this.#records;
  }

  /** What was folded is the state, no more and no less. */
  expectToEqual(book: Book): void {
    expectEqual(sorted(this.#records), sorted(statesOf(book)), "what the events add up to is the state");
  }
}

function statesOf(book: Book): ReadonlyMap<string, string> {
  const state = new Map<string, string>();
  for (const kind of REPLICATED) {
    for (const [key, value] of book.all(kind)) state.set(`${kind} ${key}`, JSON.stringify(value));
  }
  // An Owner's own exchange is in effect, whatever was handed down.
  for (const [key, value] of book.all("ownExchange")) state.set(`exchange ${key}`, JSON.stringify(value));
  return state;
}

export const REPLICATED: readonly FoldedKind[] = [
  "account",
  "balance",
  "holding",
  "order",
  "feed",
  "owner",
  "exchange",
  "status",
  "source",
  "identity",
  "request",
];

/** Rule E2: Updates, Orders (Remove before Update), Balances and Holdings by key, Transactions, Metadata, Status. */
export function expectOrderOfEvents(events: readonly UpdateEvent[]): void {
  const places = events.map(placeOf);
  const inOrder = [...places].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  expectEqual(places, inOrder, "rule E2: the order of the events");
}

function changeOf(event: AnyEvent): Change | undefined {
  const change = folded(event);
  if (change === undefined) return undefined;
  const { kind, key, state } = change;
  return { kind, key, content: state === undefined ? undefined : JSON.stringify(state) };
}

/** Where an event belongs among those of its record, as a text that sorts. */
function placeOf(event: UpdateEvent): string {
  switch (event.Type) {
    case "UpdateEventType_Action":
    case "UpdateEventType_ClientRequest":
    case "UpdateEventType_ClientRequestUpdate":
      return "1 Updates";
    case "UpdateEventType_Order":
      return event.UpdateAction === "UpdateAction_Remove" ? "2 Orders: Remove" : "3 Orders: Update";
    case "UpdateEventType_Balance":
      return `4 Balances: ${changeOf(event)?.key}`;
    case "UpdateEventType_Holding":
      return `5 Holdings: ${changeOf(event)?.key}`;
    case "UpdateEventType_Transaction":
      return "6 Transactions";
    case "UpdateEventType_Request":
      return "7 Requests";
    case "UpdateEventType_Operation":
      return "8 Metadata";
    case "UpdateEventType_Status":
      return "9 Status";
    default:
      throw new Error(`not an event: ${event.Type}`);
  }
}

function sorted(entries: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  return Object.fromEntries([...entries].sort(([left], [right]) => (left < right ? -1 : 1)));
}
