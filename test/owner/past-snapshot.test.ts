/** A snapshot where a span begins, and the events that follow: together they are the state where it ends. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeOf } from "../../src/domain/event-records.ts";
import type { WireEvent } from "../../src/domain/log-record.ts";
import type { At } from "../../src/domain/records.ts";
import type { Subscription } from "../../src/domain/views.ts";
import type { LogQuestion, Span } from "../../src/owner/rpc.ts";
import { decodeText, encode } from "../../src/protocol/codec.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { EventMessage } from "../../src/protocol/messages/index.ts";
import { moment } from "../storage/samples.ts";
import { update } from "./actions.ts";
import { exchange, status } from "./defined.ts";
import { randomWorlds } from "./random-world.ts";
import { drawn, linesOf, type ToldLine, told } from "./told.ts";
import { OWNER, World } from "./world.ts";

const KINDS = ["account", "balance", "holding", "order", "feed", "owner", "status"] as const;

function ask(
  { engine }: World,
  span: Span,
  subscriptions?: readonly Subscription[],
  options: Partial<LogQuestion> = {},
): readonly ToldLine[] {
  const content = { type: "events", snapshot: true, ...(subscriptions !== undefined && { subscriptions }) } as const;
  return told(engine.past.log({ content, span, ...options }));
}

/** What a client has that replaces by key what it is told. */
function folded(lines: readonly ToldLine[]): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (const event of lines.flatMap(({ message }): readonly WireEvent[] => message.Updates ?? [])) {
    const change = changeOf(event);
    if (change === undefined) continue;
    const name = `${change.kind} ${change.key}`;
    if (change.state === null) records.delete(name);
    else records.set(name, change.state);
  }
  return new Map([...records].sort());
}

function stateAt({ store }: World, at: At): ReadonlyMap<string, string> {
  const records = KINDS.flatMap((kind) =>
    [...store.list(kind, {}, at)].map(({ key, body }) => [`${kind} ${key}`, body] as const),
  );
  return new Map([...records].sort());
}

/** How a span ends. */
const ENDS = fc.constantFrom("time", "positions", "head");

const types = (lines: readonly ToldLine[]) =>
  lines.map(({ message: { Type, Subscription } }) =>
    [Type.split("_")[1], Subscription?.Type.split("_")[1]].filter((word) => word !== undefined).join(" "),
  );

