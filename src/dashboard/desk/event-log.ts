/** The stream of what happens, as a list of the latest. */
import type { Change, ViewName } from "../../client/index.ts";
import { millisecondsOf } from "../format/times.ts";
import { NextFrame } from "../parts/frames.ts";
import { Store } from "../parts/store.ts";
import { balanceText, feedText, holdingText, orderText, requestText, transactionText } from "./told.ts";

/** How many are kept: older ones can be asked of the server. */
const KEPT = 2_000;

/** The views whose events are listed. */
export type ListedView = "Balances" | "Holdings" | "Orders" | "Requests" | "Transactions" | "Status";

/** One thing that happened. */
export interface ListedEvent {
  /** Unique, and later for what came later. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly view: ListedView;
  readonly account: string;
  readonly text: string;
  readonly isGone: boolean;
  /** Where in the log it came from: `asx 4711`. */
  readonly place: string;
}

export interface EventList {
  /** Newest first. */
  readonly events: readonly ListedEvent[];
  readonly isPaused: boolean;
  /** How many have come since the list was paused. */
  readonly held: number;
}

export class EventLog {
  readonly list = new Store<EventList>({ events: [], isPaused: false, held: 0 });
  #events: ListedEvent[] = [];
  #number = 0;
  #numberAtPause = 0;
  readonly #frame = new NextFrame(() => this.#show());

  /** Adds what a subscription told, unless it was told as a snapshot. */
  add<Name extends ListedView>(view: Name, changes: readonly Change<Name>[]): void {
    const happened = changes.filter(({ isSnapshot }) => !isSnapshot);
    if (happened.length === 0) return;
    for (const change of happened) this.#events.push(this.#listed(view, change));
    if (this.#events.length > 2 * KEPT) this.#events = this.#events.slice(-KEPT);
    this.#frame.ask();
  }

  /** Keeps the list as it is, or goes on with all that has come meanwhile. */
  pause(isPaused: boolean): void {
    this.#numberAtPause = this.#number;
    this.list.update({ isPaused, held: 0 });
    this.#show();
  }

  clear(): void {
    this.#events = [];
    this.#numberAtPause = this.#number;
    this.list.update({ events: [], held: 0 });
  }

  #show(): void {
    const { isPaused } = this.list.state;
    if (isPaused) this.list.update({ held: this.#number - this.#numberAtPause });
    else this.list.update({ events: this.#events.slice(-KEPT).reverse() });
  }

  #listed(view: ListedView, { after, before, event, place }: Change<ViewName>): ListedEvent {
    const { text, account } = toldOf(view, event);
    return {
      number: ++this.#number,
      at: place?.executedAt === undefined ? Date.now() : millisecondsOf(place.executedAt),
      view,
      account,
      text,
      isGone: after === undefined && before !== undefined,
      place: place === undefined ? "" : `${place.sequence} ${place.position}`,
    };
  }
}

interface Told {
  readonly text: string;
  readonly account: string;
}

function toldOf(view: ListedView, event: Change["event"]): Told {
  switch (view) {
    case "Balances":
      return { text: balanceText(event?.Balance ?? {}), account: event?.Balance?.Account?.AccountID ?? "" };
    case "Holdings":
      return { text: holdingText(event?.Holding ?? {}), account: event?.Holding?.Account?.AccountID ?? "" };
    case "Orders":
      return { text: orderText(event?.Order ?? {}), account: event?.Order?.Account?.AccountID ?? "" };
    case "Requests":
      return { text: requestText(event?.Request ?? {}), account: event?.Request?.Request?.Account?.AccountID ?? "" };
    case "Transactions":
      return {
        text: transactionText(event?.Transaction ?? {}),
        account: event?.Transaction?.Details?.Account?.AccountID ?? "",
      };
    case "Status":
      return { text: feedText(event?.Status ?? {}), account: "" };
  }
}
