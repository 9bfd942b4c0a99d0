/** Assets: what accounts hold, and transfers. */
import { AssetPosition, AssetTransferRequest, RecordedState } from "../../protocol/messages/index.ts";
import { path } from "./address.ts";
import type { Done, Listing, Rows } from "./answers.ts";
import { bodyOf, bodyOfMany, type Caller } from "./caller.ts";
import { asAtOf, type CallOptions, type ReadOptions, type Scope } from "./options.ts";
import { identified, scoped } from "./positions.ts";
import { type HistoryRange, historyQuery } from "./ranges.ts";

/** A holding by its name. */
export interface HoldingName {
  readonly owner: string;
  readonly account: string;
  readonly exchange: string;
  readonly code: string;
}

export class Holdings {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Those of every Owner that the caller may see (as Operator or Admin), of one Owner, or of one account. */
  list(options: ReadOptions & Scope = {}): Promise<Listing<AssetPosition>> {
    return this.#caller.list(AssetPosition, { path: scoped("holding", options), query: asAtOf(options), options });
  }

  /** Every state that a holding ever had, oldest first, with the update that caused each. */
  history(
    { owner, account, exchange, code }: HoldingName,
    options: CallOptions & HistoryRange = {},
  ): Rows<RecordedState> {
    const route = path`/holding/for/${owner}/${account}/${exchange}/${code}/history`;
    return this.#caller.rows(RecordedState, { path: route, query: historyQuery(options), options });
  }

  /** Moves assets. Its TransactionID, generated when there is none, makes a repetition harmless. */
  transfer(request: AssetTransferRequest, options: CallOptions = {}): Promise<Done> {
    const body = bodyOf(AssetTransferRequest, identified(request));
    return this.#caller.change({ method: "POST", path: path`/holding`, body, isRepeatable: true, options });
  }

  /** Moves assets many times (512 at most): all or none within an Owner. As `transfer`. */
  transferAll(requests: readonly AssetTransferRequest[], options: CallOptions = {}): Promise<Done> {
    const body = bodyOfMany(AssetTransferRequest, requests.map(identified));
    return this.#caller.change({ method: "POST", path: path`/holding/bulk`, body, isRepeatable: true, options });
  }
}