describe("a snapshot and what follows it", () => {
  const orders: Subscription = { type: "SubscriptionType_Orders", targets: [] };
  const balances: Subscription = { type: "SubscriptionType_Balances", targets: [] };

  it("is the snapshot of each subscription as at the beginning, and then the events of the records", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    for (const [index, id] of ["O1", "O2", "O3"].entries()) {
      world.feed(adapter, "Action", 2 * index + 1, update(OWNER, id));
      world.settle();
    }
    const { positions } = world.store.head();
    const from = { positions: { ...Object.fromEntries(positions), asx: 1 } };
    const lines = ask(world, { from }, [orders, balances]);
    expect(types(lines)).toEqual([
      ...["SnapshotStart Orders", "Update", "SnapshotFinish Orders"],
      ...["SnapshotStart Balances", "Update", "SnapshotFinish Balances"],
      ...["Update", "Update"],
    ]);
    expect(lines.map(({ records }) => records)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
    const beginning = (lines[6]?.at ?? 0) - 1;
    expect(lines.slice(0, 6).map(({ at }) => at)).toEqual(Array(6).fill(beginning));
    expect(lines[0]?.message).toEqual({
      Type: "EventMessageType_SnapshotStart",
      Subscription: { Type: "SubscriptionType_Orders" },
      Snapshot: { Positions: { asx: 1, oms: 1, system: 1 } },
    });
    expect(lines[2]?.json).toBe(
      '{"Type":"EventMessageType_SnapshotFinish","Subscription":{"Type":"SubscriptionType_Orders"}}',
    );
    expect(lines[1]?.message.Updates).toMatchObject([{ Order: { OrderID: "O1" } }]);
    expect(lines[4]?.message.Updates).toMatchObject([{ Balance: { UnfilledBuys: 1000 } }]);
    const qualified = ask(world, { from }, [orders], { qualified: true });
    expect(qualified[0]?.message.Snapshot.Positions).toEqual({ "XS/asx": 1, "XS/oms": 1, "XS/system": 1 });
    const short = ask(world, { from }, [orders, balances], { compact: true });
    expect(short.map(({ json }) => encode(EventMessage, decodeText(EventMessage, json)))).toEqual(
      lines.map(({ json }) => json),
    );
    expect(short[0]?.json).toContain('{"Type":"SnapshotStart","Subscription":{"Type":"Orders"}');
  });

  it("counts records of the log alone, and tells the snapshot whole", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    for (const position of [1, 2, 3]) world.feed(adapter, "Action", position, update(OWNER, `O${position}`));
    world.settle();
    const from = { positions: { asx: 1, oms: 1, system: 1 } };
    expect(types(ask(world, { from }, [orders], { count: 1 }))).toEqual([
      ...["SnapshotStart Orders", "Update", "SnapshotFinish Orders"],
      "Update",
    ]);
  });

  it("is of the whole state when no subscriptions are given: every record once", () => {
    const world = new World(status("Queued"), exchange("NZX", "system"), exchange("NZX", "feed", "ownExchange"));
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    world.feed(adapter, "Action", 1, update(OWNER, "O1"));
    world.settle();
    const lines = ask(world, { from: { at: world.store.head().at } });
    expect(types(lines).filter((type) => type.startsWith("SnapshotStart"))).toEqual(
      ["Orders", "Balances", "Holdings", "Requests", "Metadata", "Status"].map((view) => `SnapshotStart ${view}`),
    );
    const shown = lines.flatMap(({ message }) => message.Updates ?? []);
    expect(shown.map(({ Type }) => Type.split("_")[1])).toEqual([
      ...["Order", "Balance"],
      ...["Operation", "Operation", "Operation"],
      "Status",
    ]);
    expect(shown.find(({ Operation }) => Operation?.ExchangeDetails !== undefined).Operation.ExchangeDetails).toEqual({
      Exchange: "NZX",
      Metadata: { of: "feed" },
    });
  });

  it("is as at its beginning, however the log and the state go on while it is read", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    // Two orders to a frame.
    const Group = "x".repeat(LIMITS.EVENT_FRAME_BYTES / 2);
    for (const position of [1, 2, 3, 4, 5])
      world.feed(adapter, "Action", position, update(OWNER, `O${position}`, { Group }));
    world.settle();
    const before = stateAt(world, world.store.head().at);
    const content = { type: "events", snapshot: true } as const;
    const { at, pieces } = world.engine.past.log({ content, span: { from: { at: world.store.head().at } } });
    const first = pieces.next();
    expect(first.value).toContain('"OrderID":"O1"');
    expect(first.value).not.toContain('"OrderID":"O5"');
    world.feed(adapter, "Action", 6, update(OWNER, "O5", { Group: "changed" }));
    world.feed(adapter, "Action", 7, update(OWNER, "O4", { RemoveAfter: {} }));
    world.settle();
    const lines = linesOf([first.value, ...drawn(pieces)].join(""));
    expect(folded(lines)).toEqual(before);
    expect(lines.every((line) => line.at === at && line.records === 0)).toBe(true);
  });

  it("is told in frames that are no longer than a subscriber's", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    for (let position = 1; position <= 30; position++)
      world.feed(adapter, "Action", position, update(OWNER, `O${position}`, { Group: "x".repeat(40_000) }));
    world.settle();
    const socket = world.connect();
    world.subscribe(socket, "Orders");
    while (world.turn());
    const frames = socket.frames.filter((frame) => frame.startsWith('{"Type":"EventMessageType_Update"'));
    expect(frames.length).toBeGreaterThan(3);
    const lines = ask(world, { from: { at: world.store.head().at } }, [orders]);
    expect(lines.slice(1, -1).map(({ json }) => json)).toEqual(frames);
  });

  it("is told in pieces as small as is asked for, because many Owners' may be waited for at once", () => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    for (let position = 1; position <= 50; position++)
      world.feed(adapter, "Action", position, update(OWNER, `O${position}`));
    world.settle();
    const span = { from: { at: world.store.head().at } };
    const content = { type: "events", snapshot: true, subscriptions: [orders] } as const;
    const pieceBytes = 2000;
    const { pieces } = world.engine.past.log({ content, span, pieceBytes });
    const small = drawn(pieces);
    expect(Math.max(...small.map((piece) => piece.length))).toBeLessThan(3 * pieceBytes);
    expect(folded(linesOf(small.join("")))).toEqual(folded(ask(world, span, [orders])));
  });

  it("folds to the state where the span ends, whatever the past, and wherever it begins", () => {
    const ends = fc.record({ first: fc.nat(), second: fc.nat(), lag: fc.nat(), isFromTime: fc.boolean(), to: ENDS });
    return fc.assert(
      fc.property(randomWorlds, ends, (world, { first, second, lag, isFromTime, to }) => {
        const { store } = world;
        const { at: head } = store.head();
        const moments = [moment(0), ...[...store.records(moment(0), head)].map(({ at }) => at)];
        const pick = (index: number) => moments[index % moments.length] ?? head;
        const [begins = head, ends = head] = [pick(first), pick(second)].sort((left, right) => left - right);
        const positionsAt = (at: At) => Object.fromEntries(store.positionsAt(at));
        // A reader that has less of one sequence than of the others.
        const behind = { ...positionsAt(begins), asx: positionsAt(moment(Math.min(begins, pick(lag)))).asx ?? 0 };
        const span: Span = {
          from: isFromTime ? { at: begins } : { positions: behind },
          ...(to === "time" && { to: { at: ends } }),
          ...(to === "positions" && { to: { positions: positionsAt(ends) } }),
        };
        const lines = ask(world, span);
        expect(folded(lines)).toEqual(stateAt(world, to === "head" ? head : ends));
        const [start] = lines;
        expect(start?.message.Snapshot.Positions).toEqual(positionsAt(moment(start?.at ?? 0)));
        const followed = lines.filter(({ records }) => records === 1).map(({ at }) => at);
        expect(followed.every((at) => at > (start?.at ?? 0))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
