/** Cash: balances, transfers, and settlement. */
import {
  CashPosition,
  CashSettlementRecord,
  CashTransferRequest,
  RecordedState,
} from "../../protocol/messages/index.ts";
import { given, path } from "./address.ts";
import type { Done, Listing, Rows } from "./answers.ts";
import { bodyOf, bodyOfMany, type Caller, newId } from "./caller.ts";
import { asAtOf, type CallOptions, type ReadOptions, type Scope } from "./options.ts";
import { identified, scoped } from "./positions.ts";
import { type HistoryRange, historyQuery } from "./ranges.ts";

/** A balance by its name. */
export interface BalanceName {
  readonly owner: string;
  readonly account: string;
  readonly currency: string;
}

export class Balances {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Those of every Owner that the caller may see (as Operator or Admin), of one Owner, or of one account. */
  list(options: ReadOptions & Scope = {}): Promise<Listing<CashPosition>> {
    return this.#caller.list(CashPosition, { path: scoped("balance", options), query: asAtOf(options), options });
  }

  /** Every state that a balance ever had, oldest first, with the update that caused each. */
  history({ owner, account, currency }: BalanceName, options: CallOptions & HistoryRange = {}): Rows<RecordedState> {
    const route = path`/balance/for/${owner}/${account}/${currency}/history`;
    return this.#caller.rows(RecordedState, { path: route, query: historyQuery(options), options });
  }

  /** Moves cash. Its TransactionID, generated when there is none, makes a repetition harmless. */
  transfer(request: CashTransferRequest, options: CallOptions = {}): Promise<Done> {
    const body = bodyOf(CashTransferRequest, identified(request));
    return this.#caller.change({ method: "POST", path: path`/balance`, body, isRepeatable: true, options });
  }

  /** Moves cash many times (512 at most): all or none within an Owner. As `transfer`. */
  transferAll(requests: readonly CashTransferRequest[], options: CallOptions = {}): Promise<Done> {
    const body = bodyOfMany(CashTransferRequest, requests.map(identified));
    return this.#caller.change({ method: "POST", path: path`/balance/bulk`, body, isRepeatable: true, options });
  }

  /** Settles (rule C4): all or none within an Owner. The batch's `id`, generated if there is none, makes a repetition harmless. */
  settle(
    records: readonly CashSettlementRecord[],
    options: CallOptions & { readonly id?: string | undefined } = {},
  ): Promise<Done> {
    const { id = newId() } = options;
    const body = bodyOfMany(CashSettlementRecord, records);
    const query = given("id", id);
    return this.#caller.change({
      method: "POST",
      path: path`/balance/settle`,
      query,
      body,
      isRepeatable: true,
      options,
    });
  }
}
