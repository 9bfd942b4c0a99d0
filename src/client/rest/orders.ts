/** Orders: how they stand, and the replacement of a state by hand. */
import { OrderState, RecordedState } from "../../protocol/messages/index.ts";
import { given, path } from "./address.ts";
import type { Answer, Listing, Rows } from "./answers.ts";
import { bodyOf, type Caller } from "./caller.ts";
import { asAtOf, type CallOptions, type ReadOptions, type Scope } from "./options.ts";
import { scoped } from "./positions.ts";
import { type HistoryRange, historyQuery } from "./ranges.ts";

/** An order by its name. */
export interface OrderName {
  readonly owner: string;
  readonly account: string;
  readonly order: string;
}

/** Which orders are listed: on an exchange, or of Owners and accounts. */
export type OrderScope =
  | (Scope & { readonly exchange?: undefined })
  | { readonly exchange: string; readonly owner?: undefined; readonly account?: undefined };

export interface OrderListOptions extends ReadOptions {
  /** Leaves out those that are completed. */
  readonly onlyActive?: boolean | undefined;
}

export class Orders {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Those of one account; or, for an Operator or Admin, of an Owner, on an exchange, or all that the caller may see. */
  list(options: OrderListOptions & OrderScope = {}): Promise<Listing<OrderState>> {
    const { exchange } = options;
    const route = exchange === undefined ? scoped("order", options) : path`/order/on/${exchange}`;
    const query = [...given("onlyActive", options.onlyActive), ...asAtOf(options)];
    return this.#caller.list(OrderState, { path: route, query, options });
  }

  get({ owner, account, order }: OrderName, options: ReadOptions = {}): Promise<Answer<OrderState>> {
    const route = path`/order/for/${owner}/${account}/${order}`;
    return this.#caller.one(OrderState, { path: route, query: asAtOf(options), options });
  }

  /** Every state that an order ever had, oldest first, with the update that caused each; back through its moves. */
  history({ owner, account, order }: OrderName, options: CallOptions & HistoryRange = {}): Rows<RecordedState> {
    const route = path`/order/for/${owner}/${account}/${order}/history`;
    return this.#caller.rows(RecordedState, { path: route, query: historyQuery(options), options });
  }

  /**
   * Replaces the state of an order by hand, and answers what it became. It is not tried again by itself: its feed may have
   * taken the order on since.
   */
  replace(
    { owner, account, order }: OrderName,
    state: OrderState,
    options: CallOptions = {},
  ): Promise<Answer<OrderState>> {
    return this.#caller.one(OrderState, {
      method: "PATCH",
      path: path`/order/for/${owner}/${account}/${order}`,
      body: bodyOf(OrderState, state),
      isRepeatable: false,
      options,
    });
  }
}
