import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFrame } from "../../src/owner/frames.ts";
import { encodeBinary } from "../../src/protocol/binary/codec.ts";
import { decode } from "../../src/protocol/codec.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { ExternalAction, FeedRequest, RequestMessage } from "../../src/protocol/messages/index.ts";
import { messageText } from "../protocol/support/arbitraries.ts";
import { print } from "../protocol/support/json.ts";
import { deposit, update } from "./actions.ts";
import { inBinary, OWNER, type PlayedSocket, World } from "./world.ts";

const FEED_REQUEST = 29;
const ACTION = 21;
const POSITION = 10;

function buffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

/** A FeedRequest of type Action whose Action and Position are these bytes. */
function actionFrame(action: Uint8Array, position: Uint8Array = positionBytes(1)): ArrayBuffer {
  const writer = new BinaryWriter().raw(encodeBinary(RequestMessage, { Type: "RequestMessageType_FeedRequest" }));
  writer.tag(FEED_REQUEST, WireType.LengthDelimited).fork();
  writer.raw(encodeBinary(FeedRequest, { Type: "FeedRequestType_Action" }));
  writer.tag(POSITION, WireType.LengthDelimited).bytes(position);
  writer.tag(ACTION, WireType.LengthDelimited).bytes(action).join();
  return buffer(writer.finish());
}

function positionBytes(position: number): Uint8Array {
  return encodeBinary(FeedRequest, { Position: { Sequence: "asx", Position: position } }).subarray(2);
}

function depositBytes(value: number): Uint8Array {
  return encodeBinary(ExternalAction, decode(ExternalAction, deposit(OWNER, "D", value).Action));
}

/** A field that no action has. */
const UNKNOWN_FIELD = new BinaryWriter().tag(99, WireType.Varint).uint32(1).finish();
/** A length beyond the end. */
const TORN = Uint8Array.of(0x52, 0x7f);

function worldWithFeed(): { readonly world: World; readonly socket: PlayedSocket } {
  const world = new World();
  const socket = world.connect({ feeds: ["asx"] });
  socket.speaksBinary = true;
  world.open(socket);
  return { world, socket };
}

function lastLine(world: World) {
  const { at } = world.store.head();
  return [...world.store.records(0 as typeof at, at)].map(({ text }) => JSON.parse(text)).at(-1);
}

describe("answers in kind", () => {
  it("are JSON until the client has sent anything, and then what it used last", () => {
    const world = new World();
    const socket = world.connect({});
    world.subscribe(socket, "Orders");
    expect(new Set(socket.areBinary)).toEqual(new Set([false]));
    socket.speaksBinary = true;
    const before = socket.areBinary.length;
    world.subscribe(socket, "Balances");
    expect(socket.areBinary.length).toBeGreaterThan(before);
    expect(new Set(socket.areBinary.slice(before))).toEqual(new Set([true]));
    socket.speaksBinary = false;
    world.subscribe(socket, "Holdings");
    expect(socket.areBinary.at(-1)).toBe(false);
  });

  it("survive hibernation", () => {
    const { world, socket } = worldWithFeed();
    world.subscribe(socket, "Balances");
    const other = world.connect({});
    world.subscribe(other, "Balances");
    world.wake();
    world.feed(socket, "Action", 1, deposit(OWNER, "D", 5));
    world.settle();
    expect(socket.areBinary.at(-1)).toBe(true);
    expect(other.areBinary.at(-1)).toBe(false);
    expect(other.events.at(-1)).toEqual(socket.events.findLast(({ Balance }) => Balance !== undefined));
  });

  it("are remembered when a frame came that could not be read", () => {
    const world = new World();
    const socket = world.connect({});
    world.engine.receive(socket.id, buffer(TORN));
    world.settle();
    expect(socket.errors).toEqual(["Message.Unreadable not protobuf"]);
    expect(socket.areBinary).toEqual([true]);
  });
});

