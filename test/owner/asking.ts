/** Client requests as they are made of an engine on Node, and how adapters on played sockets meet them. */
import { keyOf } from "../../src/domain/records.ts";
import type { RequestOutcome } from "../../src/owner/rpc.ts";
import type { ClientRequest, ClientRequestResponse, Permissions } from "../../src/protocol/messages/index.ts";
import { account } from "./actions.ts";
import { exchange, GENERATION, type Handed } from "./defined.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

/** An account that an Owner has from the beginning. */
function definedAccount(accountId: string): Handed {
  const details = { Account: account(OWNER, accountId) };
  return {
    operation: { Type: "OperationType_DefineAccount", AccountDetails: details },
    kind: "account",
    key: keyOf.account(accountId),
    state: details,
  };
}

/** An Owner with the accounts A and B, whose orders on the exchange `asx` are executed by the feed of that name. */
export function tradingWorld(): World {
  return new World(definedAccount("A"), definedAccount("B"), exchange("asx", "requests"), exchange("nzx", "requests"));
}

/** A request for a new order to buy 100 at 10 on `asx`, changed as said. */
export function newOrder(RequestID: string, change: object = {}, request: object = {}): object {
  return {
    Type: "ClientRequestType_New",
    RequestID,
    Account: account(OWNER),
    New: {
      Code: "BHP",
      Exchange: "asx",
      Side: "BUY",
      OrderType: "LIMIT",
      Price: 10,
      Quantity: 100,
      Lifetime: "GOOD_TILL_CANCEL",
      ...change,
    },
    ...request,
  };
}

/** Makes a request over a socket. `tag` is the RequestID of the frame. */
export function askBySocket(world: World, socket: PlayedSocket, Request: object, tag?: string): void {
  world.send(socket, { Type: "ClientRequest", ...(tag !== undefined && { RequestID: tag }), Request });
}

/** A call over REST, and what its caller was told; undefined while it waits. */
export interface Called {
  outcome: RequestOutcome | undefined;
}

const SOMEONE: Permissions = { Source: "test", Identity: "User:x", Owners: [OWNER] };

/** Makes a request in a call. What comes of it is there after the next `await`. */
export function askByCall(world: World, request: object, permissions: Permissions = SOMEONE): Called {
  const called: Called = { outcome: undefined };
  const call = { request: JSON.stringify(request), permissions: JSON.stringify(permissions) };
  void world.engine.request({ ownerId: OWNER, generation: GENERATION }, call).then((outcome) => {
    called.outcome = outcome;
  });
  return called;
}

/** What a caller was told of its request. */
export function responseOf({ outcome }: Called): ClientRequestResponse | readonly string[] | undefined {
  if (outcome === undefined) return undefined;
  return "errors" in outcome ? outcome.errors : JSON.parse(outcome.response);
}

/** A request as an adapter was sent it. */
export interface Delivered {
  readonly RequestID: number;
  readonly Position: { readonly Sequence: string };
  readonly Request: ClientRequest & { readonly RequestID: string };
}

/** The requests that a socket was sent, in order. */
export function deliveriesTo(socket: PlayedSocket): readonly Delivered[] {
  return socket.messages.flatMap(({ Feed }) => (Feed?.Type === "FeedEventType_Request" ? [Feed] : []));
}

/** The ids of the requests that a socket was sent, in order. */
export function idsSentTo(socket: PlayedSocket): readonly string[] {
  return deliveriesTo(socket).map(({ Request }) => Request.RequestID);
}

/** What a socket was told of the requests that it made, with the RequestIDs of its frames, in order. */
export function toldTo(
  socket: PlayedSocket,
): readonly (readonly [tag: string | undefined, told: ClientRequestResponse])[] {
  return socket.messages.flatMap(({ Type, Request, RequestResponse }) =>
    Type === "EventMessageType_Response" && RequestResponse !== undefined
      ? [[Request.RequestID, RequestResponse] as const]
      : [],
  );
}

/** What a socket was told, in short: `tag RequestID Status Errors`. */
export function briefly(socket: PlayedSocket): readonly string[] {
  return toldTo(socket).map(([tag, told]) =>
    [tag ?? "-", told.RequestID, told.Status, ...(told.Errors ?? [])].join(" "),
  );
}

/** An adapter's answer to a delivery. */
export function answer(
  world: World,
  socket: PlayedSocket,
  RequestID: string,
  told: object = {},
  Sequence = "asx",
): void {
  const RequestResponse = { RequestID, Account: account(OWNER), ...told };
  world.feed(socket, "RequestResponse", undefined, { Position: { Sequence }, RequestResponse });
}

/** The requests that are open, in short, in key order: `RequestID Status`. */
export function openRequests(world: World): readonly string[] {
  return [...world.store.list("request", {})].map(({ body }) => {
    const { Request, Status } = JSON.parse(body);
    return `${Request.RequestID} ${Status}`;
  });
}
