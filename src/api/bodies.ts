/** What a call says in its body: JSON or protobuf, within the limits, exact. */
import { decodeBinary } from "../protocol/binary/codec.ts";
import { messagesIn } from "../protocol/binary/runs.ts";
import { fitAsText } from "../protocol/binary/text-length.ts";
import { decode, readJson } from "../protocol/codec.ts";
import { type ErrorCode, Refusal } from "../protocol/errors.ts";
import type { MessageSchema, Of } from "../protocol/fields.ts";
import { LIMITS } from "../protocol/limits.ts";

const JSON_TYPE = /^application\/json *(?:; *charset *= *"?utf-8"? *)?;? *$/i;
const PROTOBUF = /^application\/x-protobuf *;? *$/i;
const BYTES = "application/octet-stream";
const BYTES_TYPE = /^application\/octet-stream *;? *$/i;

/** Reads a body of one message. Throws Refusal `Message.*` or `Field.*` with the path. */
export async function readMessage<Schema extends MessageSchema>(request: Request, schema: Schema): Promise<Of<Schema>> {
  if (!isProtobuf(request)) return decode(schema, await readBody(request));
  const bytes = await readProtobuf(request);
  const message = decodeBinary(schema, bytes);
  requireFitting(schema, [message], bytes);
  return message;
}

/**
 * Reads a body of an array of messages; in protobuf, a run of them. A path begins with the item's index:
 * `[3].Transfer.Value`.
 */
export async function readMessages<Schema extends MessageSchema>(
  request: Request,
  schema: Schema,
): Promise<readonly Of<Schema>[]> {
  if (!isProtobuf(request)) {
    const items = await readItems(request);
    return items.map((item, index) => inItem(index, () => decode(schema, item)));
  }
  const run = await readProtobuf(request);
  const messages = bounded(messagesIn(run)).map((bytes, index) => inItem(index, () => decodeBinary(schema, bytes)));
  requireFitting(schema, messages, run);
  return messages;
}

/** Reads a body of an array of texts: they are no messages, and come as JSON. */
export async function readTexts(request: Request): Promise<readonly string[]> {
  const items = await readItems(request);
  return items.map((item, index) => {
    if (typeof item !== "string") throw new Refusal("Field.Invalid", `[${index}]`);
    return item;
  });
}

/** Does something with an item of an array; what is refused of a field, or for its size, then names the item's index. */
export function inItem<Result>(index: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refusal && (isOfField(error.code) || error.code === "Message.TooLarge")
      ? new Refusal(error.code, itemPath(index, error.detail))
      : error;
  }
}

/** Whether the detail of a refusal is the path of a field. */
export function isOfField(code: ErrorCode): boolean {
  return code === "Field.Missing" || code === "Field.Invalid" || code === "Field.Unknown";
}

/** The path of something in an item of an array. */
export function itemPath(index: number, path: string): string {
  return path === "" || path.startsWith("[") ? `[${index}]${path}` : `[${index}].${path}`;
}

async function readItems(request: Request): Promise<readonly unknown[]> {
  const items = await readBody(request);
  if (!Array.isArray(items)) throw new Refusal("Field.Invalid");
  return bounded(items);
}

function bounded<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length > LIMITS.BULK_ITEMS) throw new Refusal("Message.TooLarge", `${LIMITS.BULK_ITEMS} items`);
  return items;
}

function isProtobuf({ headers }: Request): boolean {
  return PROTOBUF.test(headers.get("Content-Type") ?? "");
}

function readProtobuf(request: Request): Promise<Uint8Array> {
  requireType(request, PROTOBUF);
  return readBytes(request, LIMITS.BODY_BYTES);
}

/** What is passed on and kept as JSON must not be longer than a body of JSON may be. */
function requireFitting<Schema extends MessageSchema>(
  schema: Schema,
  messages: readonly Of<Schema>[],
  { length }: Uint8Array,
): void {
  if (!fitAsText(schema, messages, length, LIMITS.BODY_BYTES)) throw new Refusal("Message.TooLarge");
}

/**
 * Reads a body of bytes that mean nothing to us: any, or none. Throws Refusal `Message.MediaType` when it says that it
 * is something else, or `Message.TooLarge`.
 */
export async function readData(request: Request, mostBytes: number): Promise<Uint8Array> {
  // What does not say what it is may be taken for bytes (RFC 9110, section 8.3).
  requireType(request, BYTES_TYPE, BYTES);
  return await readBytes(request, mostBytes);
}

/** Throws Refusal `Message.MediaType`, `Message.TooLarge` or `Message.Unreadable`. */
async function readBody(request: Request): Promise<unknown> {
  requireType(request, JSON_TYPE);
  const text = await readText(request);
  if (text.trim() === "") throw new Refusal("Message.Unreadable", "empty");
  return readJson(text);
}

/** Throws Refusal `Message.MediaType` unless a body is of that type, or as good as, and not compressed. */
function requireType({ headers }: Request, type: RegExp, unsaid = ""): void {
  if (!type.test(headers.get("Content-Type") ?? unsaid)) throw new Refusal("Message.MediaType");
  if ((headers.get("Content-Encoding") ?? "identity") !== "identity") throw new Refusal("Message.MediaType");
}

async function readText(request: Request): Promise<string> {
  const bytes = await readBytes(request, LIMITS.BODY_BYTES);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Refusal("Message.Unreadable", "not UTF-8");
  }
}

/** Reads no more than the limit, whatever the length that was announced. */
async function readBytes({ headers, body }: Request, most: number): Promise<Uint8Array> {
  if (Number(headers.get("Content-Length") ?? 0) > most) throw new Refusal("Message.TooLarge");
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
    length += piece.value.length;
    if (length > most) {
      await reader?.cancel();
      throw new Refusal("Message.TooLarge");
    }
    chunks.push(piece.value);
  }
  return concatenated(chunks, length);
}

function concatenated(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const bytes = new Uint8Array(length);
  let filled = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return bytes;
}
