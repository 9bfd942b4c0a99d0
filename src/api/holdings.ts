/** Assets: what accounts hold, and transfers. */
import { Hono } from "hono";
import { AssetTransferRequest } from "../protocol/messages/index.ts";
import { authorised } from "./authentication.ts";
import { inItem, readMessage, readMessages } from "./bodies.ts";
import type { Api, Call } from "./environment.ts";
import { answerList, ownerInPath, seenOwners } from "./owners.ts";
import { pathParameter, refuseQuery } from "./parameters.ts";
import {
  answerUpdate,
  answerUpdates,
  authorisedTransaction,
  type Instructed,
  requiredAccount,
  requiredField,
} from "./updates.ts";

export const holdings = new Hono<Api>();

holdings.get("/holding", authorised("Operator", "Admin"), (call) => {
  refuseQuery(call);
  return answerList(call, seenOwners(call), { kind: "holding" });
});

holdings.get("/holding/for/:owner", authorised(), (call) => {
  refuseQuery(call);
  return answerList(call, [ownerInPath(call, "Authority")], { kind: "holding" });
});

holdings.get("/holding/for/:owner/:account", authorised(), (call) => {
  refuseQuery(call);
  const owners = [ownerInPath(call, "Authority")];
  return answerList(call, owners, { kind: "holding", accountId: pathParameter(call, "account") });
});

holdings.post("/holding", authorised("Alter"), async (call) => {
  refuseQuery(call);
  return answerUpdate(call, transferOf(call, await readMessage(call.req.raw, AssetTransferRequest)));
});

holdings.post("/holding/bulk", authorised("Alter"), async (call) => {
  refuseQuery(call);
  const requests = await readMessages(call.req.raw, AssetTransferRequest);
  return answerUpdates(
    call,
    requests.map((request, index) => inItem(index, () => transferOf(call, request))),
  );
});

function transferOf(call: Call, { Transaction, Transfer }: AssetTransferRequest): Instructed {
  const transaction = requiredField(Transaction, "Transaction");
  const transfer = requiredField(Transfer, "Transfer");
  const { ownerId } = requiredAccount(transaction.Account, "Transaction.Account");
  return {
    ownerId,
    update: {
      Type: "UpdateEventType_Action",
      Action: {
        Type: "ExternalActionType_AssetTransfer",
        Transaction: authorisedTransaction(call, transaction),
        AssetTransfer: transfer,
      },
    },
    origins: { "Action.Transaction": "Transaction", "Action.AssetTransfer": "Transfer" },
  };
}
