/** A subscriber of one view that keeps a replica, and resumes from where it left off whenever its connection is gone. */
import type { WireEvent } from "../../src/domain/log-record.ts";
import { balanceText, contentText, holdingText, nameOf } from "./plain-texts.ts";
import type { Connection, Message, Peer, Platform } from "./platform.ts";

export type View = "Balances" | "Holdings" | "Orders" | "Transactions";

export class Subscriber implements Peer {
  readonly view: View;
  /** The account that it is narrowed to; undefined = the whole Owner. */
  readonly account: string | undefined;
  /** The text of each record, by name. Transactions are numbered in the order in which they came. */
  readonly replica = new Map<string, string>();
  connection: Connection | undefined;
  readonly #platform: Platform;
  #positions: Readonly<Record<string, number>> | undefined;
  #isInSnapshot = false;
  /** Events of a record of which the rest is yet to come. */
  #parts: WireEvent[] = [];

  constructor(platform: Platform, view: View, account: string | undefined) {
    this.#platform = platform;
    this.view = view;
    this.account = account;
    // A view without a state is followed from the beginning.
    this.#positions = view === "Transactions" ? {} : undefined;
  }

  get isConnected(): boolean {
    return this.connection !== undefined;
  }

  subscribe(): void {
    const { ownerId } = this.#platform;
    const permissions = { Source: "simulation", Identity: "User:reader", Owners: [ownerId] };
    const accounts = this.account === undefined ? undefined : new Set([this.account]);
    this.connection = this.#platform.connect(this, permissions, accounts);
    const targets = this.account === undefined ? [] : [{ Name: "Account", Values: [`${ownerId}/${this.account}`] }];
    this.connection?.say({
      Type: "Subscribe",
      Subscription: {
        Type: this.view,
        Targets: targets,
        ...(this.#positions !== undefined && { From: { Positions: this.#positions } }),
      },
    });
  }

  /** Its client forgets what it had: it begins anew. */
  forget(): void {
    if (this.view !== "Transactions") this.#positions = undefined;
  }

  lost(): void {
    this.connection = undefined;
    this.#parts = [];
    if (this.#isInSnapshot) this.#positions = undefined;
    this.#isInSnapshot = false;
  }

  heard(message: Message): void {
    switch (message.Type) {
      case "EventMessageType_SnapshotStart":
        this.replica.clear();
        this.#isInSnapshot = true;
        this.#positions = message.Snapshot?.Positions ?? {};
        return;
      case "EventMessageType_SnapshotFinish":
        this.#isInSnapshot = false;
        return;
      case "EventMessageType_Bookmark":
        this.#positions = message.Snapshot?.Positions ?? {};
        return;
      case "EventMessageType_Update":
        this.#update(message);
        return;
      default:
    }
  }

  #update({ Updates = [], Position }: Message): void {
    this.#parts.push(...Updates);
    // Of a record that is split the last frame alone says where it stands.
    if (Position === undefined && !this.#isInSnapshot) return;
    for (const event of this.#parts) this.#fold(event);
    this.#parts = [];
    const { Sequence, Position: position } = Position ?? {};
    if (Sequence !== undefined && position !== undefined)
      this.#positions = { ...this.#positions, [Sequence]: position };
  }

  #fold(event: WireEvent): void {
    const change = changeOf(event);
    if (event.Transaction !== undefined) this.replica.set(`${this.replica.size}`, contentText(event.Transaction));
    else if (change?.text === "") this.replica.delete(change.name);
    else if (change !== undefined) this.replica.set(change.name, change.text);
  }
}

/** What an event makes of a record of the state; an empty text removes it. */
export function changeOf({
  UpdateAction,
  Order,
  Balance,
  Holding,
}: WireEvent): { name: string; text: string } | undefined {
  const isRemoval = UpdateAction === "UpdateAction_Remove";
  if (Order !== undefined) {
    const name = nameOf.order(Order.Account?.AccountID ?? "", Order.OrderID ?? "");
    return { name, text: isRemoval ? "" : contentText(Order) };
  }
  if (Balance !== undefined) {
    const name = nameOf.balance(Balance.Account?.AccountID ?? "", Balance.Currency ?? "");
    return { name, text: isRemoval ? "" : balanceText(Balance) };
  }
  if (Holding !== undefined) {
    const name = nameOf.holding(Holding.Account?.AccountID ?? "", Holding.Exchange ?? "", Holding.Code ?? "");
    return { name, text: isRemoval ? "" : holdingText(Holding) };
  }
  return undefined;
}
