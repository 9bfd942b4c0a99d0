/** Every enumeration of the wire contract. In memory a value is its full name. */
import { enumeration, type NameOf } from "../enumeration.ts";

/** What is done to an account. */
export const AccountTransformType = enumeration("AccountTransformType", {
  AccountTransformType_Unknown: 0,
  AccountTransformType_Rename: 10,
});
export type AccountTransformType = NameOf<typeof AccountTransformType>;

/** Whether a feed is supplied. Closed was announced by its adapter; disconnected was not. */
export const ConnectionStatus = enumeration("ConnectionStatus", {
  CONNECTIONSTATUS_DISCONNECTED: 0,
  CONNECTIONSTATUS_CLOSED: 1,
  CONNECTIONSTATUS_ONLINE: 2,
});
export type ConnectionStatus = NameOf<typeof ConnectionStatus>;

/** How the tokens of an identity source are verified. */
export const IdentityAuthentication = enumeration("IdentityAuthentication", {
  IdentityAuthentication_Unknown: 0,
  IdentityAuthentication_JWT: 1,
});
export type IdentityAuthentication = NameOf<typeof IdentityAuthentication>;

/** What kind of party an identity is. */
export const IdentityType = enumeration("IdentityType", {
  IdentityType_Unknown: 0,
  IdentityType_System: 1,
  IdentityType_Service: 2,
  IdentityType_Operator: 3,
});
export type IdentityType = NameOf<typeof IdentityType>;

/** How long an order stays. It is told, not acted upon: the adapter ends orders (rule O1). */
export const Lifetime = enumeration("Lifetime", {
  LIFETIME_UNKNOWN: 0,
  LIFETIME_DAY: 1,
  LIFETIME_GOOD_TILL_CANCEL: 2,
  LIFETIME_IMMEDIATE_OR_CANCEL: 3,
  LIFETIME_FILL_OR_KILL: 4,
  LIFETIME_GOOD_TILL_DATE: 5,
});
export type Lifetime = NameOf<typeof Lifetime>;

/** How an order is to be priced. */
export const OrderType = enumeration("OrderType", {
  ORDERTYPE_UNKNOWN: 0,
  ORDERTYPE_MARKET: 1,
  ORDERTYPE_LIMIT: 2,
  ORDERTYPE_STOP: 3,
  ORDERTYPE_STOP_LIMIT: 4,
  ORDERTYPE_MARKET_TO_LIMIT: 5,
  ORDERTYPE_PEGGED: 6,
});
export type OrderType = NameOf<typeof OrderType>;

/** What is done to an owner. */
export const OwnerTransformType = enumeration("OwnerTransformType", {
  OwnerTransformType_Unknown: 0,
  OwnerTransformType_Rename: 1,
});
export type OwnerTransformType = NameOf<typeof OwnerTransformType>;

/**
 * Which cash a transfer changes (rule C1): the Balance (Booked), UnbookedTransactions (Unbooked), from the second to
 * the first (Settle), or back (Reverse).
 */
export const SettlementStatus = enumeration("SettlementStatus", {
  SettlementStatus_Booked: 0,
  SettlementStatus_Unbooked: 1,
  SettlementStatus_Settle: 2,
  SettlementStatus_Reverse: 3,
});
export type SettlementStatus = NameOf<typeof SettlementStatus>;

/**
 * Which way an order goes. The kinds of short sale are sells to the rules; AS_DEFINED and OPPOSITE, the sides of a
 * multi-leg order, reserve and move nothing (rule O3).
 */
export const Side = enumeration("Side", {
  SIDE_UNKNOWN: 0,
  SIDE_BUY: 1,
  SIDE_SELL: 2,
  SIDE_SHORTSELL: 3,
  SIDE_SHORTSELL_EXEMPT: 4,
  SIDE_AS_DEFINED: 5,
  SIDE_OPPOSITE: 6,
});
export type Side = NameOf<typeof Side>;

/** The views that a socket may be shown. */
export const SubscriptionType = enumeration("SubscriptionType", {
  SubscriptionType_Unknown: 0,
  SubscriptionType_Status: 10,
  SubscriptionType_Updates: 11,
  SubscriptionType_Transactions: 12,
  SubscriptionType_Recent: 13,
  SubscriptionType_Holdings: 21,
  SubscriptionType_Balances: 22,
  SubscriptionType_Requests: 23,
  SubscriptionType_Orders: 24,
  SubscriptionType_Metadata: 30,
  SubscriptionType_Feed: 40,
});
export type SubscriptionType = NameOf<typeof SubscriptionType>;

