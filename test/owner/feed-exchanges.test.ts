/** Which exchanges a feed may define: those that its identity is given, and no others. */
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/owner/engine.ts";
import type { Socket } from "../../src/owner/socket.ts";
import { digestOf } from "../../src/storage/digest.ts";
import { MemoryData, MemoryStore } from "../../src/storage/memory-store.ts";
import { moment } from "../storage/samples.ts";

/** An adapter with the feed `asx` open, whose frames are dealt with at once. */
class AdapterOfExchanges {
  readonly #store = new MemoryStore(new MemoryData());
  readonly #turns: (() => void)[] = [];
  readonly #received: string[] = [];
  readonly #engine: Engine;
  readonly #session: string;
  #position = 0;

  constructor(exchanges: readonly string[] | undefined) {
    this.#engine = new Engine(this.#store, {
      now: () => Date.now(),
      digest: digestOf,
      newId: () => crypto.randomUUID(),
      later: (_, action) => void this.#turns.push(action),
      timeout: () => () => undefined,
      setAlarm: () => {},
      abort: (reason) => {
        throw new Error(reason);
      },
      report: (error) => {
        throw error;
      },
    });
    const socket: Socket = {
      send: (frame) => void this.#received.push(String(frame)),
      close: () => {},
      keep: () => {},
      lastPing: () => undefined,
    };
    const Exchanges = exchanges && [...exchanges];
    const permissions = { Source: "test", Identity: "Client:asx", Feeds: ["asx"], ...(Exchanges && { Exchanges }) };
    this.#session = this.#engine.connect({ permissions, compact: false }, () => socket);
    this.#send("Open", {});
  }

  /** Sends an operation, and gives the refusal that answers it. */
  submit(Type: string, ExchangeDetails: object | undefined): string | undefined {
    const before = this.#received.length;
    const Position = { Sequence: "asx", Position: ++this.#position };
    this.#send("Operation", { Position, Operation: { Type, ...(ExchangeDetails && { ExchangeDetails }) } });
    return this.#received.slice(before).flatMap((frame) => JSON.parse(frame).Request?.Errors ?? [])[0];
  }

  /** The exchanges that the Owner has of its own. */
  exchanges(): readonly unknown[] {
    return [...this.#store.list("ownExchange", {})].map(({ body }) => JSON.parse(body).Exchange);
  }

  /** What the log holds of the feed: the position and what was refused. */
  log(): readonly unknown[] {
    const records = [...this.#store.records(moment(0), this.#store.head().at)].map(({ text }) => JSON.parse(text));
    return records.filter(({ Sequence }) => Sequence === "asx").map(({ Position, Errors }) => [Position, Errors]);
  }

  #send(Type: string, content: object): void {
    const Feed = { Type, Position: { Sequence: "asx" }, ...content };
    this.#engine.receive(this.#session, JSON.stringify({ Type: "FeedRequest", Feed }));
    for (let turn = this.#turns.shift(); turn !== undefined; turn = this.#turns.shift()) turn();
  }
}

describe("a feed that defines exchanges", () => {
  it("may do so with those that its identity is given", () => {
    const adapter = new AdapterOfExchanges(["ASX", "CXA"]);
    expect(adapter.submit("DefineExchange", { Exchange: "ASX" })).toBeUndefined();
    expect(adapter.submit("DefineExchange", { Exchange: "CXA" })).toBeUndefined();
    expect(adapter.exchanges()).toEqual(["ASX", "CXA"]);
    expect(adapter.submit("UndefineExchange", { Exchange: "CXA" })).toBeUndefined();
    expect(adapter.exchanges()).toEqual(["ASX"]);
  });

  it.each([
    { given: [], what: "none" },
    { given: undefined, what: "none, for none are listed" },
    { given: ["XLON", "asx"], what: "others" },
  ])("is refused those that its identity is not given: $what; and its log keeps that", ({ given }) => {
    const adapter = new AdapterOfExchanges(given);
    expect(adapter.submit("DefineExchange", { Exchange: "ASX" })).toBe("Authority ASX");
    expect(adapter.submit("UndefineExchange", { Exchange: "ASX" })).toBe("Authority ASX");
    expect(adapter.exchanges()).toEqual([]);
    expect(adapter.log()).toEqual([
      [1, ["Authority ASX"]],
      [2, ["Authority ASX"]],
    ]);
  });

  it("is told of the field when it names none, and may define nothing else that is common to tenants", () => {
    const adapter = new AdapterOfExchanges(["ASX"]);
    const field = "Operation.ExchangeDetails";
    expect(adapter.submit("DefineExchange", undefined)).toBe(`Field.Missing ${field}`);
    expect(adapter.submit("DefineExchange", {})).toBe(`Field.Missing ${field}.Exchange`);
    for (const Type of ["OperationType_DefineRequestStatus", "OperationType_TransformOwner"]) {
      expect(adapter.submit(Type, { Exchange: "ASX" })).toBe(`Operation ${Type}`);
    }
  });
});
