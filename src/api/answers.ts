/**
 * How a call is answered: in JSON texts as the Owners wrote them, whole or streamed, or nothing at all. For who prefers
 * protobuf, these are turned into it on their way out.
 */
import type { At } from "../domain/records.ts";
import type { Listing } from "../owner/rpc.ts";
import { encodeBinary, encodeText } from "../protocol/binary/codec.ts";
import { momentObject } from "../protocol/binary/numbers.ts";
import { runOfTexts } from "../protocol/binary/runs.ts";
import { type MessageSchema, TimestampWithTimeZone } from "../protocol/fields.ts";
import { fromMicroseconds, type Timestamp } from "../protocol/timestamp.ts";
import { ByteReader } from "./byte-reader.ts";
import { Elements } from "./elements.ts";
import type { Call } from "./environment.ts";
import { JSON_TYPE, PROTOBUF_TYPE, wantsBinary } from "./media.ts";
import { readFlag } from "./parameters.ts";

/** The moment that an answer was read at, or an update recorded at: ISO 8601, to the microsecond. */
export const AT_HEADER = "X-OMS-At";
const COMPACT_HEADER = "X-OMS-Compact";

/**
 * Whether the caller wants enums in their short spelling: in protobuf they have none. Throws Refusal
 * `Field.Invalid X-OMS-Compact`.
 */
export function wantsCompact(call: Call): boolean {
  if (wantsBinary(call)) return false;
  return readFlag(call.req.header(COMPACT_HEADER), COMPACT_HEADER);
}

/** Done, with nothing to tell: also when the update would change nothing. */
export function done(at?: At): Response {
  return new Response(null, { status: 204, headers: headersOf(at) });
}

/** Answers one JSON text that is no message. */
export function answered(json: string, at?: At): Response {
  return new Response(json, { headers: { "Content-Type": JSON_TYPE, ...headersOf(at) } });
}

/** Answers one message, given as the JSON text that the system wrote. */
export function answeredMessage(call: Call, schema: MessageSchema, json: string, at?: At): Response {
  return wantsBinary(call) ? inBinary(encodeText(schema, json), at) : answered(json, at);
}

/** Answers a moment: in JSON a text, in protobuf a TimestampWithTimeZone. */
export function answeredMoment(call: Call, moment: Timestamp, at?: At): Response {
  if (!wantsBinary(call)) return answered(JSON.stringify(moment), at);
  return inBinary(encodeBinary(TimestampWithTimeZone, momentObject(moment)), at);
}

function inBinary(bytes: Uint8Array, at?: At): Response {
  return new Response(bytes, { headers: { "Content-Type": PROTOBUF_TYPE, ...headersOf(at) } });
}

/** Answers a plain text. */
export function told(text: string, status = 200): Response {
  return new Response(text, { status, headers: { "Content-Type": "text/plain; charset=utf-8", ...headersOf() } });
}

function headersOf(at?: At): Record<string, string> {
  return { "Cache-Control": "no-store", ...(at !== undefined && { [AT_HEADER]: fromMicroseconds(at) }) };
}

/**
 * A long answer: its pieces are read one after another, and whatever stays unread is let go. `cancel` may be asked for
 * while a piece is waited for: that ends the waiting.
 */
export interface Pieces {
  read(): AsyncGenerator<Uint8Array>;
  cancel(): Promise<void>;
}

/** What a long answer is told with. */
export interface Terms {
  readonly at?: At | undefined;
  /** The media type; JSON if it is not said. */
  readonly type?: string;
}

/** Streams a JSON array of messages or, for who prefers protobuf, a run of them. */
export function streamedMessages(
  call: Call,
  schema: MessageSchema,
  pieces: Pieces,
  terms: Pick<Terms, "at"> = {},
): Promise<Response> {
  if (!wantsBinary(call)) return streamed(call, pieces, terms);
  const run = { read: () => runsOf(call, schema, pieces), cancel: () => pieces.cancel() };
  return streamed(call, run, { ...terms, type: PROTOBUF_TYPE });
}

