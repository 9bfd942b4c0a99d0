/** What comes to an Owner by REST, and from the System: calls that are answered, or never are. */
import type { WireEvent } from "../../src/domain/log-record.ts";
import type { DeliveryItem, Submitted } from "../../src/owner/rpc.ts";
import { readStanding } from "../../src/owner/standing.ts";
import type { WireAction } from "./plain-texts.ts";
import type { Platform } from "./platform.ts";
import type { Random } from "./random.ts";

/** One call, all or none. */
export interface Call {
  readonly ids: readonly string[];
  readonly updates: readonly WireEvent[];
  /** Undefined while it is not answered, and for ever when the object died over it. */
  answer: Submitted | undefined;
  isChecked: boolean;
}

export class Caller {
  readonly calls: Call[] = [];
  /** What is awaited by its id. */
  readonly updates = new Map<string, WireEvent>();
  readonly #platform: Platform;
  readonly #random: Random;
  #ids = 0;

  constructor(platform: Platform, random: Random) {
    this.#platform = platform;
    this.#random = random;
  }

  /** Whether any call is yet to be answered. */
  get isWaiting(): boolean {
    return this.calls.slice(-20).some(({ answer }) => answer === undefined);
  }

  /** Submits cash transfers in one call. */
  call(): void {
    const random = this.#random;
    const { ownerId, data, engine } = this.#platform;
    const standing = readStanding(data.properties.get("owner"));
    if (standing === undefined) return;
    const updates = Array.from({ length: random.percent(70) ? 1 : 2 + random.below(3) }, () => this.#transfer(ownerId));
    const ids = updates.map(({ Action }) => Action?.Transaction?.TransactionID ?? "");
    for (const [index, id] of ids.entries()) this.updates.set(id, updates[index] ?? {});
    const call: Call = { ids, updates, answer: undefined, isChecked: false };
    this.calls.push(call);
    void engine
      .submit(
        standing,
        updates.map((update) => ({ update: JSON.stringify(update) })),
      )
      .then((answer) => {
        call.answer = answer;
      });
  }

  #transfer(OwnerID: string): WireEvent {
    const random = this.#random;
    const Action: WireAction = {
      Type: "ExternalActionType_CashTransfer",
      Transaction: {
        TransactionID: `rest${++this.#ids}`,
        Account: { AccountID: `${OwnerID}-A${1 + random.below(3)}`, OwnerID },
      },
      CashTransfer: {
        Currency: random.pick(["AUD", "USD"]),
        Value: random.pick([500, -12.34, 0.5]),
        // A settlement of a pool is refused, and all of its call with it.
        ...(random.percent(4) && { Pool: "Margin", Settlement: "SettlementStatus_Settle" as const }),
      },
    };
    return { Type: "UpdateEventType_Action", Action };
  }
}

/** The System as an Owner knows it: a list of metadata that is handed down until it has been taken. */
export class HandingDown {
  readonly items: (DeliveryItem & { readonly update: string })[] = [];
  readonly #platform: Platform;
  readonly #random: Random;
  #isUnderWay = false;

  constructor(platform: Platform, random: Random) {
    this.#platform = platform;
    this.#random = random;
    this.#define({ Type: "OperationType_DefineOwner", OwnerDetails: { OwnerID: platform.ownerId } });
    for (const Exchange of ["asx", "ASX", "XLON"])
      this.#define({ Type: "OperationType_DefineExchange", ExchangeDetails: { Exchange } });
  }

  get isDone(): boolean {
    return this.#taken >= this.items.length;
  }

  /** Something changes in the System. */
  change(): void {
    const note = `${this.items.length}`;
    const ExchangeDetails = { Exchange: this.#random.pick(["ASX", "XLON"]), Metadata: { note } };
    this.#define({ Type: "OperationType_DefineExchange", ExchangeDetails });
  }

  /** Hands down what has not been taken, or some of what has as well. */
  hand(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    const before = this.#taken;
    const from = Math.max(0, before - this.#random.below(2));
    const items = this.items.slice(from, from + 1 + this.#random.below(4));
    const upTo = items.at(-1)?.position ?? before;
    const done = () => {
      this.#isUnderWay = false;
    };
    this.#platform.engine
      .handDown({ after: Math.min(from, before), items, upTo: Math.max(upTo, before) })
      .then(done, done);
  }

  /** The object died: whoever waited gives up. */
  forget(): void {
    this.#isUnderWay = false;
  }

  get #taken(): number {
    return this.#platform.engine === undefined
      ? 0
      : (this.#platform.data.positions.findLast(({ sequence }) => sequence === "system")?.position ?? 0);
  }

  #define(Operation: NonNullable<WireEvent["Operation"]>): void {
    this.items.push({
      position: this.items.length + 1,
      update: JSON.stringify({ Type: "UpdateEventType_Operation", Operation }),
    });
  }
}
