/** How parts of Owners' logs are told: one Owner's as it is, several Owners' merged by time. */
import type { At } from "../domain/records.ts";
import type { LogAnswer, LogContent, LogQuestion } from "../owner/rpc.ts";
import { Refusal } from "../protocol/errors.ts";
import type { MessageSchema } from "../protocol/fields.ts";
import { LIMITS } from "../protocol/limits.ts";
import { AuditRecord, EventMessage, FeedRequest, RecordedAction, RecordedState } from "../protocol/messages/index.ts";
import { Ahead } from "./ahead.ts";
import { streamedMessages, wantsCompact } from "./answers.ts";
import type { Concern } from "./concern.ts";
import { askIfKnown, askNamedIfKnown, askOwner } from "./directory.ts";
import type { Call } from "./environment.ts";
import { LogLines } from "./log-lines.ts";
import { type Extent, merged } from "./merging.ts";
import { type Range, spansOf } from "./ranges.ts";

/** What is told of each Owner's log, all of one type. */
export interface Contents {
  readonly type: LogContent["type"];
  readonly of: (ownerId: string) => LogContent;
}

/** The messages in which a part of a log is told. */
const TOLD: { readonly [Type in LogContent["type"]]: MessageSchema } = {
  audit: AuditRecord,
  events: EventMessage,
  trades: RecordedAction,
  updates: FeedRequest,
  history: RecordedState,
};

/** Tells a part of one Owner's log as a JSON array. */
export async function answerLog(
  call: Call,
  ownerId: string,
  question: Pick<LogQuestion, "content" | "span" | "count">,
): Promise<Response> {
  const asked = { ...question, compact: wantsCompact(call) };
  const log = await askOwner(call, ownerId, (object, address) => object.log(address, asked));
  const { type } = question.content;
  return answerLogs(call, { type, logs: [log], pieceBytes: LIMITS.ANSWER_PIECE_BYTES }, {}, log.at);
}

/**
 * Tells what a range means in the logs of the Owners that are concerned, as one JSON array. Throws what `spansOf` and
 * the Owners throw; one that cannot be read to the end breaks the answer off.
 */
export async function answerRange(
  call: Call,
  concern: Concern,
  range: Range,
  { type, of }: Contents,
): Promise<Response> {
  const { ownerIds, only } = concern;
  const spanOf = spansOf(range, concern);
  const pieceBytes = Math.min(LIMITS.ANSWER_PIECE_BYTES, Math.floor(LIMITS.MERGED_BYTES / ownerIds.length));
  const common = {
    ...(range.count !== undefined && { count: range.count }),
    compact: wantsCompact(call),
    qualified: only === undefined,
    pieceBytes,
  };
  const questionOf = (ownerId: string) => ({ ...common, content: of(ownerId), span: spanOf(ownerId) });
  if (only === undefined) await untilSettled();
  const logs = await openLogs(call, concern, questionOf);
  const opened = { type, logs, pieceBytes };
  if (only !== undefined) return answerLogs(call, opened, {}, logs[0]?.at);
  const upTo = endOf(range, logs);
  const extent = { ...(range.count !== undefined && { count: range.count }), ...(upTo !== undefined && { upTo }) };
  return answerLogs(call, opened, extent, upTo);
}

/**
 * Up to when several logs are told: to where none of them can change any more, so that whoever goes on from there misses
 * nothing that one Owner recorded while another was asked. Where the caller says it by positions, up to these.
 */
function endOf({ to }: Range, logs: readonly LogAnswer[]): At | undefined {
  if ((to !== undefined && !("at" in to)) || logs.length === 0) return undefined;
  const settled = logs.map((log) => log.settled);
  return settled.reduce((least, each) => (each < least ? each : least));
}

/** Lets the clock go on, so that what was acknowledged before this call is settled when others are asked. */
async function untilSettled(): Promise<void> {
  const now = Date.now();
  for (let turn = 0; turn < SETTLING_TURNS && Date.now() === now; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** A clock that stands still is not waited for. */
const SETTLING_TURNS = 5;

/** Asks every Owner that is concerned. One that does not exist is refused if it was named, and else left out. */
async function openLogs(
  call: Call,
  { ownerIds, only, areNamed }: Concern,
  questionOf: (ownerId: string) => LogQuestion,
): Promise<readonly LogAnswer[]> {
  const ask = only === undefined ? askNamedIfKnown : askIfKnown;
  const opened: LogAnswer[] = [];
  const opening = await Ahead.start(
    ownerIds,
    async (ownerId) => {
      const question = questionOf(ownerId);
      const found = await ask(call, ownerId, (object, address) => object.log(address, question));
      if (found === undefined && areNamed) throw new Refusal("Owner.Unknown", ownerId);
      return found?.given;
    },
    async (log) => await log?.body.cancel(),
  );
  try {
    for await (const log of opening.results()) if (log !== undefined) opened.push(log);
  } catch (error) {
    await Promise.allSettled([opening.cancel(), ...opened.map(({ body }) => body.cancel())]);
    throw error;
  }
  return opened;
}

/** What the Owners that were asked answered, and in pieces of how many bytes. */
interface Opened {
  readonly type: LogContent["type"];
  readonly logs: readonly LogAnswer[];
  readonly pieceBytes: number;
}

function answerLogs(call: Call, { type, logs, pieceBytes }: Opened, extent: Extent, at?: At): Promise<Response> {
  const lines = logs.map(({ body }) => new LogLines(body, pieceBytes));
  const cancel = async (): Promise<void> => {
    await Promise.all(lines.map((each) => each.cancel()));
  };
  const pieces = { read: () => arrayOfLogs(lines, extent, cancel), cancel };
  return streamedMessages(call, TOLD[type], pieces, { at });
}

const encoder = new TextEncoder();

async function* arrayOfLogs(
  lines: readonly LogLines[],
  extent: Extent,
  cancel: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let opening = "[";
  for await (const texts of merged(lines, extent)) {
    yield encoder.encode(opening + texts);
    opening = "";
  }
  yield encoder.encode(`${opening}]`);
  // What is not told for the sake of `count` need not be found.
  await cancel();
}
