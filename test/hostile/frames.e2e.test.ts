/** Frames that no decent client sends, of every type, over a socket that supplies a feed. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ERRORS } from "../../src/protocol/errors.ts";
import { type EventMessage, RequestMessage } from "../../src/protocol/messages/index.ts";
import { FEED, FEED_FRAMES, PLAIN_FRAMES } from "../api/frame-table.ts";
import { type RunningServer, startTemporaryServer } from "../e2e/support.ts";
import type { Outgoing } from "../owner/client.ts";
import { print } from "../protocol/support/json.ts";
import { Caller, detailOf, FEEDS, shown } from "./caller.ts";
import { HostileSocket, type Sent } from "./hostile-socket.ts";
import { NOT_JSON } from "./json-texts.ts";
import { alike, jsonOf, mutantsOf, unreadableMutantsOf } from "./mutants.ts";
import { bytesMutantsOf } from "./protobuf-mutants.ts";
import { binaryRequest } from "./requests.ts";
import { PATIENCE_MS, SEED, samples } from "./runs.ts";

const OWNER = "FRAMED";
const MUTANTS_OF_A_TYPE = 8;
/** The position in good frames: each is sent with the next one in its place. */
const ANY_POSITION = 424_242;
/** Beyond this a feed has no positions to speak of: its adapter has used them up, which is its own affair. */
const LAST_POSITION = 1e15;

/** A good frame of every type, by its name. */
const FRAMES = Object.entries({ ...PLAIN_FRAMES, ...FEED_FRAMES }).map(([type, { frame }]) => {
  const { Feed, ...message }: Outgoing & { readonly Feed?: object } = { ...frame(OWNER), RequestID: "good" };
  const Position = { Sequence: FEED, Position: ANY_POSITION };
  return [type, jsonOf({ ...message, ...(Feed !== undefined && { Feed: { ...Feed, Position } }) })] as const;
});

let running: RunningServer;
let caller: Caller;
let socket: HostileSocket;
/** The feed that is supplied, and the last position that it was told to resume at or was sent. */
let feed = "";
let feeds = 0;
let position = 0;

beforeAll(async () => {
  console.log(`SEED=${SEED}`);
  running = await startTemporaryServer();
  caller = await Caller.of(running, OWNER);
  await connect();
}, 60_000);
afterAll(async () => {
  socket.close();
  await running.stop();
});

async function connect(): Promise<void> {
  socket = await HostileSocket.open(running.server.url, OWNER, caller.token);
  await supply();
}

/** Supplies the feed, or another when it has come to its end. */
async function supply(): Promise<void> {
  if (feed !== "") position = await socket.openFeed(feed);
  if (feed !== "" && position < LAST_POSITION) return;
  feed = FEEDS[feeds++] ?? "";
  position = await socket.openFeed(feed);
}

/** A frame for the feed that is supplied, at its next position. */
function numbered(text: string): string {
  return text.replaceAll(String(ANY_POSITION), String(++position)).replaceAll(`"${FEED}"`, `"${feed}"`);
}

/** Every error that was told is of the closed set, and none says that the server is at fault. */
function errorsOf(told: readonly EventMessage[], sent: Sent): readonly string[] {
  const errors = told.flatMap(({ Request, RequestResponse }) => [
    ...(Request?.Errors ?? []),
    ...(RequestResponse?.Errors ?? []),
  ]);
  for (const error of errors) {
    const [code = ""] = error.split(" ");
    expect(Object.keys(ERRORS), shown(sent)).toContain(code);
    expect(code, shown(sent)).not.toBe("Internal");
  }
  return errors;
}

/** A feed whose frame was not taken is opened again, where it was. */
async function resume(told: readonly EventMessage[]): Promise<void> {
  const isLost = told.some(({ Feed: { Type } = {} }) =>
    ["FeedEventType_Suspend", "FeedEventType_Close"].includes(Type ?? ""),
  );
  if (isLost) await supply();
}

/** Sends frames one after another, each when the one before has been dealt with; gives the errors of each. */
async function errorsOfAll(frames: readonly (() => Sent)[]): Promise<readonly (readonly string[])[]> {
  const errors: (readonly string[])[] = [];
  for (const make of frames) {
    const frame = make();
    const told = await socket.told(frame);
    errors.push(errorsOf(told, frame));
    await resume(told);
  }
  return errors;
}