/** What a transform does (rules X1, X2). Its default, Restatement, is a real one. */
export const TransformType = enumeration("TransformType", {
  TRANSFORMTYPE_RESTATEMENT: 0,
  TRANSFORMTYPE_REMOVE: 1,
  TRANSFORMTYPE_RENAME_SYMBOL: 2,
  TRANSFORMTYPE_RENAME_CURRENCY: 3,
});
export type TransformType = NameOf<typeof TransformType>;

/** Whether a trade is new, replaces the content of one that is known, or takes it back (rules T3-T5). */
export const OrderTradeType = enumeration("OrderTradeType", {
  OrderTradeType_Unknown: 0,
  OrderTradeType_Trade: 10,
  OrderTradeType_Correction: 11,
  OrderTradeType_Cancel: 12,
});
export type OrderTradeType = NameOf<typeof OrderTradeType>;

/** Whether an order's state is news, or is told again. Both are applied alike (rule O1). */
export const OrderUpdateType = enumeration("OrderUpdateType", {
  OrderUpdateType_Unknown: 0,
  OrderUpdateType_Update: 10,
  OrderUpdateType_Restate: 11,
});
export type OrderUpdateType = NameOf<typeof OrderUpdateType>;

/** Why an order's state is told. It is recorded, never inferred (rule O1). */
export const OrderUpdateReason = enumeration("OrderUpdateReason", {
  OrderUpdateReason_Unknown: 0,
  OrderUpdateReason_Restated: 1,
  OrderUpdateReason_New: 10,
  OrderUpdateReason_Replace: 11,
  OrderUpdateReason_Cancel: 12,
  OrderUpdateReason_Trade: 20,
  OrderUpdateReason_TradeCorrection: 21,
  OrderUpdateReason_TradeCancel: 22,
  OrderUpdateReason_Rejected: 8,
  OrderUpdateReason_Status: 18,
});
export type OrderUpdateReason = NameOf<typeof OrderUpdateReason>;

/** What a client asks for. Update is about a request that waits in a queue. */
export const ClientRequestType = enumeration("ClientRequestType", {
  ClientRequestType_Unknown: 0,
  ClientRequestType_New: 10,
  ClientRequestType_Amend: 11,
  ClientRequestType_Cancel: 12,
  ClientRequestType_Move: 13,
  ClientRequestType_CashTransfer: 20,
  ClientRequestType_Update: 100,
});
export type ClientRequestType = NameOf<typeof ClientRequestType>;

/** What happens to a request that waits in a queue. */
export const ClientQueueUpdateType = enumeration("ClientQueueUpdateType", {
  ClientQueueUpdateType_Unknown: 0,
  ClientQueueUpdateType_Update: 10,
  ClientQueueUpdateType_Replace: 20,
});
export type ClientQueueUpdateType = NameOf<typeof ClientQueueUpdateType>;

/** Which field of an UpdateEvent is meant: 10 to 19 are updates, from 20 on events. */
export const UpdateEventType = enumeration("UpdateEventType", {
  UpdateEventType_Unknown: 0,
  UpdateEventType_Operation: 10,
  UpdateEventType_Action: 11,
  UpdateEventType_ClientRequest: 12,
  UpdateEventType_ClientRequestUpdate: 13,
  UpdateEventType_Status: 19,
  UpdateEventType_Holding: 20,
  UpdateEventType_Balance: 21,
  UpdateEventType_Order: 22,
  UpdateEventType_Request: 23,
  UpdateEventType_Transaction: 24,
});
export type UpdateEventType = NameOf<typeof UpdateEventType>;

/** Whether an event tells a record's new state, or that it is gone. */
export const UpdateAction = enumeration("UpdateAction", {
  UpdateAction_Update: 0,
  UpdateAction_Remove: 1,
});
export type UpdateAction = NameOf<typeof UpdateAction>;

/** The version of the message. */
export const ExternalActionVersion = enumeration("ExternalActionVersion", {
  ExternalActionVersion_Initial: 0,
});
export type ExternalActionVersion = NameOf<typeof ExternalActionVersion>;

/** What happened outside. Replace is treated as Update (rule O1). */
export const ExternalActionType = enumeration("ExternalActionType", {
  ExternalActionType_Unknown: 0,
  ExternalActionType_Update: 110,
  ExternalActionType_Replace: 111,
  ExternalActionType_Trade: 120,
  ExternalActionType_CashTransfer: 200,
  ExternalActionType_AssetTransfer: 210,
});
export type ExternalActionType = NameOf<typeof ExternalActionType>;

