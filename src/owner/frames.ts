/** Reading what a socket sends: one message a frame, as JSON or protobuf, or a JSON array of messages. */
import { base64Encode } from "@bufbuild/protobuf/wire";
import { decodeBinary } from "../protocol/binary/codec.ts";
import { sketchOf } from "../protocol/binary/sketch.ts";
import { fitAsText } from "../protocol/binary/text-length.ts";
import { decode, readJson } from "../protocol/codec.ts";
import { type ErrorText, Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { FeedPosition, FeedRequestType, RequestMessage, RequestMessageType } from "../protocol/messages/index.ts";
import { isReadableText, readInteger } from "../protocol/scalars.ts";

/** What a frame that cannot be read tells of the feed it belongs to. */
export type FeedHint =
  /** It is no feed's frame. */
  | { readonly of: "none" }
  /** It is an adapter's answer to a question or a request: it has no position, so that nothing of its feed is passed over with it. */
  | { readonly of: "answer"; readonly sequence: string | undefined; readonly requestId: number | undefined }
  /** It might be of any feed that its socket supplies. */
  | { readonly of: "any" }
  /** It is of this feed; its position could be read or not. */
  | { readonly of: "feed"; readonly sequence: string; readonly position: number | undefined };

export type Incoming =
  | { readonly isReadable: true; readonly message: RequestMessage; readonly bytes: number }
  | {
      readonly isReadable: false;
      readonly error: ErrorText;
      readonly requestId: string | undefined;
      readonly feed: FeedHint;
      /** The message as it came, when it was small enough to keep; a binary one as a data URL. */
      readonly text: string;
      readonly bytes: number;
    };

/** Reads one frame. Never throws: what cannot be read is said so, with what can be told of it. */
export function readFrame(frame: string | ArrayBuffer): readonly Incoming[] {
  if (typeof frame !== "string") return [readBinary(new Uint8Array(frame))];
  const bytes = byteLength(frame);
  if (bytes > LIMITS.FRAME_BYTES) return [unreadable(new Refusal("Message.TooLarge"), { of: "any" })];
  try {
    const value = readJson(frame);
    if (!Array.isArray(value)) return [readMessage(value, frame, bytes)];
    if (value.length === 0) throw new Refusal("Message.Unreadable", "an empty array");
    if (value.length > LIMITS.BULK_ITEMS) throw new Refusal("Message.TooLarge", `${LIMITS.BULK_ITEMS} messages`);
    return value.map((element: unknown) => readElement(element, bytes, value.length));
  } catch (error) {
    // What the parser can read may still be nested too deeply to be written again, as an element of an array is.
    const refusal = error instanceof RangeError ? new Refusal("Message.Unreadable", "nested too deeply") : error;
    if (refusal instanceof Refusal) return [unreadable(refusal, { of: "any" })];
    throw error;
  }
}

function readBinary(frame: Uint8Array): Incoming {
  if (frame.length > LIMITS.FRAME_BYTES) return unreadable(new Refusal("Message.TooLarge"), { of: "any" });
  if (frame.length > LIMITS.UPDATE_BYTES) return tooLarge(sketchOf(frame));
  try {
    const message = decodeBinary(RequestMessage, frame);
    if (!fitAsText(RequestMessage, [message], frame.length, LIMITS.UPDATE_BYTES)) return tooLarge(message);
    return { isReadable: true, message, bytes: frame.length };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const sketch = sketchOf(frame);
    return unreadable(error, feedHint(sketch), requestIdOf(sketch), dataUrl(frame), frame.length);
  }
}

/** Bytes as a text that says what it is. */
function dataUrl(bytes: Uint8Array): string {
  return `data:application/x-protobuf;base64,${base64Encode(bytes)}`;
}

function readElement(element: unknown, frameBytes: number, count: number): Incoming {
  // Only an element of a frame longer than an update may itself be too long.
  if (frameBytes <= LIMITS.UPDATE_BYTES) return readMessage(element, undefined, Math.ceil(frameBytes / count));
  const text = JSON.stringify(element);
  return readMessage(element, text, byteLength(text));
}

function readMessage(value: unknown, text: string | undefined, bytes: number): Incoming {
  if (bytes > LIMITS.UPDATE_BYTES) return tooLarge(value);
  try {
    return { isReadable: true, message: decode(RequestMessage, value), bytes };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return unreadable(error, feedHint(value), requestIdOf(value), text ?? JSON.stringify(value), bytes);
  }
}

/** What is too large to be kept is not taken, whatever its position. */
function tooLarge(value: unknown): Incoming {
  const hint = feedHint(value);
  const feed = hint.of === "feed" ? { ...hint, position: undefined } : hint;
  return unreadable(new Refusal("Message.TooLarge"), feed, requestIdOf(value));
}

function unreadable(error: Refusal, feed: FeedHint, requestId?: string, text = "", bytes = text.length): Incoming {
  return { isReadable: false, error: error.text, requestId, feed, text, bytes };
}

function feedHint(value: unknown): FeedHint {
  if (!isObject(value)) return { of: "any" };
  const { Feed, Type } = value;
  const type =
    typeof Type === "string" ? RequestMessageType.spellings.get(Type) : RequestMessageType.names.get(Number(Type));
  if (Feed === undefined && type !== undefined && type !== "RequestMessageType_FeedRequest") return { of: "none" };
  if (isObject(Feed) && isAnswer(Feed.Type)) return answerHint(Feed);
  const position = isObject(Feed) ? Feed.Position : undefined;
  return positionHint(position) ?? sequenceHint(position) ?? { of: "any" };
}

function isAnswer(type: unknown): boolean {
  const name = typeof type === "string" ? FeedRequestType.spellings.get(type) : FeedRequestType.names.get(Number(type));
  return name === "FeedRequestType_QueryResponse" || name === "FeedRequestType_RequestResponse";
}

function answerHint({ RequestID, Position }: { readonly [name: string]: unknown }): FeedHint {
  const sequence = sequenceHint(Position);
  const requestId = readInteger(RequestID, "int64");
  return { of: "answer", sequence: sequence?.sequence, requestId };
}

function positionHint(position: unknown): FeedHint | undefined {
  try {
    const { Sequence, Position } = decode(FeedPosition, position);
    return Sequence === undefined ? undefined : { of: "feed", sequence: Sequence, position: Position };
  } catch {
    return undefined;
  }
}

function sequenceHint(position: unknown): Extract<FeedHint, { of: "feed" }> | undefined {
  if (!isObject(position) || typeof position.Sequence !== "string") return undefined;
  // No feed has such a name, and no answer could repeat it.
  if (!isReadableText(position.Sequence)) return undefined;
  return { of: "feed", sequence: position.Sequence, position: undefined };
}

/** The sender's own id, to be said in the answer; one that no message may carry is not repeated. */
function requestIdOf(value: unknown): string | undefined {
  if (!isObject(value) || typeof value.RequestID !== "string") return undefined;
  return isReadableText(value.RequestID) ? value.RequestID : undefined;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  // Three bytes a UTF-16 unit at most: short texts need not be counted.
  return text.length * 3 <= LIMITS.UPDATE_BYTES ? text.length : encoder.encode(text).byteLength;
}
