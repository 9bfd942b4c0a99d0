/** Turns the steps of an adapter into the updates that it sends, one by one. */
import type { UpdateEvent } from "../../../src/protocol/messages/index.ts";
import {
  type AccountFields,
  type AccountName,
  Adapter,
  type AssetFields,
  type CashFields,
  type Figure,
  type OrderFields,
  type Submission,
  type TradeFields,
  type UpdateFields,
} from "../../domain/support/adapter.ts";
import { type Listener, type Step, submit } from "../../domain/support/arbitraries.ts";

/** An update, and what must hold for it to be applied. */
export interface Line {
  readonly update: UpdateEvent;
  readonly expectedBalance?: string;
}

export class Script implements Listener {
  readonly #adapter = new Adapter();
  readonly #lines: Line[] = [];

  /** What is sent for a step; undefined for one that says something again when nothing was said. */
  lineOf(step: Step): Line | undefined {
    const before = this.#lines.length;
    submit(this, step);
    return this.#lines[before];
  }

  order = (fields: OrderFields, update?: UpdateFields): void => this.#add(this.#adapter.order(fields, update));
  trade = (id: string, trade: TradeFields, order: OrderFields = {}): void =>
    this.#add(this.#adapter.trade("Trade", id, trade, order));
  correction = (id: string, trade: TradeFields, order: OrderFields = {}): void =>
    this.#add(this.#adapter.trade("Correction", id, trade, order));
  cancel = (id: string, order: OrderFields = {}): void => this.#add(this.#adapter.trade("Cancel", id, {}, order));
  cash = (fields: CashFields, { expectedBalance }: { expectedBalance?: { toString(): string } } = {}): void =>
    this.#add(this.#adapter.cash(fields), expectedBalance?.toString());
  asset = (Value: Figure, fields: AssetFields = {}): void => this.#add(this.#adapter.asset({ Value, ...fields }));
  defineAccount = (fields: AccountFields): void => this.#add(this.#adapter.defineAccount(fields));
  undefineAccount = (account: AccountName = "A1"): void => this.#add(this.#adapter.undefineAccount(account));
  again = (updatesAgo = 0): void => {
    const earlier = this.#lines.at(-1 - updatesAgo);
    if (earlier !== undefined) this.#lines.push(earlier);
  };

  /** The adapter is the authority: what the OMS refuses it still holds to be so. */
  #add({ update, accepted }: Submission, expectedBalance?: string): void {
    accepted();
    this.#lines.push({ update, ...(expectedBalance !== undefined && { expectedBalance }) });
  }
}
