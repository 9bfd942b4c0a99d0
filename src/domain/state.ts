/**
 * What the rules read and what they change. The rules see a Draft: a layer of changes over a State that they cannot
 * touch. A refused update's draft is dropped; an accepted one is merged into the layer below.
 */
import type { Decimal } from "../protocol/decimal.ts";
import {
  bool,
  choice,
  decimal,
  int64,
  listOf,
  message,
  type Of,
  one,
  optionalText,
  text,
  textItem,
  uint32,
} from "../protocol/fields.ts";
import { ClientRequestResponse, OrderTrade, Side } from "../protocol/messages/index.ts";
import type { KeyRange } from "./keys.ts";
import type { At, Key, Kind, Records } from "./records.ts";

/** A part of a holding's movements, by the name that it has under one name of the holding (see lines.ts). */
export const HoldingLine = message("HoldingLine", {
  AccountID: text(1),
  Exchange: text(2),
  Code: text(3),
  Since: int64(4),
});
export type HoldingLine = Of<typeof HoldingLine>;

/**
 * A trade that is known for ever (rule T2): what it was booked under, its current content, and its original content
 * once it was corrected. `Cancelled` is final (rule T5). The names are those as of `Named`: renames after that carry
 * them along; absent, it is the trade's own At. `Line` is where its movement is, when that is not where these names
 * led to then. Field numbers are of no meaning: this is never on the wire.
 */
export const KnownTrade = message("KnownTrade", {
  AccountID: text(1),
  Currency: text(2),
  Exchange: text(3),
  Code: text(4),
  Side: choice(5, Side),
  Trade: one(6, OrderTrade),
  Original: one(7, OrderTrade),
  Cancelled: bool(8),
  Named: int64(9),
  Line: one(10, HoldingLine),
});
export type KnownTrade = Of<typeof KnownTrade>;

/** A transfer that is known for ever (rule C3), by a digest of its content beside the names that it is known by. */
export const KnownTransfer = message("KnownTransfer", { Digest: text(1) });
export type KnownTransfer = Of<typeof KnownTransfer>;

/** A transform that is known for ever by its TransformID, by a digest of its content. */
export const KnownTransform = message("KnownTransform", { Digest: text(1) });
export type KnownTransform = Of<typeof KnownTransform>;

/**
 * Which name another became, in its parts, and the At of the record in which it did. `Currency`: of an account, the one
 * that went without saying, if it does not for the other.
 */
export const NameChange = message("NameChange", { Name: listOf(1, textItem), At: int64(2), Currency: text(3) });
export type NameChange = Of<typeof NameChange>;

/**
 * The renames that a name was in (rule X2): when it was given up and for which, oldest first, and whether others were
 * given up for it (see renames.ts).
 */
export const KnownRenames = message("KnownRenames", { Left: listOf(1, NameChange), IsJoined: bool(2) });
export type KnownRenames = Of<typeof KnownRenames>;

/**
 * Under which account an order of that OrderID lives; absent once it is removed, and before its first state. `RequestID`
 * is that of an open request which is said to become the order, and of which no state has told yet.
 */
export const KnownOrder = message("KnownOrder", { AccountID: text(1), RequestID: text(2) });
export type KnownOrder = Of<typeof KnownOrder>;

/** Who waits for the outcome of a client request: the session, and the RequestID of its RequestMessage. */
export const Requester = message("Requester", { SessionID: text(1), RequestID: text(2) });
export type Requester = Of<typeof Requester>;

/**
 * A client request that is known for ever: a digest of what was asked, and the outcome so far, without what names the
 * request. `Requester` is told of more while it is open; `Deliveries` is how often it was sent; `IsBooked`: the state of
 * an order has told of it, which now reserves what the request held. `MovedTo` is the account's next name, under which
 * all of this is known that is not said here.
 */
export const KnownRequest = message("KnownRequest", {
  Digest: text(1),
  Response: one(2, ClientRequestResponse),
  Requester: one(3, Requester),
  Deliveries: uint32(4),
  IsBooked: bool(5),
  MovedTo: optionalText(6),
});
export type KnownRequest = Of<typeof KnownRequest>;

