/** What is said on a socket, message by message: each with an example that can be sent, or is sent, as it stands. */

import type { View } from "../../domain/views.ts";
import type { CLOSE } from "../../owner/socket.ts";
import type {
  EventMessageType,
  FeedEventType,
  FeedRequestType,
  RequestMessageType,
} from "../../protocol/messages/index.ts";
import type { JsonObject } from "./json.ts";

/** One kind of message. */
export interface SocketMessage {
  readonly does: string;
  /** The field that the type says is meant. */
  readonly field?: string;
  readonly example: JsonObject;
  /** The messages by which it is answered, if it is. */
  readonly answeredBy?: readonly string[];
}

/** By the names that the documents give them: the type, and within a feed's conversation the feed's type. */
export type SocketMessages<Type extends string> = Readonly<Record<Type, SocketMessage>>;

/** Types that no message has: those of earlier versions, and the absence of one. */
type Unused = "Unknown" | "LegacyUpdate" | "LegacyTrade" | "LegacyRequest" | "LegacyTransaction";
type Types<Full extends string> = Exclude<Full extends `${string}_${infer Short}` ? Short : never, Unused>;

const ACCOUNT: JsonObject = { OwnerID: "XS", AccountID: "A1" };
const MARKET: JsonObject = { Exchange: "ASX", Code: "BHP" };
const PLACE: JsonObject = { Sequence: "asx" };
const at = (Position: number): JsonObject => ({ Sequence: "asx", Position });
const feed = (Feed: JsonObject): JsonObject => ({ Type: "FeedRequest", Feed });
const told = (Feed: JsonObject): JsonObject => ({ Type: "EventMessageType_Feed", Feed });

/** What a client or an adapter sends. */
export const RECEIVED: SocketMessages<Exclude<Types<RequestMessageType>, "FeedRequest">> = {
  Subscribe: {
    does:
      "Asks to be shown a view. A Response comes, a SnapshotStart, the state as Updates, and a SnapshotFinish; then every " +
      "event in its order. With `From` it resumes after these positions instead: the missed events, then a Bookmark.",
    field: "Subscription",
    example: {
      Type: "Subscribe",
      RequestID: "1",
      Subscription: { Type: "Balances", Targets: [{ Name: "Account", Values: ["XS/A1"] }] },
    },
    answeredBy: ["Response", "SnapshotStart", "Update", "SnapshotFinish", "Bookmark"],
  },
  Unsubscribe: {
    does: "Ends a subscription: the one of the same type and targets.",
    field: "Subscription",
    example: {
      Type: "Unsubscribe",
      RequestID: "2",
      Subscription: { Type: "Balances", Targets: [{ Name: "Account", Values: ["XS/A1"] }] },
    },
    answeredBy: ["Response"],
  },
  Synchronise: {
    does: "Is answered when all that the socket sent before it is durable.",
    example: { Type: "Synchronise", RequestID: "3" },
    answeredBy: ["Response"],
  },
  Acknowledge: {
    does:
      "Says how many frames of the stream have been received, where a subscription has a Window: the server sends no more " +
      "than that ahead, and a slow reader costs it nothing. It is not answered.",
    field: "Received",
    example: { Type: "Acknowledge", Received: 8 },
  },
  ClientRequest: {
    does: "Makes a client request. Its outcome is a Response, with a RequestResponse that says what has become of it.",
    field: "Request",
    example: {
      Type: "ClientRequest",
      RequestID: "4",
      Request: {
        Type: "New",
        RequestID: "R1",
        Account: ACCOUNT,
        New: { ...MARKET, Side: "BUY", OrderType: "LIMIT", Price: "45.12", Quantity: 100, Lifetime: "DAY" },
      },
    },
    answeredBy: ["Response"],
  },
};

