/** What a hostile tenant may do to a server, without end until it is told to stop. */
import { setTimeout as wait } from "node:timers/promises";
import { DeafSocket } from "../support/deaf-socket.ts";
import { Supply, type Target } from "./supply.ts";
import { updateFrames } from "./updates.ts";

/** Does harm until the signal; resolves with how often. What leaves something behind each time does it `times` times. */
export type Flood = (target: Target, signal: AbortSignal, times: number) => Promise<number>;

const AT_ONCE = 20;
/** One less than a socket is closed for, and one that is good. */
const BAD_FRAMES = 9;
const NOT_JSON = "[".repeat(1000);
const BODY = `[${'{"Transfer":'.repeat(50_000)}`;
const VIEWS = ["Balances", "Holdings", "Orders", "Updates", "Metadata", "Status"];
const DEAF = 20;
/** Updates that are sent before the first of them is waited for. */
const BURST = 250;
const WINDOW = 16;

export const FLOODS: Readonly<Record<string, { readonly flood: Flood; readonly unit: string }>> = {
  "frames that are no JSON": { flood: badFrames, unit: "frames" },
  "sockets, opened and left": { flood: sockets, unit: "sockets" },
  "sockets that are half open": { flood: halfOpenSockets, unit: "connections" },
  subscriptions: { flood: subscriptions, unit: "subscriptions" },
  "bodies of 600 kB that are no JSON": { flood: bodies, unit: "calls" },
  "good updates": { flood: (target, signal) => updates(target, () => !signal.aborted), unit: "updates" },
  "deaf subscribers to every view": { flood: deafReaders, unit: "updates" },
  "deaf subscribers with a window": {
    flood: (target, signal, times) => deafReaders(target, signal, times, WINDOW),
    unit: "updates",
  },
};

/** Does the same at several places at once, until the signal. */
async function without(signal: AbortSignal, act: () => Promise<number>): Promise<number> {
  const counts = Array.from({ length: AT_ONCE }, async () => {
    let count = 0;
    while (!signal.aborted) count += await act();
    return count;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

function open({ url, owner, token }: Target): Promise<WebSocket> {
  const address = new URL(`/streaming?owner=${owner}`, url);
  address.protocol = "ws:";
  const socket = new WebSocket(address.href, ["oms.v1", `bearer.${token}`]);
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve(socket), { once: true });
    socket.addEventListener("error", () => reject(new Error("the hostile tenant was not let in")), { once: true });
  });
}

/** Resolves when a frame comes that holds a text, or none will come. */
function heard(socket: WebSocket, text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listening = new AbortController();
  const { signal } = listening;
  socket.addEventListener("close", () => resolve(), { signal });
  socket.addEventListener("message", ({ data }) => String(data).includes(text) && resolve(), { signal });
  return promise.finally(() => listening.abort());
}

async function badFrames(target: Target, signal: AbortSignal): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: AT_ONCE }, () => open(target)));
  const sent = await without(signal, async () => {
    const socket = sockets.pop() ?? (await open(target));
    const answered = heard(socket, '"RequestID":"S"');
    for (let frame = 0; frame < BAD_FRAMES; frame++) socket.send(NOT_JSON);
    socket.send('{"Type":"Synchronise","RequestID":"S"}');
    await answered;
    sockets.push(socket);
    return BAD_FRAMES;
  });
  for (const socket of sockets) socket.close();
  return sent;
}

async function sockets(target: Target, signal: AbortSignal): Promise<number> {
  return await without(signal, async () => {
    const deaf = await DeafSocket.open(target.url, target.owner, target.token);
    deaf.destroy();
    return 1;
  });
}

async function halfOpenSockets({ url }: Target, signal: AbortSignal): Promise<number> {
  const left: DeafSocket[] = [];
  const opened = await without(signal, async () => {
    left.push(await DeafSocket.halfOpen(url));
    await wait(AT_ONCE);
    return 1;
  });
  for (const deaf of left) deaf.destroy();
  return opened;
}

async function subscriptions(target: Target, signal: AbortSignal): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: AT_ONCE }, () => open(target)));
  const made = await without(signal, async () => {
    const socket = sockets.pop() ?? (await open(target));
    const answered = heard(socket, '"RequestID":"S"');
    for (const Type of VIEWS) {
      for (const act of ["Subscribe", "Unsubscribe"])
        socket.send(JSON.stringify({ Type: act, RequestID: act, Subscription: { Type } }));
    }
    socket.send('{"Type":"Synchronise","RequestID":"S"}');
    await answered;
    sockets.push(socket);
    return VIEWS.length;
  });
  for (const socket of sockets) socket.close();
  return made;
}

async function bodies({ url, token }: Target, signal: AbortSignal): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  return await without(signal, async () => {
    const answer = await fetch(new URL("/request", url), { method: "POST", headers, body: BODY });
    await answer.arrayBuffer();
    if (answer.status !== 400) throw new Error(`a body that is no JSON was answered with ${answer.status}`);
    return 1;
  });
}

/** As fast as they are acknowledged. */
async function updates(target: Target, goesOn: (sent: number) => boolean): Promise<number> {
  const supply = await Supply.open(target);
  let sent = 0;
  while (goesOn(sent)) {
    const first = supply.resumedAt + sent + 1;
    await supply.pipelined(updateFrames(target.owner, first, first + BURST - 1, 1), BURST);
    sent += BURST;
  }
  await supply.close();
  return sent;
}

/** Subscribers who never read, while the tenant's adapter sends so many updates. */
async function deafReaders(target: Target, signal: AbortSignal, times: number, Window?: number): Promise<number> {
  const { url, owner, token } = target;
  const deaf = await Promise.all(Array.from({ length: DEAF }, () => DeafSocket.open(url, owner, token)));
  for (const socket of deaf) {
    for (const Type of VIEWS)
      socket.send(
        JSON.stringify({ Type: "Subscribe", Subscription: { Type, ...(Window !== undefined && { Window }) } }),
      );
  }
  const sent = await updates(target, (count) => count < times);
  while (!signal.aborted) await wait(AT_ONCE);
  for (const socket of deaf) socket.destroy();
  return sent;
}
