/** Where sockets are opened. Who the caller is goes to the Owner's object in headers that only the Worker sets. */
import { Hono } from "hono";
import { type OwnerAddress, SOCKET_HEADERS } from "../owner/rpc.ts";
import { CLOSE } from "../owner/socket.ts";
import { encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { Permissions } from "../protocol/messages/index.ts";
import { ownerInQuery } from "./asking.ts";
import { authorisedSocket, offeredProtocols, requireStillPermitted, SOCKET_PROTOCOL } from "./authentication.ts";
import { askOwner } from "./directory.ts";
import type { Api, Call, Caller, OwnerStub } from "./environment.ts";
import { Query } from "./parameters.ts";
import { refusalIn, refused } from "./refusals.ts";

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
  const opened = await askOwner(call, ownerId, (object, address) =>
    openSocket(call, object, socketHeaders(address, call.var.caller, compact)),
  );
  const answer = new Response(null, opened);
  if (protocols.length > 0) answer.headers.set("Sec-WebSocket-Protocol", SOCKET_PROTOCOL);
  return answer;
});

/** Opens a socket at an Owner's object. Throws the Refusal that the object answers, or `Retry`. */
async function openSocket(call: Call, object: OwnerStub, headers: Headers): Promise<Response> {
  const opened = await object.fetch(new Request("https://owner/streaming", { headers }));
  if (opened.status !== 101) throw refusalIn(await opened.text());
  try {
    await requireStillPermitted(call);
  } catch (error) {
    opened.webSocket?.accept();
    opened.webSocket?.close(CLOSE.revoked, "its permissions have changed");
    throw error;
  }
  return opened;
}

/**
 * Nothing that the client sent is passed on. The object is told of no other Owners than itself: it has no use for
 * them, and keeps this with every socket.
 */
function socketHeaders(address: OwnerAddress, { permissions, expires }: Caller, compact: boolean): Headers {
  const { ownerId, generation } = address;
  const headers = new Headers({ Upgrade: "websocket" });
  headers.set(SOCKET_HEADERS.owner, encodeURIComponent(ownerId));
  headers.set(SOCKET_HEADERS.generation, String(generation));
  headers.set(SOCKET_HEADERS.permissions, inAscii(encode(Permissions, { ...permissions, Owners: [ownerId] })));
  headers.set(SOCKET_HEADERS.compact, String(compact));
  if (expires !== undefined) headers.set(SOCKET_HEADERS.expires, String(expires));
  return headers;
}

/** JSON for a header, which holds ASCII only. */
function inAscii(json: string): string {
  return json.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
