/** Orders: how they stand, and the replacement of a state by hand. */
import { Hono } from "hono";
import { decodeStored, encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { OrderState, UpdateEvent } from "../protocol/messages/index.ts";
import { answeredMessage, wantsCompact } from "./answers.ts";
import { answerList, answerRecord, answerSeen, ownerInPath } from "./asking.ts";
import { authorised } from "./authentication.ts";
import { readMessage } from "./bodies.ts";
import type { Api } from "./environment.ts";
import { historyOf } from "./history.ts";
import { AS_AT } from "./moments.ts";
import { pathParameter, Query, refuseQuery } from "./parameters.ts";
import { submitOne } from "./updates.ts";

export const orders = new Hono<Api>();

/** What says which orders are listed. */
const LISTING = [...AS_AT, "onlyActive"] as const;

orders.get("/order", authorised("Operator", "Admin"), (call) => {
  const query = new Query(call, ...LISTING);
  return answerSeen(call, query, { kind: "order", onlyActive: query.flag("onlyActive") });
});

orders.get("/order/on/:exchange", authorised("Operator", "Admin"), (call) => {
  const query = new Query(call, ...LISTING);
  const exchange = pathParameter(call, "exchange");
  return answerSeen(call, query, { kind: "order", exchange, onlyActive: query.flag("onlyActive") });
});

orders.get("/order/for/:owner", authorised("Operator", "Admin"), (call) => {
  const query = new Query(call, ...LISTING);
  const onlyActive = query.flag("onlyActive");
  return answerList(call, query, ownerInPath(call, "Owner.Unknown"), { kind: "order", onlyActive });
});

orders.get("/order/for/:owner/:account", authorised(), (call) => {
  const query = new Query(call, ...LISTING);
  const onlyActive = query.flag("onlyActive");
  const ownerId = ownerInPath(call, "Owner.Unknown");
  return answerList(call, query, ownerId, { kind: "order", accountId: pathParameter(call, "account"), onlyActive });
});

orders.get("/order/for/:owner/:account/:order", authorised(), (call) => {
  const query = new Query(call, ...AS_AT);
  const ownerId = ownerInPath(call, "Owner.Unknown");
  const parts = [pathParameter(call, "account"), pathParameter(call, "order")];
  return answerRecord(call, query, ownerId, { kind: "order", parts });
});

orders.get(
  "/order/for/:owner/:account/:order/history",
  authorised(),
  historyOf({ kind: "order", parameters: ["account", "order"], unseen: "Owner.Unknown" }),
);

orders.patch("/order/for/:owner/:account/:order", authorised("Alter"), async (call) => {
  refuseQuery(call);
  const compact = wantsCompact(call);
  const ownerId = ownerInPath(call, "Owner.Unknown");
  const named = { ownerId, accountId: pathParameter(call, "account"), orderId: pathParameter(call, "order") };
  const order = namedOrder(await readMessage(call.req.raw, OrderState), named);
  const { at, update } = await submitOne(call, {
    ownerId,
    update: { Type: "UpdateEventType_Action", Action: { Type: "ExternalActionType_Replace", Order: order } },
    mustExist: true,
    origins: { "Action.Order": "" },
  });
  const completed = decodeStored(UpdateEvent, update).Action?.Order;
  if (completed === undefined) throw new Error("an Owner accepted an order without telling what it became");
  return answeredMessage(call, OrderState, encode(OrderState, completed, compact), at);
});

/**
 * The order under the names that the path gives it. What the body says of them may be left out, but must agree:
 * Refusal `Account owner/account` or `Field.Invalid OrderID`.
 */
function namedOrder(
  order: OrderState,
  { ownerId, accountId, orderId }: { ownerId: string; accountId: string; orderId: string },
): OrderState {
  const { OwnerID = ownerId, AccountID = accountId } = order.Account ?? {};
  if (OwnerID !== ownerId || AccountID !== accountId) throw new Refusal("Account", `${OwnerID}/${AccountID}`);
  if (order.OrderID !== undefined && order.OrderID !== orderId) throw new Refusal("Field.Invalid", "OrderID");
  return { ...order, OrderID: orderId, Account: { AccountID: accountId, OwnerID: ownerId } };
}
