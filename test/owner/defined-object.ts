/** Owners' objects inside workerd that have been told who they are, and sockets to them. */
import { runInDurableObject } from "cloudflare:test";
import { SOCKET_HEADERS } from "../../src/owner/rpc.ts";
import type { Permissions } from "../../src/protocol/messages/index.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { Client } from "./client.ts";
import { define, GENERATION, type Handed } from "./defined.ts";
import { newOwner, objectOf } from "./object.ts";

/** An Owner of its own for a test, whose object knows who it is and what was handed down to it. */
export async function definedOwner(...handed: readonly Handed[]): Promise<string> {
  const ownerId = newOwner();
  await runInDurableObject(objectOf(ownerId), (_, { storage }) => define(new SqliteStore(storage), ownerId, ...handed));
  return ownerId;
}

export interface SocketCall {
  readonly permissions?: Permissions;
  /** In seconds since 1970. */
  readonly expires?: number;
}

/** What the object answers to the Worker's request for a socket. */
export function askForSocket(ownerId: string, { permissions = {}, expires }: SocketCall = {}): Promise<Response> {
  const who: Permissions = { Source: "test", Identity: "User:x", ...permissions, Owners: [ownerId] };
  return objectOf(ownerId).fetch("https://owner/streaming", {
    headers: {
      Upgrade: "websocket",
      [SOCKET_HEADERS.owner]: encodeURIComponent(ownerId),
      [SOCKET_HEADERS.generation]: String(GENERATION),
      [SOCKET_HEADERS.permissions]: JSON.stringify(who),
      ...(expires !== undefined && { [SOCKET_HEADERS.expires]: String(expires) }),
    },
  });
}

export async function openSocketTo(ownerId: string, call: SocketCall = {}): Promise<Client> {
  const { webSocket, status } = await askForSocket(ownerId, call);
  if (webSocket === null) throw new Error(`refused: ${status}`);
  return new Client(webSocket);
}
