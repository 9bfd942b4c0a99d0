/** Cash: what accounts have, transfers, and settlement. */
import { Hono } from "hono";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { CashSettlementRecord, CashTransferRequest } from "../protocol/messages/index.ts";
import { isOwnerId } from "../protocol/names.ts";
import { authorised } from "./authentication.ts";
import { inItem, readMessage, readMessages } from "./bodies.ts";
import type { Api, Call } from "./environment.ts";
import { answerList, ownerInPath, seenOwners } from "./owners.ts";
import { pathParameter, Query, refuseQuery } from "./parameters.ts";
import {
  answerUpdate,
  answerUpdates,
  authorisedTransaction,
  type Instructed,
  requiredAccount,
  requiredField,
} from "./updates.ts";

export const balances = new Hono<Api>();

balances.get("/balance", authorised("Operator", "Admin"), (call) => {
  refuseQuery(call);
  return answerList(call, seenOwners(call), { kind: "balance" });
});

balances.get("/balance/for/:owner", authorised(), (call) => {
  refuseQuery(call);
  return answerList(call, [ownerInPath(call, "Authority")], { kind: "balance" });
});

balances.get("/balance/for/:owner/:account", authorised(), (call) => {
  refuseQuery(call);
  const owners = [ownerInPath(call, "Authority")];
  return answerList(call, owners, { kind: "balance", accountId: pathParameter(call, "account") });
});

balances.post("/balance", authorised("Alter"), async (call) => {
  refuseQuery(call);
  return answerUpdate(call, transferOf(call, await readMessage(call.req.raw, CashTransferRequest)));
});

balances.post("/balance/bulk", authorised("Alter"), async (call) => {
  refuseQuery(call);
  const requests = await readMessages(call.req.raw, CashTransferRequest);
  return answerUpdates(
    call,
    requests.map((request, index) => inItem(index, () => transferOf(call, request))),
  );
});

balances.post("/balance/settle", authorised("Alter"), async (call) => {
  const query = new Query(call, "id");
  const id = query.one("id") ?? crypto.randomUUID();
  if (id.length > LIMITS.SETTLEMENT_ID_CHARACTERS) throw new Refusal("Field.Invalid", "id");
  const records = await readMessages(call.req.raw, CashSettlementRecord);
  const settlements = records.map((record, index) => inItem(index, () => settlementOf(call, id, record)));
  refuseRepetition(records);
  return answerUpdates(call, settlements);
});

function transferOf(call: Call, { Transaction, Transfer }: CashTransferRequest): Instructed {
  const transaction = requiredField(Transaction, "Transaction");
  const transfer = requiredField(Transfer, "Transfer");
  const { ownerId } = requiredAccount(transaction.Account, "Transaction.Account");
  return {
    ownerId,
    update: {
      Type: "UpdateEventType_Action",
      Action: {
        Type: "ExternalActionType_CashTransfer",
        Transaction: authorisedTransaction(call, transaction),
        CashTransfer: transfer,
      },
    },
    origins: { "Action.Transaction": "Transaction", "Action.CashTransfer": "Transfer" },
  };
}

/** Rule C4. */
function settlementOf(call: Call, id: string, record: CashSettlementRecord): Instructed {
  const ownerId = requiredField(record.Owner, "Owner");
  const accountId = requiredField(record.Account, "Account");
  if (!isOwnerId(ownerId)) throw new Refusal("Field.Invalid", "Owner");
  const currency = requiredField(record.Currency, "Currency");
  const expectedBalance = requiredField(record.ExpectedBalance, "ExpectedBalance").toString();
  return {
    ownerId,
    update: {
      Type: "UpdateEventType_Action",
      Action: {
        Type: "ExternalActionType_CashTransfer",
        Transaction: authorisedTransaction(call, {
          TransactionID: `${id}/${accountId}/${currency}`,
          Account: { AccountID: accountId, OwnerID: ownerId },
        }),
        CashTransfer: {
          Currency: currency,
          Value: requiredField(record.Settle, "Settle"),
          Settlement: "SettlementStatus_Settle",
        },
      },
    },
    expectedBalance,
    origins: { "Action.CashTransfer.Value": "Settle" },
  };
}

/** Two records of a batch for one account and currency would share a TransactionID. Throws Refusal `Settlement`. */
function refuseRepetition(records: readonly CashSettlementRecord[]): void {
  const seen = new Set<string>();
  for (const [index, { Owner, Account, Currency }] of records.entries()) {
    const settled = JSON.stringify([Owner, Account, Currency]);
    if (seen.has(settled)) throw new Refusal("Settlement", `[${index}]`);
    seen.add(settled);
  }
}
