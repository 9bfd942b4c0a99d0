/**
 * As in random-requests.test.ts, but many things at a time: what comes before, between and after the turns of the loop
 * shares commits. Nobody can say beforehand in which order it is taken; but what must never happen can be said.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStoredRecord } from "../../src/domain/log-record.ts";
import type { At } from "../../src/domain/records.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { account } from "./actions.ts";
import {
  answer,
  askByCall,
  askBySocket,
  type Called,
  deliveriesTo,
  openRequests,
  responseOf,
  toldTo,
  tradingWorld,
} from "./asking.ts";
import { settled } from "./questions.ts";
import { requestOf, type Step, step, TOLD } from "./request-steps.ts";
import { OWNER, type PlayedSocket, type World } from "./world.ts";

/** Things that happen, and how many turns of the loop pass after each. */
const crowd = fc.array(fc.tuple(step, fc.constantFrom(0, 0, 0, 1, 2)), { minLength: 1, maxLength: 60, size: "max" });

class Crowd {
  readonly world: World = tradingWorld();
  readonly adapters: PlayedSocket[] = [];
  /** Calls of this life of the object. */
  calls: Called[] = [];
  /** How often an adapter said of a request that it never came. */
  readonly again = new Map<string, number>();
  /** The requests that were made once, by a socket. */
  readonly once = new Map<string, PlayedSocket>();
  readonly #present = new Map<string, PlayedSocket>();
  #position = 0;
  #tag = 0;

  do(each: Step): void {
    const { world } = this;
    switch (each.do) {
      case "ask":
        this.#ask(each);
        return;
      case "call":
        this.calls.push(askByCall(world, requestOf(each)));
        return;
      case "open":
      case "close":
        world.feed(this.#socket("adapter", each.adapter), each.do === "open" ? "Open" : "Close");
        return;
      case "answer":
        this.#answer(each);
        return;
      case "lose":
        this.#lose(`adapter ${each.adapter}`);
        return;
      case "hang up":
        this.#lose(`client ${each.client}`);
        return;
      case "pass":
        world.now += each.milliseconds;
        return;
      case "ring":
        void world.engine.alarm();
        return;
      case "wake":
        this.calls = [];
        world.wake();
        return;
      case "crash":
        for (const socket of world.sockets) socket.kept = null;
        this.#present.clear();
        this.calls = [];
        world.wake();
    }
  }

  /** The second client never asks for the same twice. */
  #ask({ client, id, content }: Extract<Step, { do: "ask" }>): void {
    const tag = `${++this.#tag}`;
    const asked = client === 1 ? `once ${tag}` : id;
    const socket = this.#socket("client", client);
    if (client === 1) this.once.set(asked, socket);
    askBySocket(this.world, socket, requestOf({ id: asked, content }), tag);
  }

  /** Every adapter says it, whoever supplies, of that request or of one of those that were asked for once. */
  #answer({ id: named, word, isResponse }: Extract<Step, { do: "answer" }>): void {
    const number = Number(named.slice(1));
    const id = (number % 2 === 0 ? [...this.once.keys()].at(-number / 2) : undefined) ?? named;
    if (word === "again") this.again.set(id, (this.again.get(id) ?? 0) + 1);
    for (const [place, socket] of this.#present) {
      if (!place.startsWith("adapter")) continue;
      const Update = { RequestID: id, Account: account(OWNER), ...TOLD[word] };
      if (isResponse) answer(this.world, socket, id, TOLD[word]);
      else this.world.feed(socket, "Update", ++this.#position, { Update });
    }
  }

  #socket(role: "client" | "adapter", number: number): PlayedSocket {
    const place = `${role} ${number}`;
    const known = this.#present.get(place);
    if (known !== undefined) return known;
    const socket = this.world.connect(role === "adapter" ? { feeds: ["asx"], identity: place } : { identity: place });
    if (role === "adapter") this.adapters.push(socket);
    this.#present.set(place, socket);
    return socket;
  }

  #lose(place: string): void {
    const socket = this.#present.get(place);
    if (socket === undefined) return;
    this.#present.delete(place);
    socket.closed = 1006;
    this.world.engine.lose(socket.id);
  }

  /** Lets everything come to its end, with an adapter that is there and silent. */
  async end(): Promise<void> {
    const { world } = this;
    await settled(world);
    this.do({ do: "open", adapter: 0 });
    await settled(world);
    world.now += 10 * LIMITS.REQUEST_TIMEOUT_MS;
    await world.ring();
    await settled(world);
  }
}

/** The ids of requests in the order in which they were recorded, and the places of the records that tell of each. */
function recordedIn(world: World) {
  const order: string[] = [];
  const places = new Map<number, string>();
  for (const { text } of world.store.records(0 as At, world.store.head().at)) {
    const { At: at, Update } = parseStoredRecord(text);
    const id = (Update?.ClientRequest ?? Update?.ClientRequestUpdate)?.RequestID;
    if (Update?.ClientRequest !== undefined && !order.includes(id ?? "")) order.push(id ?? "");
    if (id !== undefined) places.set(at, id);
  }
  return { order, places };
}

/** The outcome so far of a request, as who asks again is told it. */
async function outcomeOf(world: World, id: string): Promise<object> {
  const socket = world.connect();
  for (const content of ["first", "other", "wrong"]) askBySocket(world, socket, requestOf({ id, content }));
  await settled(world);
  const [told] = toldTo(socket);
  return told?.[1] ?? {};
}

test(
  "whatever comes together, nothing is sent twice unasked, nothing forgotten, and the last that is known is told",
  {
    timeout: 120_000,
  },
  () =>
    fc.assert(
      fc.asyncProperty(crowd, async (happenings) => {
        const play = new Crowd();
        const { world } = play;
        for (const [each, turns] of happenings) {
          play.do(each);
          for (let turn = 0; turn < turns; turn++) world.turn();
        }
        await play.end();
        expect(world.reported).toEqual([]);
        expect(openRequests(world).filter((text) => text.endsWith("Pending"))).toEqual([]);

        const { order, places } = recordedIn(world);
        const deliveries = play.adapters.flatMap(deliveriesTo).sort((left, right) => left.RequestID - right.RequestID);
        for (const { RequestID, Request } of deliveries) expect(places.get(RequestID)).toBe(Request.RequestID);
        const sent = deliveries.map(({ Request }) => Request.RequestID);
        for (const id of order) {
          const times = sent.filter((each) => each === id).length;
          expect(times).toBeLessThanOrEqual(Math.min(1 + (play.again.get(id) ?? 0), LIMITS.REQUEST_DELIVERIES));
        }
        const first = [...new Set(sent)].filter((id) => (play.again.get(id) ?? 0) === 0);
        expect(first).toEqual(order.filter((id) => first.includes(id)));

        const outcomes = new Map<string, object>();
        for (const id of order) outcomes.set(id, await outcomeOf(world, id));
        for (const [id, outcome] of outcomes) {
          if (JSON.stringify(outcome).includes("Timeout")) expect(sent).not.toContain(id);
        }
        // Who made a request that somebody had made before was told what was known then.
        for (const [id, client] of play.once) {
          if (client.kept === null || !outcomes.has(id)) continue;
          expect(toldTo(client).findLast(([, { RequestID }]) => RequestID === id)?.[1]).toEqual(outcomes.get(id));
        }
        for (const called of play.calls) {
          expect(called.outcome).toBeDefined();
          const told = responseOf(called);
          if (told !== undefined && "RequestID" in told) expect(outcomes.has(told.RequestID ?? "")).toBe(true);
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 200) },
    ),
);
