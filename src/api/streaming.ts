/** Where sockets are opened. Who the caller is goes to the Owner's object in headers that only the Worker sets. */
import { Hono } from "hono";
import { SOCKET_HEADERS } from "../owner/rpc.ts";
import { encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { Permissions } from "../protocol/messages/index.ts";
import { authorisedSocket, offeredProtocols, SOCKET_PROTOCOL } from "./authentication.ts";
import type { Api, Caller } from "./environment.ts";
import { ownerInQuery, ownerStub } from "./owners.ts";
import { Query } from "./parameters.ts";
import { refused } from "./refusals.ts";

export const streaming = new Hono<Api>();

streaming.get("/streaming", authorisedSocket(), async (call) => {
  const query = new Query(call, "owner", "compact");
  const ownerId = ownerInQuery(call, query, "Authority");
  const compact = query.flag("compact");
  const protocols = offeredProtocols(call);
  // A client that offers protocols and is answered none hangs up: better to tell it why.
  if (protocols.length > 0 && !protocols.includes(SOCKET_PROTOCOL)) {
    throw new Refusal("Field.Invalid", "Sec-WebSocket-Protocol");
  }
  const isUpgrade = call.req.header("Upgrade")?.toLowerCase() === "websocket";
  if (call.req.method !== "GET" || !isUpgrade) {
    return refused(["Message.Upgrade"], { Upgrade: "websocket", Connection: "Upgrade" });
  }
  const headers = socketHeaders(ownerId, call.var.caller, compact);
  const opened = await ownerStub(call, ownerId).fetch(new Request("https://owner/streaming", { headers }));
  // All that the object has against a socket is that it has too many.
  if (opened.status !== 101) throw new Refusal("Retry");
  const answer = new Response(null, opened);
  if (protocols.length > 0) answer.headers.set("Sec-WebSocket-Protocol", SOCKET_PROTOCOL);
  return answer;
});

/**
 * Nothing that the client sent is passed on. The object is told of no other Owners than itself: it has no use for
 * them, and keeps this with every socket.
 */
function socketHeaders(ownerId: string, { permissions, expires }: Caller, compact: boolean): Headers {
  const headers = new Headers({ Upgrade: "websocket" });
  headers.set(SOCKET_HEADERS.owner, encodeURIComponent(ownerId));
  headers.set(SOCKET_HEADERS.permissions, inAscii(encode(Permissions, { ...permissions, Owners: [ownerId] })));
  headers.set(SOCKET_HEADERS.compact, String(compact));
  if (expires !== undefined) headers.set(SOCKET_HEADERS.expires, String(expires));
  return headers;
}

/** JSON for a header, which holds ASCII only. */
function inAscii(json: string): string {
  return json.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