/** Nothing can be sent while nothing is told, by which it would be found that the caller has gone: so that is looked at. */
async function* runsOf({ req }: Call, schema: MessageSchema, pieces: Pieces): AsyncGenerator<Uint8Array> {
  const elements = new Elements();
  for await (const piece of pieces.read()) {
    if (req.raw.signal.aborted) return await pieces.cancel();
    const texts = elements.push(piece);
    if (texts.length > 0) yield runOfTexts(schema, texts);
  }
}

/**
 * Streams an answer no faster than it is read. When a piece fails the answer breaks off, so that a short list is never
 * taken for a whole one.
 */
export async function streamed(call: Call, pieces: Pieces, { at, type = JSON_TYPE }: Terms = {}): Promise<Response> {
  const headers = { "Content-Type": type, ...headersOf(at) };
  if (call.req.method === "HEAD") {
    await pieces.cancel();
    return new Response("", { headers });
  }
  const reading = pieces.read();
  let isLeft = false;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done: isDone } = await reading.next();
          if (isDone === true) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          // Whoever has gone away is not told.
          if (isLeft) return;
          console.error("an answer was broken off", error);
          await pieces.cancel();
          throw error;
        }
      },
      async cancel() {
        isLeft = true;
        await Promise.allSettled([pieces.cancel(), reading.return(undefined)]);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers });
}

/** A stream told as it comes. */
export function piecesOf(stream: ReadableStream<Uint8Array>): Pieces {
  const reader = new ByteReader(stream);
  return {
    async *read() {
      for (let piece = await reader.read(); piece !== undefined; piece = await reader.read()) yield piece.slice();
    },
    cancel: () => reader.cancel(),
  };
}

/** Streams a list of messages as an object gives it, and says what it was read at. */
export function answerListing(call: Call, schema: MessageSchema, { at, body }: Listing): Promise<Response> {
  return streamedMessages(call, schema, { read: () => joinedArrays([body]), cancel: () => body.cancel() }, { at });
}

const OPENING = 0x5b;
const CLOSING = 0x5d;
const LINE_END = 0x0a;
const encoder = new TextEncoder();

/**
 * One JSON array of the elements of many; undefined ones are left out. Line ends, which say that the making of a list
 * goes on, are passed on: so whoever waits may go away in between. Throws when one of them is cut short.
 */
export async function* joinedArrays(
  arrays: AsyncIterable<ReadableStream<Uint8Array> | undefined> | Iterable<ReadableStream<Uint8Array>>,
): AsyncGenerator<Uint8Array> {
  let separator = "[";
  for await (const array of arrays) {
    if (array === undefined) continue;
    for await (const piece of contentOf(array)) {
      if (separator !== "" && !isBlank(piece)) {
        yield encoder.encode(separator);
        separator = "";
      }
      yield piece;
    }
    if (separator === "") separator = ",";
  }
  yield encoder.encode(separator === "[" ? "[]" : "]");
}

function isBlank(piece: Uint8Array): boolean {
  return piece.every((byte) => byte === LINE_END);
}

/** One JSON array of texts; undefined ones are left out. */
export async function* arrayOf(texts: AsyncIterable<string | undefined>): AsyncGenerator<Uint8Array> {
  let separator = "[";
  for await (const text of texts) {
    if (text === undefined) continue;
    yield encoder.encode(separator + text);
    separator = ",";
  }
  yield encoder.encode(separator === "[" ? "[]" : "]");
}

/** What lies between the brackets of an array. The last chunk is held back until it is known to be the last. */
async function* contentOf(array: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(array);
  let isWhole = false;
  try {
    let held: Uint8Array | undefined;
    for (let chunk = await reader.read(); chunk !== undefined; chunk = await reader.read()) {
      if (chunk.length === 0) continue;
      if (held === undefined) {
        if (chunk[0] !== OPENING) throw new Error("a list does not begin as one");
        held = chunk.slice(1);
        continue;
      }
      if (held.length > 0) yield held;
      held = chunk.slice();
    }
    if (held?.at(-1) !== CLOSING) throw new Error("a list was cut short");
    isWhole = true;
    if (held.length > 1) yield held.subarray(0, -1);
  } finally {
    if (!isWhole) await reader.cancel().catch(() => undefined);
  }
}
