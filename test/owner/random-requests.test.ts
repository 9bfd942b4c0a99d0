/**
 * Requests, answers, openings, losses, restarts, timers that come late, early and twice, and a clock that jumps, played
 * at random against a plain model: nothing is sent twice unasked, nothing is forgotten, and everybody who asked is told
 * the last that is known.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { account } from "./actions.ts";
import {
  answer,
  askByCall,
  askBySocket,
  type Called,
  idsSentTo,
  openRequests,
  responseOf,
  tradingWorld,
} from "./asking.ts";
import { PlainRequests } from "./plain-requests.ts";
import { settled } from "./questions.ts";
import { requestOf, type Step, step, TOLD } from "./request-steps.ts";
import { OWNER, type PlayedSocket, type World } from "./world.ts";

class Play {
  readonly #world: World = tradingWorld();
  readonly #plain = new PlainRequests();
  /** Every socket and call by the name that the model knows it by; the last of each number is the present one. */
  readonly #sockets = new Map<string, PlayedSocket>();
  readonly #calls = new Map<string, Called>();
  readonly #refused: string[] = [];
  #names = 0;
  #position = 0;

  async perform(each: Step): Promise<void> {
    this.#do(each);
    if (each.do === "ring") await this.#world.ring();
    await settled(this.#world);
    this.#model(each);
    this.#compare();
  }

  /** Everything that waits comes to its end: nothing is forgotten. */
  async end(): Promise<void> {
    for (const last of [{ do: "pass", milliseconds: 100_000 }, { do: "ring" }, { do: "open", adapter: 0 }] as const) {
      await this.perform(last);
    }
    expect(openRequests(this.#world).filter((text) => text.endsWith("Pending"))).toEqual([]);
    expect(this.#world.reported).toEqual([]);
  }

  #do(each: Step): void {
    const world = this.#world;
    switch (each.do) {
      case "ask":
        askBySocket(world, this.#present("client", each.client), requestOf(each), this.#named("frame"));
        return;
      case "call":
        this.#calls.set(this.#named("call"), askByCall(world, requestOf(each)));
        return;
      case "open":
        world.feed(this.#present("adapter", each.adapter), "Open");
        return;
      case "close":
        if (this.#isSupplier(each.adapter)) world.feed(this.#present("adapter", each.adapter), "Close");
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
        return;
      case "wake":
        world.wake();
        return;
      case "crash":
        for (const socket of world.sockets) socket.kept = null;
        this.#sockets.clear();
        world.wake();
    }
  }

  #model(each: Step): void {
    const plain = this.#plain;
    const { now } = this.#world;
    const at = Math.ceil(this.#world.store.head().at / 1000);
    switch (each.do) {
      case "ask":
        plain.askBySocket(this.#nameOf("client", each.client), this.#last("frame"), each.id, each.content, at);
        return;
      case "call":
        plain.askByCall(this.#last("call"), each.id, each.content, at);
        return;
      case "open":
        plain.opened(this.#nameOf("adapter", each.adapter), now, at);
        return;
      case "close":
        if (this.#isSupplier(each.adapter)) plain.left(this.#nameOf("adapter", each.adapter), now, at);
        return;
      case "lose":
        for (const name of this.#gone) plain.left(name, now, at);
        return;
      case "answer":
        if (plain.supplier === undefined) return;
        if (!plain.answer(each.id, each.word, each.isResponse, at)) this.#refused.push(`Request.Unknown ${each.id}`);
        return;
      case "ring":
        plain.ring(now);
        return;
      case "wake":
        plain.forgetCalls();
        return;
      case "crash":
        plain.forgetCalls();
        plain.standby = [];
        plain.supplier = undefined;
        return;
      case "hang up":
      case "pass":
        return;
    }
  }

  #compare(): void {
    const world = this.#world;
    expect(openRequests(world)).toEqual(this.#plain.open);
    for (const socket of world.sockets) {
      const name = this.#known.get(socket) ?? "";
      const { sent, told } = this.#plain;
      expect(idsSentTo(socket), name).toEqual(sent.get(name) ?? []);
      if (socket.kept !== null && name.startsWith("client"))
        expect(everythingTold(socket), name).toEqual(told.get(name) ?? []);
    }
    const refused = world.sockets.filter((socket) => (this.#known.get(socket) ?? "").startsWith("adapter"));
    expect(refused.flatMap(({ errors }) => errors).sort()).toEqual([...this.#refused].sort());
    for (const [name, called] of this.#calls) expect(outcomeOf(called), name).toBe(this.#plain.answered.get(name));
  }

  #answer({ id, word, isResponse }: Extract<Step, { do: "answer" }>): void {
    const { supplier } = this.#plain;
    const socket = [...this.#known].find(([, name]) => name === supplier)?.[0];
    if (socket === undefined) return;
    const told = TOLD[word];
    if (isResponse) answer(this.#world, socket, id, told);
    else
      this.#world.feed(socket, "Update", ++this.#position, {
        Update: { RequestID: id, Account: account(OWNER), ...told },
      });
  }

  readonly #known = new Map<PlayedSocket, string>();
  #gone: readonly string[] = [];

  #present(role: "client" | "adapter", number: number): PlayedSocket {
    const place = `${role} ${number}`;
    const known = this.#sockets.get(place);
    if (known !== undefined) return known;
    const socket = this.#world.connect(role === "adapter" ? { feeds: ["asx"], identity: place } : { identity: place });
    this.#sockets.set(place, socket);
    this.#known.set(socket, this.#named(place));
    return socket;
  }

  #nameOf(role: "client" | "adapter", number: number): string {
    return this.#known.get(this.#present(role, number)) ?? "";
  }

  #isSupplier(adapter: number): boolean {
    const socket = this.#sockets.get(`adapter ${adapter}`);
    return socket !== undefined && this.#known.get(socket) === this.#plain.supplier;
  }

  #lose(place: string): void {
    const socket = this.#sockets.get(place);
    this.#gone = [];
    if (socket === undefined) return;
    this.#sockets.delete(place);
    this.#gone = [this.#known.get(socket) ?? ""];
    socket.closed = 1006;
    this.#world.engine.lose(socket.id);
  }

  #named(what: string): string {
    return `${what} #${++this.#names}`;
  }

  #last(what: string): string {
    return `${what} #${this.#names}`;
  }
}

/** What a client was told, answers and refusals, in order. */
function everythingTold(socket: PlayedSocket): readonly string[] {
  return socket.messages.flatMap(({ Request, RequestResponse }) => {
    if (RequestResponse !== undefined) {
      const { RequestID, Status, Errors = [] } = RequestResponse;
      return [[Request.RequestID, RequestID, Status, ...Errors].join(" ")];
    }
    return Request?.Errors === undefined ? [] : [[Request.RequestID, ...Request.Errors].join(" ")];
  });
}

function outcomeOf(called: Called): string | undefined {
  const response = responseOf(called);
  if (response === undefined) return undefined;
  if (!("RequestID" in response)) return String(response);
  return [response.RequestID, response.Status, ...(response.Errors ?? [])].join(" ");
}

test("whatever happens, requests are sent, answered and told of as the plain model says", { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: "max" }), async (steps) => {
      const play = new Play();
      for (const each of steps) await play.perform(each);
      await play.end();
    }),
    { numRuns: Number(process.env.RUNS ?? 300) },
  ),
);
