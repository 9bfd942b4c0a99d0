/** Cash. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { text as wholeText } from "node:stream/consumers";
import { Refusal } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { type CashPosition, type CashSettlementRecord, CashTransferRequest } from "../../protocol/messages/index.ts";
import type { Family } from "../command.ts";
import { EXIT, Failed } from "../exit-codes.ts";
import { csvRows } from "../imports/csv-rows.ts";
import { IMPORT_OPTIONS, importFile, openFile } from "../imports/import.ts";
import { type RefusedLine, recordsIn } from "../imports/records.ts";
import type { Invocation } from "../invocation.ts";
import { fieldOptions, recordFrom } from "../options/field-options.ts";
import { plainText } from "../output/plain-text.ts";
import type { Levelling } from "../positions/level.ts";
import { levelCash } from "../positions/levelling.ts";
import { positionVerbs } from "../positions/verbs.ts";
import { writeAccountName } from "../records/account-names.ts";
import { BALANCE_STATES, BALANCES, CASH_TRANSFERS, SETTLEMENTS } from "../records/kinds.ts";
import { UsageError } from "../usage.ts";
import { named, nameOfPosition, requireTransactionId, TRANSFER_FILE } from "./positions.ts";
import { historyRange, RANGE } from "./reading.ts";

const SAID = ["Transaction.Account", "Transfer.Currency", "Transfer.Value", "Transaction.Authorities"];

const levelling: Levelling<typeof BALANCES.schema, typeof CashTransferRequest> = {
  kind: BALANCES,
  transfer: CashTransferRequest,
  read: (call, owner, account) => call.client.balances.list({ owner, account }),
  send: (call, transfers) => call.client.balances.transferAll(transfers),
  accountOf: named,
  keyOf: (position) => `${nameOfPosition(position)} ${position.Currency ?? ""}`,
  emptied: ({ Account, Currency }) => ({
    ...(Account !== undefined && { Account }),
    ...(Currency !== undefined && { Currency }),
  }),
  level: levelCash,
};

export const balance: Family = {
  name: "balance",
  summary: "Cash of accounts",
  verbs: [
    ...positionVerbs(
      levelling,
      (call, options): Promise<readonly CashPosition[]> => call.client.balances.list({ ...options, ...call.scope() }),
      "UnfilledBuys is what open orders reserve, and is passed over",
    ),
    {
      name: "history",
      parameters: "<account> <currency>",
      summary: "Every state that a balance had, with the update that caused it",
      options: RANGE,
      run: async (call) => {
        const { OwnerID, AccountID } = call.account();
        const name = { owner: OwnerID, account: AccountID, currency: call.required("currency") };
        await call.printer.list(BALANCE_STATES, call.client.balances.history(name, historyRange(call)));
      },
    },
    {
      name: "transfer",
      parameters: "[account] [currency] [value]",
      summary: "Transfers cash, in (a positive value) or out; or every transfer of a CSV file",
      options: { ...fieldOptions(CASH_TRANSFERS, SAID), ...TRANSFER_FILE, ...IMPORT_OPTIONS },
      run: (call) => (call.text("file") === undefined ? transferOne(call) : transferMany(call)),
    },
    {
      name: "settle",
      parameters: "[account] [currency] [value]",
      summary: "Settles unbooked cash; or every settlement of a CSV file, a batch all or none",
      options: {
        id: { kind: "text", describe: "The id of the batch: the same one again changes nothing" },
        "expected-balance": { kind: "text", describe: "Refuse it unless this is the balance" },
        file: { kind: "text", alias: "f", describe: "A CSV file of settlements, - for stdin" },
      },
      run: (call) => (call.text("file") === undefined ? settleOne(call) : settleMany(call)),
    },
  ],
};

async function transferOne(call: Invocation): Promise<void> {
  const record = recordFrom(CASH_TRANSFERS, call, {
    "Transaction.Account": writeAccountName(call.account()),
    "Transfer.Currency": call.required("currency"),
    "Transfer.Value": call.required("value"),
  });
  await call.client.balances.transfer(record);
}

function transferMany(call: Invocation): Promise<void> {
  return importFile(call, {
    kind: CASH_TRANSFERS,
    require: ({ Transaction }) => requireTransactionId(Transaction),
    send: (records) => call.client.balances.transferAll(records),
  });
}

async function settleOne(call: Invocation): Promise<void> {
  const { OwnerID, AccountID } = call.account();
  const expected = call.text("expected-balance");
  const record = recordFrom(SETTLEMENTS, call, {
    Owner: OwnerID,
    Account: AccountID,
    Currency: call.required("currency"),
    Settle: call.required("value"),
    ExpectedBalance: expected,
  });
  const id = call.text("id");
  await call.client.balances.settle([record], id === undefined ? {} : { id });
}

/** A batch is all or none, so nothing is sent of a file that holds a line which cannot be read. */
async function settleMany(call: Invocation): Promise<void> {
  const file = await wholeText(openFile(call).source);
  const refused: RefusedLine[] = [];
  const rows = csvRows(Readable.from([file]));
  const records = recordsIn(SETTLEMENTS, rows, (line) => refused.push(line), requireNamed);
  const settlements: CashSettlementRecord[] = [];
  for await (const { record } of records) settlements.push(record);
  for (const { line, codes } of refused) call.terminal.tell(`line ${line}: ${plainText(codes.join(", "))}`);
  if (refused.length > 0) throw new Failed(EXIT.refused, "Nothing was settled");
  if (settlements.length > LIMITS.BULK_ITEMS) {
    throw new UsageError(`A batch holds ${LIMITS.BULK_ITEMS} settlements at most: divide the file.`);
  }
  if (settlements.length === 0) return call.terminal.tell("0 settlements taken, 0 refused");
  const id = call.text("id") ?? createHash("sha256").update(file).digest("hex");
  await call.client.balances.settle(settlements, { id });
  call.terminal.tell(`${settlements.length} settlements taken, 0 refused`);
}

function requireNamed({ Owner, Account, Currency, Settle }: CashSettlementRecord): void {
  const missing = Object.entries({ Owner, Account, Currency, Settle }).find(([, content]) => content === undefined);
  if (missing !== undefined) throw new Refusal("Field.Missing", missing[0]);
}