/** What an adapter sends about its feed: the types of FeedRequest. */
export const FEED_RECEIVED: SocketMessages<Types<FeedRequestType>> = {
  Open: {
    does:
      "Asks to supply a feed that the caller's permissions name. The answer is an Open and a Resume, or a Suspend while " +
      "somebody else supplies it: stay connected, and they come when the other one goes.",
    example: feed({ Type: "Open", Position: PLACE, Configuration: { Agent: "exchange-1" } }),
    answeredBy: ["FeedOpen", "FeedResume", "FeedSuspend"],
  },
  Status: {
    does: "Tells the status of the feed, and when that lapses unless it is told again.",
    field: "Status",
    example: feed({
      Type: "Status",
      Position: at(1),
      Status: { FeedID: "asx", Status: "ONLINE", ExpireAfter: "2026-11-22T10:00:00Z" },
    }),
    answeredBy: ["FeedBookmark"],
  },
  Configure: {
    does: "Replaces the feed's configuration: Settings for the OMS and for the adapter that comes next.",
    field: "Configuration",
    example: feed({
      Type: "Configure",
      Position: at(2),
      Configuration: { Agent: "exchange-1", Settings: { Session: "open" } },
    }),
    answeredBy: ["FeedBookmark"],
  },
  Bookmark: {
    does: "Says that there is nothing for this Owner up to a position, which becomes the last durable one.",
    example: feed({ Type: "Bookmark", Position: at(3) }),
    answeredBy: ["FeedBookmark"],
  },
  Close: {
    does: "Ends the supply: the feed is closed, and whoever stands by takes over.",
    example: feed({ Type: "Close", Position: PLACE }),
    answeredBy: ["FeedBookmark", "FeedClose"],
  },
  Operation: {
    does: "Submits an operation on the Owner's accounts, or on exchanges that the caller's permissions name.",
    field: "Operation",
    example: feed({
      Type: "Operation",
      Position: at(4),
      Operation: { Type: "DefineAccount", AccountDetails: { Account: ACCOUNT, Name: "First account" } },
    }),
    answeredBy: ["FeedBookmark", "Response"],
  },
  Action: {
    does: "Submits what happened outside: an order's whole new state, a trade with the order as it is after it, or a transfer.",
    field: "Action",
    example: feed({
      Type: "Action",
      Position: at(5),
      Action: {
        Type: "Trade",
        Order: {
          OrderID: "O1",
          Account: ACCOUNT,
          ...MARKET,
          Currency: "AUD",
          Side: "BUY",
          Price: "45.12",
          Quantity: 100,
          ExecutedQuantity: 40,
          Status: "PartiallyFilled",
        },
        Trade: { TradeID: "T1", Type: "Trade", Price: "45.10", Quantity: 40, AdditionalFunds: { Brokerage: "3.98" } },
      },
    }),
    answeredBy: ["FeedBookmark", "Response"],
  },
  Request: {
    does: "Tells of a client request that came to the adapter by another way.",
    field: "Request",
    example: feed({
      Type: "Request",
      Position: at(6),
      Request: { Type: "Cancel", RequestID: "R2", Account: ACCOUNT, Cancel: { OrderID: "O1", ...MARKET, Side: "BUY" } },
    }),
    answeredBy: ["FeedBookmark", "Response"],
  },
  Update: {
    does: "Tells what has become of a client request.",
    field: "Update",
    example: feed({
      Type: "Update",
      Position: at(7),
      Update: { RequestID: "R1", Account: ACCOUNT, OrderID: "O1", Status: "Completed" },
    }),
    answeredBy: ["FeedBookmark", "Response"],
  },
  RequestResponse: {
    does: "Answers a client request that was sent to the adapter. It has no position, and acknowledges nothing.",
    field: "RequestResponse",
    example: feed({
      Type: "RequestResponse",
      Position: PLACE,
      RequestResponse: { RequestID: "R1", Account: ACCOUNT, OrderID: "O1", Status: "Completed" },
    }),
  },
  QueryResponse: {
    does: "Answers a question, under the question's RequestID. It has no position.",
    field: "QueryResponse",
    example: feed({
      Type: "QueryResponse",
      RequestID: 1_795_379_431_405_000,
      Position: PLACE,
      QueryResponse: { Type: "Depth", Tag: "mine", Parameters: { Bid: "45.10", Ask: "45.12" } },
    }),
  },
};

const MOMENT = "2026-11-22T09:30:00.123456Z";

/** What the server sends. */
export const SENT: SocketMessages<Exclude<Types<EventMessageType>, "Feed">> = {
  Response: {
    does:
      "Answers a message of the socket, by its RequestID. `Request.Errors` say why it was refused; of a feed's frame " +
      "`Feed.Position` says which.",
    field: "Request",
    example: {
      Type: "EventMessageType_Response",
      Request: {
        Type: "RequestMessageType_Subscribe",
        RequestID: "1",
        Errors: ["Field.Invalid Subscription.Type"],
      },
    },
  },
  SnapshotStart: {
    does: "Begins a snapshot of a view: its state follows, as at these positions. Forget what was known of the view.",
    field: "Snapshot",
    example: {
      Type: "EventMessageType_SnapshotStart",
      Request: { Type: "RequestMessageType_Subscribe", RequestID: "1" },
      Subscription: { Type: "SubscriptionType_Balances" },
      Snapshot: { Positions: { asx: 5, oms: 1 } },
    },
  },
  SnapshotFinish: {
    does: "Ends a snapshot: the view is whole, and events follow.",
    example: {
      Type: "EventMessageType_SnapshotFinish",
      Request: { Type: "RequestMessageType_Subscribe", RequestID: "1" },
      Subscription: { Type: "SubscriptionType_Balances" },
    },
  },
  Bookmark: {
    does:
      "Says where the log is: what is resumed has been caught up with, or many records were left out by the filters. To " +
      "resume, send its positions back.",
    field: "Snapshot",
    example: {
      Type: "EventMessageType_Bookmark",
      Snapshot: { Positions: { "@at": 1_795_339_800_123_456, asx: 5, oms: 1 } },
      Position: { ExecutedAt: MOMENT },
    },
  },
  Update: {
    does:
      "Tells events of records that are adjacent in the log and of one sequence; Position is the last one's. An event of " +
      "state carries the whole record, or removes it: replace it by its key.",
    field: "Updates",
    example: {
      Type: "EventMessageType_Update",
      Position: { Sequence: "asx", Position: 5, ExecutedAt: MOMENT },
      Updates: [
        {
          Type: "UpdateEventType_Balance",
          Balance: {
            Account: { AccountID: "A1", OwnerID: "XS" },
            Currency: "AUD",
            Margin: 0,
            Balance: 10_000,
            UnbookedTransactions: -1807.98,
            UnfilledBuys: 2707.2,
          },
        },
      ],
    },
  },
};

