/** Calls to the Worker as clients make them, over HTTP and sockets, inside workerd. */
import { exports } from "cloudflare:workers";
import { Client } from "../owner/client.ts";
import { newOwner } from "../owner/object.ts";
import { bearing, type Claims, tokenFor } from "./token.ts";

const ORIGIN = "http://oms.test";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer, or its text when it is not JSON; undefined when there is none. */
  readonly body: unknown;
}

export interface Asked {
  /** What the caller's token says; without it there is no token. */
  readonly claims?: Claims;
  /** Sent as it is. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the Worker. A body goes as JSON unless the headers say otherwise. */
export async function ask(method: string, path: string, { claims, body, headers }: Asked = {}): Promise<Answer> {
  const response = await fetchWorker(
    method,
    path,
    {
      ...(claims !== undefined && { Authorization: `Bearer ${await tokenFor(claims)}` }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    body,
  );
  if (response.webSocket !== null) response.webSocket.accept();
  response.webSocket?.close();
  const text = response.status === 101 ? "" : await response.text();
  const isJson = response.headers.get("Content-Type") === "application/json" && text !== "";
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text === "" ? undefined : text,
  };
}

/** Asks the Worker for an answer that is read by whoever asked. */
export async function open(path: string, claims: Claims): Promise<Response> {
  return fetchWorker("GET", path, await bearing(claims));
}

function fetchWorker(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Response> {
  return exports.default.fetch(new Request(ORIGIN + path, { method, headers, ...(body !== undefined && { body }) }));
}

/** A socket of a client, with the subprotocol that it was answered. Throws when the Worker does not let it in. */
export async function openSocket(path: string, { claims, headers }: Omit<Asked, "body">) {
  const {
    headers: answered,
    webSocket,
    status,
  } = await fetchWorker("GET", path, {
    Upgrade: "websocket",
    ...(claims !== undefined && { Authorization: `Bearer ${await tokenFor(claims)}` }),
    ...headers,
  });
  if (webSocket === null) throw new Error(`no socket: ${status}`);
  return { client: new Client(webSocket), protocol: answered.get("Sec-WebSocket-Protocol") };
}

/** Defines an Owner, as an operator does. */
export async function defineOwner(ownerId: string): Promise<string> {
  const claims = { features: ["Admin", "Alter"] };
  const { status, body } = await ask("POST", "/owner", { claims, body: JSON.stringify({ OwnerID: ownerId }) });
  if (status !== 204) throw new Error(`${ownerId} is not defined: ${status} ${JSON.stringify(body)}`);
  return ownerId;
}

/** An Owner that no other test has used. */
export function someOwner(): Promise<string> {
  return defineOwner(newOwner());
}

/** Supplies a feed with actions, at positions from 1 on, until all of them are durable. The feed stays open. */
export async function supply(ownerId: string, feed: string, actions: readonly object[]): Promise<Client> {
  const claims = { sub: `adapter of ${feed}`, owners: [ownerId], feeds: [feed] };
  const { client } = await openSocket("/streaming", { claims });
  await client.open(feed);
  for (const [index, Action] of actions.entries()) client.feed(feed, "Action", index + 1, { Action });
  await client.synchronise();
  return client;
}
