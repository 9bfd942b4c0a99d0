/** Assets: what accounts hold, and transfers. */
import { AssetTransferRequest } from "../protocol/messages/index.ts";
import { positionRoutes } from "./positions.ts";
import { requiredField } from "./updates.ts";

export const holdings = positionRoutes({
  kind: "holding",
  request: AssetTransferRequest,
  transferField: "AssetTransfer",
  actionOf: ({ Transfer }, Transaction) => ({
    Type: "ExternalActionType_AssetTransfer",
    Transaction,
    AssetTransfer: requiredField(Transfer, "Transfer"),
  }),
});