/** What the server sends about a feed: the types of FeedEvent. */
export const FEED_SENT: SocketMessages<Types<FeedEventType>> = {
  Open: {
    does: "The socket supplies the feed. The last Configuration comes with it.",
    example: told({ Type: "FeedEventType_Open", Position: PLACE, Configuration: { Agent: "exchange-1" } }),
  },
  Resume: {
    does: "Send everything after this position.",
    example: told({ Type: "FeedEventType_Resume", Position: at(5) }),
  },
  Suspend: {
    does:
      "The socket does not supply the feed. In answer to an Open: somebody else does, stay connected. In the middle of a " +
      "supply: a frame was not taken, send Open again and resume.",
    example: told({ Type: "FeedEventType_Suspend", Position: PLACE }),
  },
  Bookmark: {
    does: "Everything up to this position is on disk, and may be forgotten.",
    example: told({ Type: "FeedEventType_Bookmark", Position: at(5) }),
  },
  Close: {
    does: "The feed is closed, as the adapter asked.",
    example: told({ Type: "FeedEventType_Close", Position: PLACE }),
  },
  Request: {
    does: "Asks the adapter for something on a client's behalf, once. Answer with a RequestResponse within 30 seconds.",
    field: "Request",
    example: told({
      Type: "FeedEventType_Request",
      RequestID: 1_795_379_431_405_001,
      Position: PLACE,
      Request: {
        Type: "ClientRequestType_New",
        RequestID: "R1",
        Account: { AccountID: "A1", OwnerID: "XS" },
        New: { Code: "BHP", Exchange: "ASX", Side: "SIDE_BUY", Price: 45.12, Quantity: 100 },
      },
    }),
    answeredBy: ["FeedRequestResponse"],
  },
  Query: {
    does: "Asks the adapter a question. Answer with a QueryResponse under the same RequestID within 30 seconds.",
    field: "Query",
    example: told({
      Type: "FeedEventType_Query",
      RequestID: 1_795_379_431_405_000,
      Position: PLACE,
      Query: { Type: "Depth", Tag: "mine", Parameters: { Code: "BHP" } },
    }),
    answeredBy: ["FeedQueryResponse"],
  },
};

/** Why the server closes a socket. */
export const CLOSE_TEXTS: Readonly<Record<keyof typeof CLOSE, string>> = {
  policy: "Too many frames in a row could not be read: mend the client.",
  failed: "Something went wrong in the server. Connect again and resume.",
  expired: "The token has expired. Connect again with a new one and resume.",
  revoked: "The identity may no longer do what the socket did.",
  moved: "The Owner is not known by that name any more.",
  superseded: "A newer socket of the same identity and Agent supplies the feed: stop.",
  silent: "The adapter pings and was silent for too long while another stood by. Connect again and stand by.",
};

/** What each view shows. */
export const VIEW_TEXTS: Readonly<Record<View, string>> = {
  SubscriptionType_Balances: "Balances, by account and currency.",
  SubscriptionType_Holdings: "Holdings, by account, exchange and code.",
  SubscriptionType_Orders: "Orders, by account and id.",
  SubscriptionType_Requests: "Client requests that are open, by account and id.",
  SubscriptionType_Transactions: "What changed cash and holdings: trades, transfers, adjustments. It has no snapshot.",
  SubscriptionType_Updates: "The updates themselves, as they were applied.",
  SubscriptionType_Metadata: "Accounts, exchanges, statuses of requests, and the Owner itself.",
  SubscriptionType_Status: "Whether feeds are supplied.",
  SubscriptionType_Feed:
    "What an adapter needs of its feed: its orders, and the requests that it has yet to answer. It needs the target Feed.",
};
