/** Assets. */
import { type AssetPosition, AssetTransferRequest } from "../../protocol/messages/index.ts";
import type { Family } from "../command.ts";
import { IMPORT_OPTIONS, importFile } from "../imports/import.ts";
import type { Invocation } from "../invocation.ts";
import { fieldOptions, recordFrom } from "../options/field-options.ts";
import type { Levelling } from "../positions/level.ts";
import { levelAsset } from "../positions/levelling.ts";
import { positionVerbs } from "../positions/verbs.ts";
import { writeAccountName } from "../records/account-names.ts";
import { ASSET_TRANSFERS, HOLDING_STATES, HOLDINGS } from "../records/kinds.ts";
import { named, nameOfPosition, requireTransactionId, TRANSFER_FILE } from "./positions.ts";
import { historyRange, RANGE } from "./reading.ts";

const SAID = ["Transaction.Account", "Transfer.Exchange", "Transfer.Code", "Transfer.Value", "Transaction.Authorities"];

const levelling: Levelling<typeof HOLDINGS.schema, typeof AssetTransferRequest> = {
  kind: HOLDINGS,
  transfer: AssetTransferRequest,
  read: (call, owner, account) => call.client.holdings.list({ owner, account }),
  send: (call, transfers) => call.client.holdings.transferAll(transfers),
  accountOf: named,
  keyOf: (position) => `${nameOfPosition(position)} ${position.Exchange ?? ""} ${position.Code ?? ""}`,
  emptied: ({ Account, Exchange, Code }) => ({
    ...(Account !== undefined && { Account }),
    ...(Code !== undefined && { Code }),
    ...(Exchange !== undefined && { Exchange }),
  }),
  level: levelAsset,
};

export const holding: Family = {
  name: "holding",
  summary: "Assets of accounts",
  verbs: [
    ...positionVerbs(
      levelling,
      (call, options): Promise<readonly AssetPosition[]> => call.client.holdings.list({ ...options, ...call.scope() }),
      "UnfilledSells is what open orders reserve, and is passed over",
    ),
    {
      name: "history",
      parameters: "<account> <exchange> <code>",
      summary: "Every state that a holding had, with the update that caused it",
      options: RANGE,
      run: async (call) => {
        const { OwnerID, AccountID } = call.account();
        const asset = { exchange: call.required("exchange"), code: call.required("code") };
        const name = { owner: OwnerID, account: AccountID, ...asset };
        await call.printer.list(HOLDING_STATES, call.client.holdings.history(name, historyRange(call)));
      },
    },
    {
      name: "transfer",
      parameters: "[account] [exchange] [code] [quantity]",
      summary: "Transfers a security, in (a positive quantity) or out; or every transfer of a CSV file",
      options: {
        ...fieldOptions(ASSET_TRANSFERS, SAID),
        price: { kind: "text", describe: "What a unit cost: it counts in the average price" },
        currency: { kind: "text", describe: "The currency of the price" },
        ...TRANSFER_FILE,
        ...IMPORT_OPTIONS,
      },
      run: (call) => (call.text("file") === undefined ? transferOne(call) : transferMany(call)),
    },
  ],
};

async function transferOne(call: Invocation): Promise<void> {
  const [price, currency] = [call.text("price"), call.text("currency")];
  const values = [...call.texts("values"), ...(price === undefined ? [] : [`Price=${price}`])];
  const properties = [...call.texts("properties"), ...(currency === undefined ? [] : [`Currency=${currency}`])];
  const record = recordFrom(ASSET_TRANSFERS, call, {
    "Transaction.Account": writeAccountName(call.account()),
    "Transaction.Values": values.join(";"),
    "Transaction.Properties": properties.join(";"),
    "Transfer.Exchange": call.required("exchange"),
    "Transfer.Code": call.required("code"),
    "Transfer.Value": call.required("quantity"),
  });
  await call.client.holdings.transfer(record);
}

function transferMany(call: Invocation): Promise<void> {
  return importFile(call, {
    kind: ASSET_TRANSFERS,
    require: ({ Transaction }) => requireTransactionId(Transaction),
    send: (records) => call.client.holdings.transferAll(records),
  });
}
