/** Orders, client requests, and transforms of both. */
import {
  ClientRequest,
  ClientRequestResponse,
  ClientRequestState,
  OrderState,
  RecordedState,
  TransformRequest,
} from "../../../protocol/messages/index.ts";
import { ALTERS, AS_AT, FORBIDDEN, HIDDEN, OPERATES, PAST, type Routes, WRITING } from "../route.ts";

const LISTING = [...AS_AT, "onlyActive"] as const;
const HISTORY = ["fromTime", "fromPositions", "toTime", "toPositions", "count"] as const;

export const ORDER_ROUTES: Routes = {
  "GET /order": {
    id: "listOrders",
    tag: "Orders",
    does: "Reads the orders of every Owner that the caller may see.",
    needs: OPERATES,
    takes: LISTING,
    answer: { many: OrderState },
    refuses: [...PAST, "Owner.Unknown"],
  },
  "GET /order/on/:exchange": {
    id: "listExchangeOrders",
    tag: "Orders",
    does: "Reads an exchange's orders, of every Owner that the caller may see.",
    needs: OPERATES,
    takes: LISTING,
    answer: { many: OrderState },
    refuses: [...PAST, "Owner.Unknown"],
  },
  "GET /order/for/:owner": {
    id: "listOwnerOrders",
    tag: "Orders",
    does: "Reads an Owner's orders.",
    needs: OPERATES,
    takes: LISTING,
    answer: { many: OrderState },
    tellsAt: true,
    refuses: [...HIDDEN, ...PAST],
  },
  "GET /order/for/:owner/:account": {
    id: "listAccountOrders",
    tag: "Orders",
    does: "Reads an account's orders.",
    takes: LISTING,
    answer: { many: OrderState },
    tellsAt: true,
    refuses: [...HIDDEN, ...PAST],
  },
  "GET /order/for/:owner/:account/:order": {
    id: "getOrder",
    tag: "Orders",
    does: "Reads one order.",
    takes: AS_AT,
    answer: { one: OrderState },
    tellsAt: true,
    refuses: [...HIDDEN, ...PAST, "Unknown"],
  },
  "PATCH /order/for/:owner/:account/:order": {
    id: "replaceOrder",
    tag: "Orders",
    does: "Replaces an order's whole state, and answers what it became.",
    more: "What the path says of the order may be left out of the body, but must agree with it.",
    needs: ALTERS,
    body: { one: OrderState },
    answer: { one: OrderState },
    tellsAt: true,
    refuses: [...HIDDEN, ...WRITING, "Unknown", "Account", "Side"],
  },
  "GET /order/for/:owner/:account/:order/history": {
    id: "getOrderHistory",
    tag: "Orders",
    does: "Reads every state that an order had, each with the update that caused it.",
    takes: HISTORY,
    answer: { many: RecordedState },
    tellsAt: true,
    refuses: [...HIDDEN, ...PAST, "Unknown"],
  },
  "POST /request": {
    id: "makeRequest",
    tag: "Requests",
    does: "Makes a client request, and answers its outcome when that is known.",
    more:
      "After 30 seconds without one it answers that the outcome is not known (`Submitted <feed>` among the Errors), or " +
      "that nobody took it (`Timeout <feed>`). The same request made again is the same request, and answers what has " +
      "become of it. What the checks find is in the answer's Errors, and the status is 200. A request of type Update " +
      "needs the feature Operator.",
    body: { one: ClientRequest },
    answer: { one: ClientRequestResponse },
    tellsAt: true,
    refuses: [...FORBIDDEN, ...WRITING, "Account", "Request.Conflict"],
  },
  "GET /request/for/:owner": {
    id: "listOwnerRequests",
    tag: "Requests",
    does: "Reads an Owner's requests that are open.",
    takes: AS_AT,
    answer: { many: ClientRequestState },
    tellsAt: true,
    refuses: [...HIDDEN, ...PAST],
  },
  "GET /request/for/:owner/:account": {
    id: "listAccountRequests",
    tag: "Requests",
    does: "Reads an account's requests that are open.",
    takes: AS_AT,
    answer: { many: ClientRequestState },
    tellsAt: true,
    refuses: [...HIDDEN, ...PAST],
  },
};

const RENAMES = [...WRITING, ...HIDDEN, "Transform.Conflict"] as const;

export const TRANSFORM_ROUTES: Routes = {
  "PATCH /account/byid/:owner/:account": {
    id: "renameAccount",
    tag: "Accounts",
    does: "Renames an account in its balances, holdings, orders and queued requests.",
    needs: ALTERS,
    takes: ["sameOwner", "newAccount"],
    body: { one: TransformRequest },
    tellsAt: true,
    refuses: [...RENAMES, "Account.OtherOwner"],
  },
  "POST /transform/rename/symbol": {
    id: "renameSymbol",
    tag: "Transforms",
    does: "Renames a symbol in orders, holdings and queued requests.",
    needs: ALTERS,
    takes: ["renamedExchange", "renamedCode", "newCode", "owners"],
    body: { one: TransformRequest },
    tellsAt: true,
    refuses: RENAMES,
  },
  "POST /transform/rename/currency": {
    id: "renameCurrency",
    tag: "Transforms",
    does: "Renames a currency in balances, orders, the averages of holdings and queued transfers; two balances become one.",
    needs: ALTERS,
    takes: ["renamedCode", "newCode", "owners"],
    body: { one: TransformRequest },
    tellsAt: true,
    refuses: RENAMES,
  },
};
