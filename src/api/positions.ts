/** What cash and assets have in common: their positions are listed, and transfers move them, one or in bulk. */

import { Hono } from "hono";
import type * as z from "zod";
import { required } from "../domain/requirements.ts";
import type { MessageSchema } from "../protocol/fields.ts";
import type { ExternalAction, TransactionDetails } from "../protocol/messages/index.ts";
import { answerList, answerSeen, ownerInPath } from "./asking.ts";
import { authorised } from "./authentication.ts";
import { inItem, readMessage, readMessages } from "./bodies.ts";
import type { Api, Call } from "./environment.ts";
import { AS_AT } from "./moments.ts";
import { pathParameter, Query, refuseQuery } from "./parameters.ts";
import { answerUpdate, answerUpdates, authorisedTransaction, type Instructed, requiredAccount } from "./updates.ts";

/** One kind of position: what its records are called, and how a request becomes an action. */
export interface PositionKind<Request extends MessageSchema> {
  readonly kind: "balance" | "holding";
  readonly request: Request;
  /** The action of a request whose transaction has been authorised. */
  readonly actionOf: (request: z.output<Request>, transaction: TransactionDetails) => ExternalAction;
  /** The field of the action that the request's `Transfer` becomes. */
  readonly transferField: "CashTransfer" | "AssetTransfer";
}

/** What every request for a transfer names. */
interface TransferRequest {
  readonly Transaction?: TransactionDetails;
  readonly Transfer?: object;
}

/** The routes below `/balance` or `/holding` that both have. */
export function positionRoutes<Request extends z.ZodObject & z.ZodType<TransferRequest>>(
  position: PositionKind<Request>,
): Hono<Api> {
  const { kind, request } = position;
  const routes = new Hono<Api>();

  routes.get(`/${kind}`, authorised("Operator", "Admin"), (call) => {
    return answerSeen(call, new Query(call, ...AS_AT), { kind });
  });

  routes.get(`/${kind}/for/:owner`, authorised(), (call) => {
    const query = new Query(call, ...AS_AT);
    return answerList(call, query, ownerInPath(call, "Authority"), { kind });
  });

  routes.get(`/${kind}/for/:owner/:account`, authorised(), (call) => {
    const query = new Query(call, ...AS_AT);
    const ownerId = ownerInPath(call, "Authority");
    return answerList(call, query, ownerId, { kind, accountId: pathParameter(call, "account") });
  });

  routes.post(`/${kind}`, authorised("Alter"), async (call) => {
    refuseQuery(call);
    return answerUpdate(call, transferOf(call, position, await readMessage(call.req.raw, request)));
  });

  routes.post(`/${kind}/bulk`, authorised("Alter"), async (call) => {
    refuseQuery(call);
    const requests = await readMessages(call.req.raw, request);
    const transfers = requests.map((each, index) => inItem(index, () => transferOf(call, position, each)));
    return answerUpdates(call, transfers);
  });

  return routes;
}

function transferOf<Request extends z.ZodObject & z.ZodType<TransferRequest>>(
  call: Call,
  { actionOf, transferField }: PositionKind<Request>,
  request: z.output<Request>,
): Instructed {
  const transaction = required(request.Transaction, "Transaction");
  required(request.Transfer, "Transfer");
  const { ownerId } = requiredAccount(transaction.Account, "Transaction.Account");
  return {
    ownerId,
    update: { Type: "UpdateEventType_Action", Action: actionOf(request, authorisedTransaction(call, transaction)) },
    origins: { "Action.Transaction": "Transaction", [`Action.${transferField}`]: "Transfer" },
  };
}
