/** Why is this number what it is? Every state that a record had, each with the update that caused it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesOf } from "../../src/domain/event-records.ts";
import { parseStoredRecord } from "../../src/domain/log-record.ts";
import { KEY_SEPARATOR, keyOf } from "../../src/domain/records.ts";
import type { LogContent, LogQuestion } from "../../src/owner/rpc.ts";
import { decodeText, encode } from "../../src/protocol/codec.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { RecordedState } from "../../src/protocol/messages/index.ts";
import { fromMicroseconds } from "../../src/protocol/timestamp.ts";
import { EMPTY, moment } from "../storage/samples.ts";
import { deposit, trade, update } from "./actions.ts";
import { randomWorlds } from "./random-world.ts";
import { drawn, told } from "./told.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

type HistoryKind = "balance" | "holding" | "order";

const history = (kind: HistoryKind, ...parts: readonly string[]): LogContent => ({ type: "history", kind, parts });

function ask({ engine }: World, content: LogContent, options: Partial<LogQuestion> = {}) {
  return told(engine.past.log({ content, span: {}, ...options }));
}

class Feed {
  readonly world = new World();
  readonly #adapter: PlayedSocket;
  #position = 0;

  constructor() {
    this.#adapter = this.world.connect({ feeds: ["asx"] });
    this.world.open(this.#adapter);
  }

  /** Sends actions; each call is a commit. */
  send(...actions: readonly object[]): this {
    for (const action of actions) this.world.feed(this.#adapter, "Action", ++this.#position, action);
    this.world.settle();
    return this;
  }
}

/** An order's state in short: account, quantity, and whether that is where it went. */
function inShort(lines: ReturnType<typeof ask>): readonly string[] {
  return lines.map(({ message: { Event, Position } }) => {
    const { Account, Quantity } = Event.Order;
    return `${Position} ${Account.AccountID} ${Quantity}${Event.UpdateAction === undefined ? "" : " gone"}`;
  });
}

const moved = (orderId: string, AccountID: string, Quantity: number, change = {}) =>
  update(OWNER, orderId, { AccountID, Quantity, ...change });

describe("the history of a record", () => {
  it("is every state that a balance had, with the update that caused it and where that stands", () => {
    const { world } = new Feed().send(
      deposit(OWNER, "D1", 100),
      deposit(OWNER, "D2", 5, "B"),
      update(OWNER, "O1"),
      { Action: { Type: "Update", Order: { OrderID: "O1" } } },
      deposit(OWNER, "D3", -100),
    );
    const lines = ask(world, history("balance", "A", "AUD"));
    expect(
      lines.map(({ message: { Position, Event, Update } }) => [
        Position,
        Event.Balance.Balance,
        Event.Balance.UnfilledBuys,
        Update.Action.Transaction?.TransactionID ?? Update.Action.Order.OrderID,
      ]),
    ).toEqual([
      [1, 100, 0, "D1"],
      [3, 100, 1000, "O1"],
      [5, 0, 1000, "D3"],
    ]);
    for (const { at, records, json, message } of lines) {
      expect([records, message.Sequence, message.At]).toEqual([1, "asx", fromMicroseconds(at)]);
      expect(encode(RecordedState, decodeText(RecordedState, json))).toBe(json);
    }
    const [short] = ask(world, history("balance", "A", "AUD"), { compact: true, qualified: true });
    expect(short?.message).toMatchObject({ Sequence: `${OWNER}/asx`, Event: { Type: "Balance" } });
  });

  it("tells of a holding, also of one that names neither exchange nor code, and that it went", () => {
    const bare = { Code: "", Exchange: "" };
    const { world } = new Feed().send(
      trade(OWNER, "O1", "T1", 10, 5),
      trade(OWNER, "O2", "T2", 4, 5, bare),
      trade(OWNER, "O3", "T3", 10, 6, { Side: "SELL", Quantity: 10, ExecutedQuantity: 10 }),
    );
    const quantities = (exchange: string, code: string) =>
      ask(world, history("holding", "A", exchange, code)).map(({ message: { Event } }) => [
        Event.Holding.Quantity,
        Event.UpdateAction,
      ]);
    expect(quantities("ASX", "BHP")).toEqual([
      [10, undefined],
      [0, "UpdateAction_Remove"],
    ]);
    expect(quantities("", "")).toEqual([[4, undefined]]);
  });

  it("is within a span and by count, and empty when the span holds nothing of it", () => {
    const feed = new Feed();
    for (let count = 1; count <= 5; count++) feed.send(deposit(OWNER, `D${count}`, 1));
    const { world } = feed;
    const content = history("balance", "A", "AUD");
    const all = ask(world, content);
    const positions = (options: Partial<LogQuestion>) =>
      ask(world, content, options).map(({ message }) => message.Position);
    const [, second, , fourth] = all;
    expect(positions({ span: { from: { at: second?.at ?? 0 }, to: { at: fourth?.at ?? 0 } } })).toEqual([3, 4]);
    expect(positions({ span: { from: { positions: { asx: 2 } } } })).toEqual([3, 4, 5]);
    expect(positions({ span: { to: { positions: { asx: 2, oms: 1 } } }, count: 1 })).toEqual([1]);
    expect(positions({ span: { from: { at: world.store.head().at } } })).toEqual([]);
    expect(positions({ span: { to: { positions: { oms: 1 } } } })).toEqual([]);
  });

  it("is refused when there never was such a record, and only then", () => {
    const { world } = new Feed().send(moved("O1", "A", 100), moved("O1", "A", 100, { RemoveAfter: {} }));
    expect(() => ask(world, history("order", "A", "O2"))).toThrow("Unknown A/O2");
    expect(() => ask(world, history("order", "B", "O1"))).toThrow("Unknown");
    expect(() => ask(world, history("balance", "A", "USD"))).toThrow("Unknown");
    expect(ask(world, history("order", "A", "O1"), { span: { to: { at: 1 } } })).toEqual([]);
    expect(inShort(ask(world, history("order", "A", "O1")))).toEqual(["1 A 100", "2 A 100 gone"]);
  });

  it("tells an event as it was raised", () => {
    const { world } = new Feed().send(deposit(OWNER, "D1", 1));
    const event = {
      Type: "UpdateEventType_Balance",
      Balance: { Balance: 1.5, Currency: "AUD", Colour: "red", Account: { AccountID: "A", OwnerID: OWNER } },
    };
    const at = moment(world.store.head().at + 1);
    const Authority = { Authority: "Operator", Identity: "User:ann" };
    const text = JSON.stringify({ At: at, Sequence: "oms", Position: 2, Authority, Events: [event] });
    const version = { kind: "balance" as const, key: keyOf.balance("A", "AUD"), body: "{}", before: true };
    world.store.commit({
      ...EMPTY,
      records: [{ at, text }],
      positions: new Map([["oms", 2]]),
      versions: [version],
    });
    const last = ask(world, history("balance", "A", "AUD")).at(-1);
    expect(last?.json).toContain(`"Event":${JSON.stringify(event)},"Authority":${JSON.stringify(Authority)}`);
  });

  it("gives others a turn while it finds nothing in much that was read", () => {
    const feed = new Feed();
    const Group = "x".repeat(LIMITS.UPDATE_BYTES - 1000);
    for (const count of [1, 2, 3])
      feed.send(moved("O1", "A", count), moved("O2", "A", count, { Group }), moved("O3", "A", count, { Group }));
    const { pieces } = feed.world.engine.past.log({ content: history("order", "A", "O1"), span: {} });
    const all = drawn(pieces);
    expect(all.filter((piece) => piece === "").length).toBeGreaterThan(1);
    expect(all.join("").split("\n")).toHaveLength(4);
  });
});

