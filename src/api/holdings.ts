/** Assets: what accounts hold, and transfers. */
import { required } from "../domain/requirements.ts";
import { AssetTransferRequest } from "../protocol/messages/index.ts";
import { authorised } from "./authentication.ts";
import { historyOf } from "./history.ts";
import { positionRoutes } from "./positions.ts";

export const holdings = positionRoutes({
  kind: "holding",
  request: AssetTransferRequest,
  transferField: "AssetTransfer",
  actionOf: ({ Transfer }, Transaction) => ({
    Type: "ExternalActionType_AssetTransfer",
    Transaction,
    AssetTransfer: required(Transfer, "Transfer"),
  }),
});

holdings.get(
  "/holding/for/:owner/:account/:exchange/:code/history",
  authorised(),
  historyOf({ kind: "holding", parameters: ["account", "exchange", "code"], unseen: "Authority" }),
);