/** The price of the last trade that this Owner saw in an exchange, code and currency, and which trade that was. */
export const KnownPrice = message("KnownPrice", { Price: decimal(1), OrderID: text(2), TradeID: text(3) });
export type KnownPrice = Of<typeof KnownPrice>;

/** A name of an Owner, and the position in the sequence `system` from which its object bears it. */
export const OwnerName = message("OwnerName", { OwnerID: text(1), From: int64(2) });
export type OwnerName = Of<typeof OwnerName>;

/**
 * Which object an Owner's name leads to, in the System's directory. `Generation` is the position at which the name came
 * to lead there: another one, and it is another Owner. `Names` are all that the object has had, oldest first.
 */
export const KnownOwner = message("KnownOwner", {
  Object: text(1),
  Generation: int64(2),
  Names: listOf(3, OwnerName),
  Jurisdiction: text(4),
  LocationHint: text(5),
});
export type KnownOwner = Of<typeof KnownOwner>;

/** What is known by an id of its own rather than by the account it belongs to. */
export interface KnownRecords {
  readonly order: KnownOrder;
  readonly trade: Known<KnownTrade>;
  readonly transfer: Known<KnownTransfer>;
  readonly transform: KnownTransform;
  readonly renames: KnownRenames;
  readonly owner: KnownOwner;
  readonly request: Known<KnownRequest>;
  readonly price: KnownPrice;
}
export type KnownKind = keyof KnownRecords;

/** Something known, with the At of the record that first told of it. */
export type Known<Content> = Content & { readonly At: At };

/** A currency by the name that it had at some time, which renames after that may have changed. */
export interface NamedCurrency {
  readonly name: string;
  readonly at: At;
}

/**
 * The average price of a holding and what it rests on (rules H1-H3). `unpriced`: unknown until the first priced
 * movement in the same direction sets it. `mixed`: two currencies met; unknown until flat or through zero.
 */
export type Average =
  | { readonly basis: "flat" }
  | { readonly basis: "priced"; readonly price: Decimal; readonly currency: NamedCurrency | undefined }
  | { readonly basis: "unpriced" }
  | { readonly basis: "mixed" };

/** A signed quantity and its average. */
export interface Position {
  readonly quantity: Decimal;
  readonly average: Average;
}

/** A change of a holding's quantity. */
export interface Step {
  readonly quantity: Decimal;
  /** Absent for an unpriced transfer. */
  readonly price?: Decimal;
  /** Absent when it is of the holding's own currency, whichever that is. */
  readonly currency?: NamedCurrency;
  /** It is another holding that joins this one (rule X2), and had no one currency. */
  readonly isMixed?: true;
}

/** A change of a holding's quantity at its place in the Owner's log, and the position after it (rule T6). */
export interface Movement extends Step {
  readonly at: At;
  readonly after: Position;
}

/**
 * What one timer is for. Its key is the OrderID, the feed's name or what a client request is known by; in the System it
 * is the OwnerID: of an Owner that has yet to be handed metadata down, or that is being undefined. That of a job, of which
 * there is one at a time, is empty.
 */
export type TimerKind = "order" | "feed" | "silence" | "request" | "job" | "delivery" | "retirement";

export interface Timer {
  /** Wall time in milliseconds since 1970. */
  readonly due: number;
  readonly kind: TimerKind;
  readonly key: string;
}

/** Everything that the rules may ask about the past. */
export interface State {
  record<K extends Kind>(kind: K, key: Key<K>): Records[K] | undefined;
  /** The keys of the records of a kind that exist, in key order. The state must not change while it is iterated. */
  keys<K extends Kind>(kind: K, range?: KeyRange): Iterable<Key<K>>;
  /** Whether the present state of an order was made after a moment. */
  isOrderMadeAfter(key: Key<"order">, at: number): boolean;
  known<K extends KnownKind>(kind: K, id: string): KnownRecords[K] | undefined;
  /** The ids by which something is known, in key order. The state must not change while it is iterated. */
  knownIds(kind: KnownKind, range: KeyRange): Iterable<string>;
  /** The last movement of a line of a holding before a place in the log. */
  movementBefore(line: Key<"holding">, at: At): Movement | undefined;
  /** The movements of a line of a holding from a place in the log on, in order. */
  movementsFrom(line: Key<"holding">, at: At): Iterable<Movement>;
}