describe("a binary frame that cannot be read", () => {
  it("is recorded raw, with its errors, when its position can be read; the feed goes on", () => {
    const { world, socket } = worldWithFeed();
    const frame = actionFrame(UNKNOWN_FIELD);
    world.engine.receive(socket.id, frame);
    world.settle();
    expect(socket.errors).toEqual(["Field.Unknown Feed.Action.99"]);
    expect(socket.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 1 } });
    const base64 = Buffer.from(frame).toString("base64");
    const recorded = { Sequence: "asx", Position: 1, Unreadable: `data:application/x-protobuf;base64,${base64}` };
    expect(lastLine(world)).toMatchObject({ ...recorded, Errors: ["Field.Unknown Feed.Action.99"] });
    world.feed(socket, "Action", 2, deposit(OWNER, "D", 5));
    world.settle();
    expect(socket.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 2 } });
  });

  it("is recorded too when what is torn is the action alone", () => {
    const { world, socket } = worldWithFeed();
    world.engine.receive(socket.id, actionFrame(TORN));
    world.settle();
    expect(socket.errors).toEqual(["Message.Unreadable not protobuf"]);
    expect(lastLine(world)).toMatchObject({ Sequence: "asx", Position: 1 });
  });

  it.each([
    ["its position is torn", actionFrame(depositBytes(5), TORN)],
    ["it names no sequence", actionFrame(UNKNOWN_FIELD, new BinaryWriter().tag(2, 0).int64(1).finish())],
    [
      "its position is no number",
      actionFrame(UNKNOWN_FIELD, new BinaryWriter().tag(1, 2).string("asx").tag(2, 2).string("1").finish()),
    ],
    ["it is cut", actionFrame(depositBytes(5)).slice(0, -1)],
    ["it is empty of sense", buffer(Uint8Array.of(0xff, 0xff))],
  ])("ends the supply of its feed when %s", (_, frame) => {
    const { world, socket } = worldWithFeed();
    world.engine.receive(socket.id, frame);
    world.settle();
    expect(socket.errors).toHaveLength(1);
    expect(socket.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Suspend" });
    world.feed(socket, "Action", 2, deposit(OWNER, "D", 5));
    world.settle();
    expect(world.store.head().positions.get("asx")).toBeUndefined();
  });

  it("ends no supply when it is no feed's, and says its RequestID", () => {
    const { world, socket } = worldWithFeed();
    const subscribe = encodeBinary(RequestMessage, { Type: "RequestMessageType_Subscribe", RequestID: "R1" });
    world.engine.receive(socket.id, buffer(new BinaryWriter().raw(subscribe).raw(UNKNOWN_FIELD).finish()));
    world.settle();
    expect(socket.messages.at(-1).Request).toMatchObject({ RequestID: "R1", Errors: ["Field.Unknown 99"] });
    expect(socket.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Resume" });
  });

  it("ends no supply when it is an answer", () => {
    const { world, socket } = worldWithFeed();
    const answer = inBinary({
      Type: "FeedRequest",
      Feed: { Type: "QueryResponse", RequestID: 7, Position: { Sequence: "asx" } },
    });
    const feed = new BinaryWriter().tag(FEED_REQUEST, WireType.LengthDelimited).bytes(UNKNOWN_FIELD).finish();
    world.engine.receive(socket.id, buffer(new BinaryWriter().raw(new Uint8Array(answer)).raw(feed).finish()));
    world.settle();
    expect(socket.messages.at(-1)).toMatchObject({
      Request: { Errors: ["Field.Unknown Feed.99"] },
      Feed: { RequestID: 7 },
    });
    world.feed(socket, "Action", 1, deposit(OWNER, "D", 5));
    world.settle();
    expect(socket.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Bookmark", Position: { Position: 1 } });
  });

  it("is not taken when it would be too long to be kept, whatever its position", () => {
    const { world, socket } = worldWithFeed();
    // Each flag takes 3 bytes, and some 20 characters of JSON.
    const statuses = new BinaryWriter();
    for (let count = 0; count < LIMITS.UPDATE_BYTES / 56; count++) {
      statuses.tag(20, WireType.LengthDelimited).fork();
      for (const number of [20, 21, 22, 23]) statuses.tag(number, WireType.Varint).bool(true);
      statuses.join();
    }
    const details = statuses.finish();
    const writer = new BinaryWriter().raw(encodeBinary(RequestMessage, { Type: "RequestMessageType_FeedRequest" }));
    writer.tag(FEED_REQUEST, WireType.LengthDelimited).fork();
    writer.raw(
      encodeBinary(FeedRequest, { Type: "FeedRequestType_Operation", Position: { Sequence: "asx", Position: 1 } }),
    );
    writer.tag(20, WireType.LengthDelimited).fork().tag(30, WireType.LengthDelimited).bytes(details).join().join();
    const frame = writer.finish();
    expect(frame.length).toBeLessThan(LIMITS.UPDATE_BYTES);
    world.engine.receive(socket.id, buffer(frame));
    world.settle();
    expect(socket.errors).toEqual(["Message.TooLarge"]);
    expect(socket.lastFeedEvent).toMatchObject({ Type: "FeedEventType_Suspend" });
  });

  it.each([LIMITS.UPDATE_BYTES + 1, LIMITS.FRAME_BYTES + 1])("of %d bytes is Message.TooLarge", (length) => {
    const [incoming] = readFrame(new ArrayBuffer(length));
    expect(incoming).toMatchObject({ isReadable: false, error: "Message.TooLarge", text: "" });
  });

  it("says nothing in its answer that no message may carry", () => {
    const hostile = "\u0000";
    const id = JSON.stringify({ Type: "Synchronise", RequestID: hostile });
    const binaryId = new BinaryWriter()
      .uint32((3 << 3) | 2)
      .string(hostile)
      .finish();
    for (const frame of [id, buffer(binaryId)]) {
      expect(readFrame(frame)).toMatchObject([{ error: "Field.Invalid RequestID", requestId: undefined }]);
    }
    const Position = { Sequence: hostile, Position: 1 };
    const feed = JSON.stringify({ Type: "FeedRequest", Feed: { Type: "Action", Position } });
    expect(readFrame(feed)).toMatchObject([{ error: "Field.Invalid Feed.Position.Sequence", feed: { of: "any" } }]);
  });

  it("never throws, whatever it is", () => {
    return fc.assert(
      fc.property(
        messageText(RequestMessage).map(print),
        fc.nat(),
        fc.uint8Array({ maxLength: 6 }),
        (text, place, noise) => {
          const bytes = encodeBinary(RequestMessage, decode(RequestMessage, JSON.parse(text)));
          const cut = bytes.length === 0 ? 0 : place % bytes.length;
          const spoilt = new BinaryWriter().raw(bytes.subarray(0, cut)).raw(noise).raw(bytes.subarray(cut)).finish();
          expect(readFrame(buffer(spoilt))).toHaveLength(1);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("a binary update", () => {
  it("is recorded as the same update in JSON is", () => {
    const [binary, text] = [worldWithFeed(), worldWithFeed()];
    text.socket.speaksBinary = false;
    const now = Math.max(binary.world.now, text.world.now) + 1000;
    for (const { world, socket } of [binary, text]) {
      world.now = now;
      world.feed(socket, "Action", 1, update(OWNER, "O1", { Price: "45.125", RemoveAfter: {} }));
      world.settle();
    }
    expect(lastLine(binary.world)).toMatchObject({ Position: 1, Update: { Action: { Order: { Price: 45.125 } } } });
    expect(lastLine(binary.world)).toEqual(lastLine(text.world));
  });
});