describe("the history of an order that was moved", () => {
  it("goes back through the accounts that it came from, in the order of time", () => {
    const { world } = new Feed()
      .send(moved("O1", "A", 1), moved("O2", "A", 50), moved("O1", "A", 2))
      .send(moved("O1", "B", 3), moved("O2", "B", 51))
      .send(moved("O1", "B", 4), moved("O1", "C", 5), moved("O1", "C", 6));
    const whole = ["1 A 1", "3 A 2", "4 A 2 gone", "4 B 3", "6 B 4", "7 B 4 gone", "7 C 5", "8 C 6"];
    expect(inShort(ask(world, history("order", "C", "O1")))).toEqual(whole);
    expect(inShort(ask(world, history("order", "B", "O1")))).toEqual(whole.slice(0, 6));
    expect(inShort(ask(world, history("order", "A", "O1")))).toEqual(whole.slice(0, 3));
    const from = { positions: { asx: 3 } };
    expect(inShort(ask(world, history("order", "C", "O1"), { span: { from } }))).toEqual(whole.slice(2));
    expect(inShort(ask(world, history("order", "C", "O1"), { span: { from }, count: 1 }))).toEqual(whole.slice(2, 4));
    // Also where the span ends before it was moved.
    const to = { positions: { asx: 3 } };
    expect(inShort(ask(world, history("order", "C", "O1"), { span: { to } }))).toEqual(whole.slice(0, 2));
  });

  it("passes through an account as often as the order did", () => {
    const { world } = new Feed()
      .send(moved("O1", "A", 1), moved("O1", "B", 2), moved("O1", "A", 3), moved("O1", "B", 4))
      .send(moved("O1", "C", 5), moved("O1", "A", 6));
    const whole = [
      ...["1 A 1", "2 A 1 gone", "2 B 2", "3 B 2 gone", "3 A 3", "4 A 3 gone", "4 B 4"],
      ...["5 B 4 gone", "5 C 5", "6 C 5 gone", "6 A 6"],
    ];
    expect(inShort(ask(world, history("order", "A", "O1")))).toEqual(whole);
    expect(inShort(ask(world, history("order", "C", "O1")))).toEqual(whole.slice(0, 10));
  });

  it("tells of a move by which the order went at once", () => {
    const { world } = new Feed().send(moved("O1", "A", 1), moved("O1", "B", 2, { RemoveAfter: {} }));
    expect(inShort(ask(world, history("order", "B", "O1")))).toEqual(["1 A 1", "2 A 1 gone", "2 B 2 gone"]);
    expect(inShort(ask(world, history("order", "A", "O1")))).toEqual(["1 A 1", "2 A 1 gone"]);
  });

  it("does not go to an account where another order of that id was before", () => {
    const { world } = new Feed().send(
      moved("O1", "A", 1),
      moved("O1", "A", 1, { RemoveAfter: {} }),
      moved("O1", "B", 3),
    );
    expect(inShort(ask(world, history("order", "B", "O1")))).toEqual(["3 B 3"]);
  });

  it("is all that the log tells of the order under those accounts, whatever happened", () => {
    const accounts = fc.constantFrom("A", "B", "C");
    const steps = fc.array(fc.tuple(accounts, fc.nat(5), fc.boolean()), { minLength: 1, maxLength: 25 });
    return fc.assert(
      fc.property(steps, accounts, fc.option(fc.nat(25), { nil: undefined }), (moves, asked, after) => {
        const feed = new Feed();
        let waiting: object[] = [];
        for (const [index, [AccountID, goes, isCommit]] of moves.entries()) {
          waiting.push(moved("O1", AccountID, index + 1, goes === 0 ? { RemoveAfter: {} } : {}));
          if (isCommit) feed.send(...waiting);
          if (isCommit) waiting = [];
        }
        feed.send(...waiting);
        const { world } = feed;
        fc.pre(world.data.versions.get("order")?.has(keyOf.order(asked, "O1")) === true);
        const span = after === undefined ? {} : { from: { positions: { asx: after, oms: 1, system: 1 } } };
        const lines = inShort(ask(world, history("order", asked, "O1"), { span }));
        expect(lines).toEqual(expectedHistory(moves, asked, after ?? 0));
      }),
      { numRuns: 500 },
    );
  });

  /** The lives of the order as it was moved about, told by following the moves alone. */
  function expectedHistory(
    moves: readonly (readonly [string, number, boolean])[],
    asked: string,
    after: number,
  ): readonly string[] {
    interface Life {
      readonly account: string;
      readonly from: Life | undefined;
      readonly begins: number;
      readonly told: string[];
    }
    const lives: Life[] = [];
    let present: { life: Life; quantity: number } | undefined;
    for (const [index, [account, goes]] of moves.entries()) {
      const position = index + 1;
      const previous = present?.life;
      if (present !== undefined && present.life.account !== account) {
        present.life.told.push(`${position} ${present.life.account} ${present.quantity} gone`);
      }
      const isSame = previous?.account === account;
      const life = isSame ? previous : { account, from: previous, begins: position, told: [] };
      if (!isSame) lives.push(life);
      life.told.push(`${position} ${account} ${position}${goes === 0 ? " gone" : ""}`);
      present = goes === 0 ? undefined : { life, quantity: position };
    }
    // Every life under the account that is asked for, and those that they came from, each account up to the last move.
    const bounds = new Map<string, number>([[asked, Number.POSITIVE_INFINITY]]);
    for (const life of [...lives].reverse()) {
      const { account, from, begins } = life;
      if (from === undefined || begins <= after || begins > (bounds.get(account) ?? 0)) continue;
      bounds.set(from.account, Math.max(bounds.get(from.account) ?? 0, begins));
    }
    return lives
      .filter(({ account, begins }) => begins <= (bounds.get(account) ?? 0))
      .flatMap(({ account, told: lines }) =>
        lines.map((text) => ({ account, text, position: Number.parseInt(text, 10) })),
      )
      .filter(({ account, position }) => position > after && position <= (bounds.get(account) ?? 0))
      .sort((left, right) => left.position - right.position)
      .map(({ text }) => text);
  }
});

describe("the histories of all records", () => {
  it("are all changes of balances and holdings that the log tells of, whatever the past", () => {
    return fc.assert(
      fc.property(randomWorlds, (world) => {
        const { store } = world;
        const changes = [...store.records(moment(0), store.head().at)].flatMap(({ at, text }) =>
          [...changesOf(parseStoredRecord(text))].map((change) => ({ at, ...change })),
        );
        for (const kind of ["balance", "holding"] as const) {
          const ofKind = changes.filter((change) => change.kind === kind);
          for (const key of new Set(ofKind.map((change) => change.key))) {
            const lines = ask(world, history(kind, ...key.split(KEY_SEPARATOR)));
            const states = lines.map(({ at, message: { Event } }) => ({
              at,
              state: Event.UpdateAction === undefined ? JSON.stringify(Event.Balance ?? Event.Holding) : null,
            }));
            expect(states).toEqual(
              ofKind.filter((change) => change.key === key).map(({ at, state }) => ({ at, state })),
            );
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
