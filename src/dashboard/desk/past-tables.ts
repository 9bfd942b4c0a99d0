/** What an Owner, or one account, had at a moment of the past. */
import { type Client, OmsError } from "../../client/index.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";
import { Store } from "../parts/store.ts";
import { NO_TABLES, type Tables } from "./records.ts";

export interface PastState {
  /** The moment that is asked for. */
  readonly at: Timestamp;
  /** The moment of the tables: an earlier one while the next is on its way. */
  readonly shownAt: Timestamp | undefined;
  readonly tables: Tables;
  /** Why the moment cannot be shown. */
  readonly problem?: string;
}

/** What is asked about. */
export interface Scope {
  readonly owner: string;
  readonly account: string | undefined;
}

/**
 * All orders of an Owner are told to an Operator or Admin alone; those of one account to whoever may see it. An order
 * that is open reserves something, so its account has a balance or a holding.
 */
function unlessForbidden(error: unknown): undefined {
  if (!(error instanceof OmsError && error.status === 403)) throw error;
}

/** Reads moments as they are asked for, one at a time: of those that come meanwhile only the last is read. */
export class PastTables {
  readonly shown = new Store<PastState | undefined>(undefined);
  readonly #client: Client;
  readonly #scope: Scope;
  #reading: Promise<void> | undefined;

  constructor(client: Client, scope: Scope) {
    this.#client = client;
    this.#scope = scope;
  }

  /** Shows a moment as soon as it has been read; undefined ends it. */
  show(at: Timestamp | undefined): void {
    const { shownAt, tables } = this.shown.state ?? { shownAt: undefined, tables: NO_TABLES };
    this.shown.set(at === undefined ? undefined : { at, shownAt, tables });
    if (at !== undefined) this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined));
  }

  async #readAll(): Promise<void> {
    for (;;) {
      const wanted = this.shown.state;
      if (wanted === undefined || wanted.at === wanted.shownAt || wanted.problem !== undefined) return;
      const read = await this.#readOne(wanted.at);
      const { state } = this.shown;
      // The reader is back in the present.
      if (state === undefined) return;
      this.shown.set(state.at === wanted.at || read.problem === undefined ? { ...state, ...read } : state);
    }
  }

  async #readOne(at: Timestamp): Promise<Partial<PastState>> {
    try {
      return { shownAt: at, tables: await this.#tablesAt(at) };
    } catch (error) {
      return { problem: error instanceof OmsError ? error.message : String(error) };
    }
  }

  async #tablesAt(asAt: Timestamp): Promise<Tables> {
    const options = { ...this.#scope, asAt };
    const [balances, holdings, orders, requests] = await Promise.all([
      this.#client.balances.list(options),
      this.#client.holdings.list(options),
      this.#client.orders.list(options).catch(unlessForbidden),
      this.#client.requests.list(options),
    ]);
    if (orders !== undefined) return { balances, holdings, orders, requests };
    const accounts = new Set([...balances, ...holdings].map(({ Account }) => Account?.AccountID ?? ""));
    const lists = [...accounts].map((account) => this.#client.orders.list({ ...options, account }));
    return { balances, holdings, orders: (await Promise.all(lists)).flat(), requests };
  }
}
