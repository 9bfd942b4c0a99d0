/** One view that is watched: its records as they are, and each change of them as a line. */
import type { Change, Session, Subscription, Targets } from "../../client/index.ts";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import { exactJson } from "../output/json.ts";
import { type TableStyle, tableText } from "../output/table.ts";
import type { RecordKind } from "../records/kind.ts";
import { BALANCES, FEEDS, HOLDINGS, ORDERS, REQUESTS } from "../records/kinds.ts";

export const VIEWS = ["balances", "holdings", "orders", "requests", "feeds"] as const;
export type WatchedView = (typeof VIEWS)[number];

/** A view that is watched, whatever its records are. */
export interface Watched {
  readonly view: WatchedView;
  readonly subscription: Pick<Subscription, "state" | "close">;
  readonly size: number;
  /** At most so many of its records as a table, by key. */
  table(style: TableStyle, most: number): string;
  /** Calls back after changes. */
  onChange(listener: () => void): void;
  /** Every change as one line of JSON. Ends when the subscription does; throws what ended it. */
  lines(): AsyncIterable<string>;
}

/** Subscribes to a view. */
export function watched(view: WatchedView, session: Session, targets: Targets): Watched {
  switch (view) {
    case "balances":
      return watching(view, BALANCES, session.subscribe("Balances", targets));
    case "holdings":
      return watching(view, HOLDINGS, session.subscribe("Holdings", targets));
    case "orders":
      return watching(view, ORDERS, session.subscribe("Orders", targets));
    case "requests":
      return watching(view, REQUESTS, session.subscribe("Requests", targets));
    case "feeds":
      // Feeds are the Owner's, and no account's.
      return watching(view, FEEDS, session.subscribe("Status"));
  }
}

/** What is used of a subscription to states of this kind. */
interface StatesOf<Item> extends AsyncIterable<ChangeOf<Item>>, Pick<Subscription, "state" | "close"> {
  readonly records: ReadonlyMap<string, Item>;
  onChange(listener: () => void): () => void;
}

interface ChangeOf<Item> extends Pick<Change, "key" | "place" | "isSnapshot" | "joined"> {
  readonly before?: Item;
  readonly after?: Item;
}

function watching<Schema extends MessageSchema>(
  view: WatchedView,
  kind: RecordKind<Schema>,
  subscription: StatesOf<Of<Schema>>,
): Watched {
  return {
    view,
    subscription,
    get size() {
      return subscription.records.size;
    },
    table(style, most) {
      const keys = [...subscription.records.keys()].sort().slice(0, most);
      const records = keys.map((key) => subscription.records.get(key)).filter((record) => record !== undefined);
      const rows = records.map((record) => kind.shown.map((column) => column.cell(record)));
      return tableText(kind.shown, rows, style);
    },
    onChange: (listener) => void subscription.onChange(listener),
    async *lines() {
      for await (const change of subscription) yield lineOf(view, kind, change);
    },
  };
}

/** `{"View":"balances","Change":"Update","Record":{…},"Sequence":"asx","Position":7,"At":"…"}` */
export function lineOf<Schema extends MessageSchema>(
  view: string,
  kind: RecordKind<Schema>,
  { before, after, place, isSnapshot, joined }: ChangeOf<Of<Schema>>,
): string {
  const record = after ?? before;
  const about = {
    View: view,
    Change: isSnapshot && after !== undefined ? "Snapshot" : after === undefined ? "Remove" : "Update",
    ...(joined > 0 && { Joined: joined }),
    ...(place?.sequence !== undefined && { Sequence: place.sequence }),
    ...(place !== undefined && { Position: place.position }),
    ...(place?.executedAt !== undefined && { At: place.executedAt }),
    Record: JSON.rawJSON("null"),
  };
  // The record is written by its own rules, last, in place of the null.
  const frame = JSON.stringify(about);
  return frame.replace(/null\}$/, () => `${record === undefined ? "null" : exactJson(record, kind.schema)}}`);
}
