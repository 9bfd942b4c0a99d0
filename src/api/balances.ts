/** Cash: what accounts have, transfers, and settlement. */
import { required } from "../domain/requirements.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { CashSettlementRecord, CashTransferRequest } from "../protocol/messages/index.ts";
import { isOwnerId } from "../protocol/names.ts";
import { authorised } from "./authentication.ts";
import { inItem, readMessages } from "./bodies.ts";
import type { Call } from "./environment.ts";
import { historyOf } from "./history.ts";
import { Query } from "./parameters.ts";
import { positionRoutes } from "./positions.ts";
import { answerUpdates, authorisedTransaction, type Instructed } from "./updates.ts";

export const balances = positionRoutes({
  kind: "balance",
  request: CashTransferRequest,
  transferField: "CashTransfer",
  actionOf: ({ Transfer }, Transaction) => ({
    Type: "ExternalActionType_CashTransfer",
    Transaction,
    CashTransfer: required(Transfer, "Transfer"),
  }),
});

balances.get(
  "/balance/for/:owner/:account/:currency/history",
  authorised(),
  historyOf({ kind: "balance", parameters: ["account", "currency"], unseen: "Authority" }),
);

balances.post("/balance/settle", authorised("Alter"), async (call) => {
  const query = new Query(call, "id");
  const id = query.one("id") ?? crypto.randomUUID();
  if (id.length > LIMITS.SETTLEMENT_ID_CHARACTERS) throw new Refusal("Field.Invalid", "id");
  const records = await readMessages(call.req.raw, CashSettlementRecord);
  const settlements = records.map((record, index) => inItem(index, () => settlementOf(call, id, record)));
  refuseRepetition(records);
  return answerUpdates(call, settlements);
});

/** Rule C4. A record without ExpectedBalance settles whatever the balance is. */
function settlementOf(call: Call, id: string, record: CashSettlementRecord): Instructed {
  const ownerId = required(record.Owner, "Owner");
  const accountId = required(record.Account, "Account");
  if (!isOwnerId(ownerId)) throw new Refusal("Field.Invalid", "Owner");
  const currency = required(record.Currency, "Currency");
  const expectedBalance = record.ExpectedBalance?.toString();
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
          Value: required(record.Settle, "Settle"),
          Settlement: "SettlementStatus_Settle",
        },
      },
    },
    ...(expectedBalance !== undefined && { expectedBalance }),
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