/** The version of the message. */
export const OperationVersion = enumeration("OperationVersion", {
  OperationVersion_Initial: 0,
});
export type OperationVersion = NameOf<typeof OperationVersion>;

/** What an operation does. */
export const OperationType = enumeration("OperationType", {
  OperationType_Unknown: 0,
  OperationType_Transform: 100,
  OperationType_TransformAccount: 110,
  OperationType_DefineOwner: 200,
  OperationType_UndefineOwner: 201,
  OperationType_TransformOwner: 210,
  OperationType_DefineAccount: 250,
  OperationType_UndefineAccount: 251,
  OperationType_DefineExchange: 300,
  OperationType_UndefineExchange: 301,
  OperationType_DefineRequestStatus: 310,
  OperationType_UndefineRequestStatus: 311,
  OperationType_DefinePermissions: 400,
  OperationType_UndefinePermissions: 401,
  OperationType_DefineIdentitySource: 410,
  OperationType_UndefineIdentitySource: 411,
});
export type OperationType = NameOf<typeof OperationType>;

/** What changed cash or holdings (rule E1). */
export const ClientTransactionType = enumeration("ClientTransactionType", {
  ClientTransactionType_Unknown: 0,
  ClientTransactionType_Trade: 10,
  ClientTransactionType_Adjustment: 11,
  ClientTransactionType_AssetTransfer: 20,
  ClientTransactionType_CashTransfer: 21,
  ClientTransactionType_AssetAdjustment: 30,
  ClientTransactionType_CashAdjustment: 31,
});
export type ClientTransactionType = NameOf<typeof ClientTransactionType>;

/** The version of the message. */
export const StreamingVersion = enumeration("StreamingVersion", {
  StreamingVersion_Initial: 0,
});
export type StreamingVersion = NameOf<typeof StreamingVersion>;

/**
 * What a frame asks. Synchronise is answered when all that the socket sent before it is durable. Ours: Acknowledge says
 * how much of the stream has been received, and is not answered.
 */
export const RequestMessageType = enumeration("RequestMessageType", {
  RequestMessageType_Unknown: 0,
  RequestMessageType_Subscribe: 10,
  RequestMessageType_Unsubscribe: 11,
  RequestMessageType_Synchronise: 19,
  RequestMessageType_ClientRequest: 20,
  RequestMessageType_FeedRequest: 29,
  RequestMessageType_Acknowledge: 1000,
});
export type RequestMessageType = NameOf<typeof RequestMessageType>;

/** What a frame tells. */
export const EventMessageType = enumeration("EventMessageType", {
  EventMessageType_Unknown: 0,
  EventMessageType_Response: 99,
  EventMessageType_SnapshotStart: 100,
  EventMessageType_SnapshotFinish: 101,
  EventMessageType_Bookmark: 109,
  EventMessageType_Update: 200,
  EventMessageType_Feed: 300,
});
export type EventMessageType = NameOf<typeof EventMessageType>;

/** What an adapter tells of its feed. The Legacy types belong to earlier versions and are not taken. */
export const FeedRequestType = enumeration("FeedRequestType", {
  FeedRequestType_Unknown: 0,
  FeedRequestType_Open: 10,
  FeedRequestType_Status: 11,
  FeedRequestType_Configure: 12,
  FeedRequestType_Bookmark: 18,
  FeedRequestType_Close: 19,
  FeedRequestType_Operation: 20,
  FeedRequestType_Action: 21,
  FeedRequestType_Request: 22,
  FeedRequestType_Update: 23,
  FeedRequestType_LegacyUpdate: 30,
  FeedRequestType_LegacyTrade: 31,
  FeedRequestType_LegacyRequest: 32,
  FeedRequestType_LegacyTransaction: 33,
  FeedRequestType_RequestResponse: 40,
  FeedRequestType_QueryResponse: 41,
});
export type FeedRequestType = NameOf<typeof FeedRequestType>;

/** What an adapter is told. */
export const FeedEventType = enumeration("FeedEventType", {
  FeedEventType_Unknown: 0,
  FeedEventType_Open: 10,
  FeedEventType_Resume: 11,
  FeedEventType_Suspend: 12,
  FeedEventType_Bookmark: 18,
  FeedEventType_Close: 19,
  FeedEventType_Request: 20,
  FeedEventType_Query: 21,
});
export type FeedEventType = NameOf<typeof FeedEventType>;
