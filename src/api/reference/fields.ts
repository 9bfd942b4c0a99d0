/** What is said of single fields, where their names do not say it, and which fields are always there. */
import { LIMITS } from "../../protocol/limits.ts";

/** Whether a message comes to the server or from it. */
export type Direction = "accepted" | "written";

/** By message and field. */
export const FIELD_TEXTS: Readonly<Record<string, string>> = {
  "Account.OwnerID": "The tenant. It contains neither `/` nor `@`.",
  "Account.AccountID": "The account's code within its Owner. It may contain a `/`.",
  "AccountDetails.DefaultCurrency": "The currency of an order or request that names none.",
  "AccountTransform.Parameters": "The new name, under `newAccount`.",
  "AssetPosition.Quantity": "How much the account holds; negative when short.",
  "AssetPosition.UnfilledSells": "What open sells reserve, as a positive total.",
  "AssetPosition.AveragePrice": "The average price per unit in `Currency`; absent when flat or unknown.",
  "AssetTransfer.Value": "The signed quantity.",
  "AuditRecord.ID": "The record's position in its sequence.",
  "AuditRecord.Timestamp": "When it was applied: the record's At.",
  "AuditRecord.Errors": "Why the update was recorded but changed nothing.",
  "AuditRecord.Unreadable": "The text of a frame that had a position and could not be read otherwise.",
  "BigNumber.Scale": "Digits after the point.",
  "BigNumber.Value": "The magnitude as bytes, the least significant first.",
  "CashPosition.Balance": "Settled cash.",
  "CashPosition.Margin": "What may be drawn on beside the balance.",
  "CashPosition.UnbookedTransactions": "Traded but not settled, signed.",
  "CashPosition.UnfilledBuys": "What open buys reserve, as a positive total.",
  "CashPosition.Values": "Pools of cash, by name.",
  "CashSettlementRecord.ExpectedBalance":
    "What the Balance must be before it; if it is not, the whole batch is refused.",
  "CashSettlementRecord.Settle": "What moves from UnbookedTransactions to the Balance, signed.",
  "CashTransfer.AdditionalFunds": "Fees and taxes by name, which are taken from Value.",
  "CashTransfer.Value": "The signed amount: negative takes cash from the account.",
  "ClientRequest.RequestID":
    "The caller's own, unique in its account. It makes a repetition harmless; without one, one is given.",
  "ClientRequest.IsValidate": "Runs every check, and neither records nor sends anything.",
  "ClientRequest.Values": "For the adapter; but `ReservePrice` is what an unpriced buy reserves at.",
  "ClientRequest.Properties": "For the adapter; but `Currency` names the request's currency.",
  "ClientRequestResponse.Status": "What has become of it. Without Errors it was taken.",
  "ClientRequestResponse.Errors": "Why it was not taken: codes of the OMS, or the adapter's own words.",
  "ClientRequestState.IsCompleted": "Nothing more comes of it.",
  "ClientRequestState.Route": "The feed that it goes to.",
  "EventMessage.Position":
    "The place of the last record whose events are in Updates. A record that is split over frames has it on the last one only.",
  "EventMessage.Request": "Which request is answered; its Errors say what was wrong with it.",
  "EventMessage.Snapshot":
    "The position of every sequence. The key `@at` holds the place in the log itself: send it back in From to resume.",
  "EventMessage.Updates": "Events, in their order. One of state replaces the record of the same key, or removes it.",
  "ExchangeDestination.Route": "The feed that requests for it go to.",
  "FeedConfiguration.Agent":
    "Names the instance: the same identity with the same Agent supersedes its own older socket.",
  "FeedConfiguration.Settings": "`Gapless: true` has a gap in the positions answered like a frame that was not taken.",
  "FeedDetails.FeedID": "The name of the feed, and of its sequence.",
  "FeedDetails.Timestamp": "Since when the status is so.",
  "FeedEvent.RequestID": "Pairs a query with its answer.",
  "FeedPosition.Position":
    "The adapter's own upstream number. It grows, may skip, and is the same for every instance of the adapter.",
  "FeedPosition.Sequence": "The name of the feed.",
  "FeedResponse.Errors": "What was wrong with the question, in the adapter's own words.",
  "IdentitySource.Parameters": "`Issuer`, `Audience` and, unless its keys are found by OIDC discovery, `JwksUri`.",
  "OrderAmend.Quantity": "The new total, with what is executed.",
  "OrderNew.Price": "The limit per unit. Without it the order has none.",
  "OrderState.AdditionalFunds": "What the order may cost beside its price, by name.",
  "OrderState.Created": "When the order was first seen.",
  "OrderState.ExecutedQuantity": "The total that has been executed.",
  "OrderState.ExecutedValue": "The total value of what has been executed.",
  "OrderState.IsCompleted": "It is finished and reserves nothing.",
  "OrderState.Price": "The limit per unit.",
  "OrderState.Quantity": "The total over the order's life.",
  "OrderState.RemoveAfter": "When the record goes: the epoch means at once, absent means never.",
  "OrderTrade.AdditionalFunds": "Fees and taxes by name; negative for a refund.",
  "OrderTrade.Quantity": "Positive whichever side it is.",
  "OrderTrade.TradeID": "Known for ever in its account and exchange.",
  "OwnerDetails.Metadata": "May hold a `LocationHint` or a `Jurisdiction` for where its data are kept.",
  "Permissions.Features": "Of `Admin`, `Alter`, `Audit`, `Operator` and `Query`. None of them implies another.",
  "Permissions.Identity": "`User:<sub>`, or `Client:<client_id>` for a program's own token.",
  "Permissions.Owners": "The tenants it may see. None means all of them for Admin and Operator, none for others.",
  "RecordedState.At": "Since when the record was so.",
  "RequestDetails.Errors": "Why it was refused, each a code and its detail. Without Errors it was taken.",
  "RequestMessage.Received": "How many frames of the stream came on this socket since the first window was agreed to.",
  "RequestMessage.RequestID": "The sender's own; it comes back in the answer.",
  "SnapshotPosition.Positions": "By sequence: a feed's name, `oms`, `system`.",
  "SubscriptionDetails.From": "Resumes after these positions, instead of with a snapshot.",
  "SubscriptionDetails.Targets":
    "Narrow the view. Owner and Account are joined by OR; Exchange and Feed narrow it further.",
  "SubscriptionDetails.Window": `How many frames may be under way that were not acknowledged, from 1 to ${LIMITS.WINDOW_FRAMES}. Without it there is no bound.`,
  "TransactionDetails.TransactionID":
    "Unique in its account for ever. It makes a repetition harmless; an empty one is generated.",
  "TransactionDetails.Values": "`Price` prices a transfer of assets.",
  "TransformRequest.TransformID": "The caller's own.",
  "TransformRequest.Comments": "For the log.",
  "UpdateEvent.UpdateAction": "Whether the record is now so, or is gone.",
};

/**
 * Fields without which a message is refused, and fields that are always written. What a caller sends is recorded also
 * when it could not be applied: so nothing is promised of a message that callers send.
 */
export const REQUIRED: Readonly<Record<Direction, Readonly<Record<string, readonly string[]>>>> = {
  accepted: {
    AssetTransferRequest: ["Transaction", "Transfer"],
    CashSettlementRecord: ["Owner", "Account", "Currency", "Settle"],
    CashTransferRequest: ["Transaction", "Transfer"],
  },
  written: {
    AssetPosition: ["Account", "Code", "Exchange", "Quantity", "UnfilledSells"],
    AuditRecord: ["Sequence", "ID", "Timestamp"],
    CashPosition: ["Account", "Currency", "Margin", "Balance", "UnbookedTransactions", "UnfilledBuys"],
    ClientRequestState: ["Request", "Status"],
    EventMessage: ["Type"],
    RecordedState: ["Sequence", "Position", "At", "Update", "Event"],
  },
};
