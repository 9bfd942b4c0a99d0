/** Every type of frame that a socket may send, and how it must be answered to whom. */
import type { FeedRequestType, RequestMessageType } from "../../src/protocol/messages/index.ts";
import { account, update } from "../owner/actions.ts";
import type { Outgoing } from "../owner/client.ts";

/** The feed that all frames of feeds are about. */
export const FEED = "asx";

/** What a socket is answered, beside what it is told of the frames before. */
export interface Told {
  readonly errors?: readonly string[];
  /** The last thing that it is told of the feed. */
  readonly feed?: "Resume" | "Close" | "Bookmark";
}

export interface Frame {
  /** The frame, when it concerns the records of an Owner. */
  readonly frame: (owner: string) => Outgoing;
  /** To whoever may see the Owner: the same for all, or as it befits who supplies the feed. */
  readonly told: Told;
  /** To who may see another Owner only, when the frame names this one; if it is left out, as `told`. */
  readonly toldElsewhere?: (owner: string) => Told;
}

const refused = (...errors: readonly string[]): Told => ({ errors });
const BOOKMARKED: Told = { feed: "Bookmark" };

/** Frames that are no feed's. */
export const PLAIN_FRAMES: Readonly<
  Record<Exclude<RequestMessageType, "RequestMessageType_FeedRequest">, Frame & { readonly isStreamed?: true }>
> = {
  RequestMessageType_Unknown: {
    frame: () => ({ Type: "RequestMessageType_Unknown" }),
    told: refused("Operation RequestMessageType_Unknown"),
  },
  RequestMessageType_Subscribe: {
    frame: (owner) => ({
      Type: "RequestMessageType_Subscribe",
      Subscription: { Type: "Orders", Targets: [{ Name: "Owner", Values: [owner] }] },
    }),
    told: {},
    toldElsewhere: (owner) => refused(`Owner.Unknown ${owner}`),
    isStreamed: true,
  },
  RequestMessageType_Unsubscribe: {
    frame: (owner) => ({
      Type: "RequestMessageType_Unsubscribe",
      Subscription: { Type: "Orders", Targets: [{ Name: "Owner", Values: [owner] }] },
    }),
    told: refused("Subscription.Unknown"),
  },
  RequestMessageType_Synchronise: { frame: () => ({ Type: "RequestMessageType_Synchronise" }), told: {} },
  RequestMessageType_Acknowledge: {
    frame: () => ({ Type: "RequestMessageType_Acknowledge", Received: 1_000_000 }),
    told: refused("Field.Invalid Received"),
  },
  RequestMessageType_ClientRequest: {
    frame: (owner) => ({ Type: "RequestMessageType_ClientRequest", Request: { ...request(owner), IsValidate: true } }),
    // What a check finds is said in the RequestResponse.
    told: {},
    toldElsewhere: (owner) => refused(`Account ${owner}/A`),
  },
};

/** A request that its exchange speaks against. */
function request(owner: string): { readonly [field: string]: unknown } {
  return { Type: "New", RequestID: "asked", Account: account(owner), New: { Code: "BHP", Exchange: "nowhere" } };
}

/** What is told of a request that there is not. */
function answer(owner: string): object {
  return { RequestID: "none", Account: account(owner) };
}

function feedFrame(Type: FeedRequestType, content: object = {}): Outgoing {
  const Position = { Sequence: FEED, Position: 1 };
  return { Type: "RequestMessageType_FeedRequest", Feed: { Type, Position, ...content } };
}

function notTaken(type: FeedRequestType): Frame {
  return { frame: () => feedFrame(type), told: { ...refused("Field.Invalid Feed.Type"), ...BOOKMARKED } };
}

/** Frames of a feed, as its supplier is answered. */
export const FEED_FRAMES: Readonly<Record<FeedRequestType, Frame>> = {
  FeedRequestType_Unknown: notTaken("FeedRequestType_Unknown"),
  FeedRequestType_Open: {
    frame: () => ({
      Type: "RequestMessageType_FeedRequest",
      Feed: { Type: "FeedRequestType_Open", Position: { Sequence: FEED } },
    }),
    told: { feed: "Resume" },
  },
  FeedRequestType_Status: {
    frame: () => feedFrame("FeedRequestType_Status", { Status: { Status: "ONLINE" } }),
    told: BOOKMARKED,
  },
  FeedRequestType_Configure: {
    frame: () => feedFrame("FeedRequestType_Configure", { Configuration: { Name: "first" } }),
    told: BOOKMARKED,
  },
  FeedRequestType_Bookmark: { frame: () => feedFrame("FeedRequestType_Bookmark"), told: BOOKMARKED },
  FeedRequestType_Close: { frame: () => feedFrame("FeedRequestType_Close"), told: { feed: "Close" } },
  FeedRequestType_Operation: {
    frame: (owner) =>
      feedFrame("FeedRequestType_Operation", {
        Operation: { Type: "DefineAccount", AccountDetails: { Account: { OwnerID: owner, AccountID: "new" } } },
      }),
    told: BOOKMARKED,
    toldElsewhere: (owner) => ({ ...refused(`Account ${owner}/new`), ...BOOKMARKED }),
  },
  FeedRequestType_Action: {
    frame: (owner) => feedFrame("FeedRequestType_Action", update(owner, "O1")),
    told: BOOKMARKED,
    toldElsewhere: (owner) => ({ ...refused(`Account ${owner}/A`), ...BOOKMARKED }),
  },
  FeedRequestType_Request: {
    frame: (owner) => feedFrame("FeedRequestType_Request", { Request: request(owner) }),
    told: BOOKMARKED,
    toldElsewhere: (owner) => ({ ...refused(`Account ${owner}/A`), ...BOOKMARKED }),
  },
  FeedRequestType_Update: {
    frame: (owner) => feedFrame("FeedRequestType_Update", { Update: answer(owner) }),
    told: { ...refused("Request.Unknown none"), ...BOOKMARKED },
    toldElsewhere: (owner) => ({ ...refused(`Account ${owner}/A`), ...BOOKMARKED }),
  },
  FeedRequestType_LegacyUpdate: notTaken("FeedRequestType_LegacyUpdate"),
  FeedRequestType_LegacyTrade: notTaken("FeedRequestType_LegacyTrade"),
  FeedRequestType_LegacyRequest: notTaken("FeedRequestType_LegacyRequest"),
  FeedRequestType_LegacyTransaction: notTaken("FeedRequestType_LegacyTransaction"),
  FeedRequestType_RequestResponse: {
    frame: (owner) => feedFrame("FeedRequestType_RequestResponse", { RequestResponse: answer(owner) }),
    told: refused("Request.Unknown none"),
    toldElsewhere: (owner) => refused(`Account ${owner}/A`),
  },
  FeedRequestType_QueryResponse: {
    frame: () => feedFrame("FeedRequestType_QueryResponse", { RequestID: 1, QueryResponse: {} }),
    told: refused("Query.Unknown 1"),
  },
};
