/** Orders, and what clients ask of them. */
import { type ClientRequest, type OrderAmend, OrderState } from "../../protocol/messages/index.ts";
import type { Family, OptionTable, Verb } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { fieldOptions, recordFrom } from "../options/field-options.ts";
import { type AccountName, accountNamed } from "../records/account-names.ts";
import { recordKind } from "../records/kind.ts";
import { ORDER_STATES, ORDERS } from "../records/kinds.ts";
import { AS_AT, asAt, historyRange, RANGE } from "./reading.ts";
import { AMEND, makeRequest, NEW, REQUEST_OPTIONS } from "./requests.ts";

const ACTIVE: OptionTable = { active: { kind: "flag", describe: "Only those that are not completed" } };
const ON: OptionTable = { exchange: { kind: "text", describe: "On this exchange, over all Owners" } };

/** The terms of an order that are replaced by hand; what is not said stays. */
const STATE = recordKind("orders", OrderState, []);
const NAMED = ["OrderID", "Account"];
/** What an amendment cannot change, and so is not said. */
const UNCHANGEABLE = { OrderID: "", Exchange: "", Code: "", Side: "" };

export const order: Family = {
  name: "order",
  summary: "Orders, and requests for them",
  verbs: [
    {
      name: "list",
      parameters: "[account]",
      summary: "Lists orders: of an account, else of the Owner, else of all",
      options: { ...AS_AT, ...ACTIVE, ...ON },
      run: async (call) => call.printer.list(ORDERS, await listed(call)),
    },
    {
      name: "get",
      parameters: "<account> <order>",
      summary: "Shows an order",
      options: AS_AT,
      run: async (call) => call.printer.one(ORDERS, await call.client.orders.get(orderName(call), asAt(call))),
    },
    {
      name: "history",
      parameters: "<account> <order>",
      summary: "Every state that an order had, with the update that caused it",
      options: RANGE,
      run: (call) => call.printer.list(ORDER_STATES, call.client.orders.history(orderName(call), historyRange(call))),
    },
    {
      name: "export",
      parameters: "[account]",
      summary: "Writes orders as CSV",
      options: { ...AS_AT, ...ACTIVE, ...ON },
      run: async (call) => call.printer.as("csv").list(ORDERS, await listed(call)),
    },
    {
      name: "replace",
      parameters: "<account> <order>",
      summary: "Replaces the state of an order by hand; what is not said stays as it is",
      options: fieldOptions(STATE, NAMED),
      run: replace,
    },
    send(),
    amend(),
    {
      name: "cancel",
      parameters: "<account> <order>",
      summary: "Asks for the end of what is left of an order",
      options: REQUEST_OPTIONS,
      run: (call) =>
        makeRequest(call, call.account(), {
          Type: "ClientRequestType_Cancel",
          Cancel: { OrderID: call.required("order") },
        }),
    },
    {
      name: "move",
      parameters: "<account> <order> <to>",
      summary: "Asks that an order belong to another account",
      options: REQUEST_OPTIONS,
      run: move,
    },
  ],
};

function send(): Verb {
  return {
    name: "send",
    parameters: "<account> <exchange> <code> <side> <quantity> [price]",
    summary: "Asks for a new order: LIMIT with a price, MARKET without, unless --order-type says otherwise",
    options: { ...fieldOptions(NEW, ["Exchange", "Code", "Side", "Quantity", "Price"]), ...REQUEST_OPTIONS },
    run: (call) => {
      const price = call.text("price");
      const New = recordFrom(NEW, call, {
        Exchange: call.required("exchange"),
        Code: call.required("code"),
        Side: call.required("side"),
        Quantity: call.required("quantity"),
        Price: price,
        OrderType: call.text("order-type") ?? (price === undefined ? "MARKET" : "LIMIT"),
        Lifetime: call.text("lifetime") ?? "DAY",
      });
      return makeRequest(call, call.account(), { Type: "ClientRequestType_New", New });
    },
  };
}

function amend(): Verb {
  return {
    name: "amend",
    parameters: "<account> <order>",
    summary: "Asks for other terms of an order; what is not said stays as it is",
    options: { ...fieldOptions(AMEND, Object.keys(UNCHANGEABLE)), ...REQUEST_OPTIONS },
    run: async (call) => {
      const present = await call.client.orders.get(orderName(call));
      const said = recordFrom(AMEND, call, UNCHANGEABLE);
      const Amend = { ...termsOf(present), ...defined(said) };
      await makeRequest(call, call.account(), { Type: "ClientRequestType_Amend", Amend });
    },
  };
}

/** The present terms of an order: a request for other ones replaces them all, so that they are said again. */
function termsOf(order: OrderState): OrderAmend {
  const { OrderID, Exchange, Code, CfiCode, Side, OrderType, Price, Quantity } = order;
  const { Lifetime, ExpiryDate, ExDestination, FeeCodes } = order;
  const asset = { OrderID, Exchange, Code, CfiCode, Side };
  return defined({ ...asset, OrderType, Price, Quantity, Lifetime, ExpiryDate, ExDestination, FeeCodes });
}

async function replace(call: Invocation): Promise<void> {
  const name = orderName(call);
  const present = await call.client.orders.get(name);
  const replaced = await call.client.orders.replace(name, {
    ...present,
    ...defined(recordFrom(STATE, call, { OrderID: "", Account: "" })),
  });
  await call.printer.one(ORDERS, replaced);
}

async function move(call: Invocation): Promise<void> {
  const from = call.account();
  const target = accountNamed(call.required("to"), from.OwnerID);
  const request: Partial<ClientRequest> = {
    Type: "ClientRequestType_Move",
    Move: { OrderID: call.required("order"), PrevAccount: from },
  };
  await makeRequest(call, target, request);
}

async function listed(call: Invocation): Promise<readonly OrderState[]> {
  const exchange = call.text("exchange");
  const options = { ...asAt(call), ...(call.flag("active") && { onlyActive: true }) };
  return await call.client.orders.list(
    exchange === undefined ? { ...options, ...call.scope() } : { ...options, exchange },
  );
}

function orderName(call: Invocation): { owner: string; account: string; order: string } {
  const { OwnerID, AccountID }: AccountName = call.account();
  return { owner: OwnerID, account: AccountID, order: call.required("order") };
}

function defined<Fields extends object>(fields: Fields): Partial<Fields> {
  const entries = Object.entries(fields).filter(([, content]) => content !== undefined);
  return Object.assign({}, ...entries.map(([name, content]) => ({ [name]: content })));
}