/** All records of the Owner that were applied, and all that it holds. */
async function appliedTo(owner: string): Promise<unknown> {
  const [log, , ...state] = await caller.everythingOf(owner);
  if (!Array.isArray(log)) throw new Error("no log");
  // What of a feed cannot be read is recorded with its errors, and what a feed's supply goes through as its status.
  const applied = log.filter(({ Errors, Update }) => Errors === undefined && Update?.Status === undefined);
  return [applied, state];
}

/** A feed that supplies nothing is opened, and its last position is durable. */
async function expectSupplied(): Promise<void> {
  await supply();
  const place = { Sequence: feed, Position: ++position };
  const Feed = { Type: "Bookmark", Position: place };
  const told = await socket.told(JSON.stringify({ Type: "FeedRequest", Feed }));
  expect(told).toContainEqual(expect.objectContaining({ Feed: { Type: "FeedEventType_Bookmark", Position: place } }));
}

describe("a frame that cannot be read is answered with the name of its field, and is not applied", () => {
  test.each(FRAMES)("%s", { timeout: PATIENCE_MS }, async (_, good) => {
    const before = await appliedTo(OWNER);
    const mutants = alike(RequestMessage, good, {}).chain((json) => unreadableMutantsOf(json, RequestMessage));
    const sent = samples(mutants, MUTANTS_OF_A_TYPE);
    const errors = await errorsOfAll(
      sent.map(
        ({ json }) =>
          () =>
            numbered(print(json)),
      ),
    );
    for (const [index, { json, site }] of sent.entries()) {
      const [error = "", ...others] = errors[index] ?? [];
      const what = `${shown(print(json))}: ${error}`;
      expect(others, what).toEqual([]);
      expect(["Field.Invalid", "Field.Unknown"], what).toContain(error.split(" ")[0]);
      expect(detailOf(error).startsWith(site), `${what} is not at ${site}`).toBe(true);
    }
    expect(await appliedTo(OWNER)).toEqual(before);
  });
});

test("a frame that is no JSON is answered so, and is not applied", { timeout: PATIENCE_MS }, async () => {
  const before = await appliedTo(OWNER);
  // A text frame that is no UTF-8 does not come through a socket.
  const texts = Object.values(NOT_JSON).flatMap((bytes) => {
    const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
    return text.includes("\ufffd") ? [] : [text];
  });
  const errors = await errorsOfAll(texts.map((text) => () => text));
  for (const [index, error] of errors.entries())
    expect(error, shown(texts[index])).toEqual([expect.stringMatching(/^Message\.Unreadable /)]);
  expect(await appliedTo(OWNER)).toEqual(before);
});

describe("whatever is changed in a good frame, it is dealt with in order, and the Owner and the feed go on", () => {
  test.each(FRAMES)("%s", { timeout: PATIENCE_MS }, async (type, good) => {
    const mutants = alike(RequestMessage, good, { OwnerID: OWNER }).chain((json) => mutantsOf(json, RequestMessage));
    await errorsOfAll(
      samples(mutants, MUTANTS_OF_A_TYPE).map(
        ({ json }) =>
          () =>
            numbered(print(json)),
      ),
    );
    await expectSupplied();
    await caller.expectAlive(OWNER, `after ${type}`);
  });
});

describe("whatever bytes come in a frame, it is dealt with in order, and the Owner and the feed go on", () => {
  test.each(FRAMES)("%s", { timeout: PATIENCE_MS }, async (type, good) => {
    const mutants = samples(fc.nat(), MUTANTS_OF_A_TYPE).map((seed) => () => {
      const bytes = binaryRequest(JSON.parse(numbered(print(good))));
      return fc.sample(bytesMutantsOf(bytes), { seed, numRuns: 1 })[0] ?? bytes;
    });
    await errorsOfAll(mutants);
    await expectSupplied();
    await caller.expectAlive(OWNER, `after bytes of ${type}`);
  });
});

test("after ten unreadable frames in a row a socket is closed with 1008, and its feed may be supplied by another", async () => {
  for (let frame = 0; frame < 10; frame++) socket.send("{");
  expect(await socket.untilClosed()).toMatchObject({ code: 1008 });
  await connect();
  await expectSupplied();
});

test("the Worker has logged no error", () => {
  expect(running.errors).toEqual([]);
});
