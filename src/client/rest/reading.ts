/** How answers are read: exactly, no faster than they are wanted, and to their end or not at all. */
import { readTimestamp, type Timestamp } from "../../protocol/timestamp.ts";
import { OmsError } from "../errors.ts";
import type { ItemReader } from "./encodings.ts";
import { type Call, nameOf, unreachable } from "./http.ts";

const AT_HEADER = "X-OMS-At";

/** The moment that an answer was read at, or an update recorded at. */
export function atOf({ headers }: Response): Timestamp | undefined {
  return readTimestamp(headers.get(AT_HEADER) ?? "");
}

/** Does something with an answer. What it throws becomes an OmsError of kind `unreadable`. */
export function parsed<Content>(call: Call, parse: () => Content): Content {
  try {
    return parse();
  } catch (cause) {
    const reason = `the answer is not understood: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new OmsError({ kind: "unreadable", what: nameOf(call), reason, cause });
  }
}

/** The whole text of an answer. Throws OmsError when it breaks off, or the signal's reason. */
export function textOf(call: Call, response: Response): Promise<string> {
  return whole(call, response.text());
}

/** All bytes of an answer. Throws as `textOf`. */
export async function bytesOf(call: Call, response: Response): Promise<Uint8Array> {
  return new Uint8Array(await whole(call, response.arrayBuffer()));
}

async function whole<Content>(call: Call, transfer: Promise<Content>): Promise<Content> {
  try {
    return await transfer;
  } catch (cause) {
    call.signal?.throwIfAborted();
    throw unreachable(nameOf(call), "the answer broke off", cause);
  }
}

/** The messages of a list, as they come. Throws OmsError when it breaks off, or the signal's reason. */
export async function* itemsOf<Message>(
  call: Call,
  reader: ItemReader<Message>,
  response: Response,
): AsyncGenerator<Message, void> {
  for await (const piece of piecesOf(call, response)) yield* parsed(call, () => reader.take(piece));
  if (!reader.isWhole) throw unreachable(nameOf(call), "the answer broke off");
}

/** The lines of a text, as they come, without their ends. Throws as `itemsOf`. */
export async function* linesOf(call: Call, response: Response): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let begun = "";
  for await (const piece of piecesOf(call, response)) {
    const lines = parsed(call, () => decoder.decode(piece, { stream: true })).split("\n");
    for (const line of lines.slice(0, -1)) {
      yield begun + line;
      begun = "";
    }
    begun += lines.at(-1) ?? "";
  }
  if (begun !== "") throw unreachable(nameOf(call), "the answer broke off");
}

/** The bytes of an answer as they come. Whoever stops drawing ends the transfer. */
async function* piecesOf(call: Call, { body }: Response): AsyncGenerator<Uint8Array, void> {
  const reader = body?.getReader();
  let isLeft = true;
  try {
    for (let piece = await readNext(call, reader); piece !== undefined; piece = await readNext(call, reader)) {
      yield piece;
    }
    isLeft = false;
  } finally {
    if (isLeft) await reader?.cancel().catch(() => undefined);
  }
}

/** What comes next; undefined at the end. */
async function readNext(
  call: Call,
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): Promise<Uint8Array | undefined> {
  try {
    // Some platforms go on with what has come when the signal is aborted.
    call.signal?.throwIfAborted();
    const piece = await reader?.read();
    return piece?.value;
  } catch (cause) {
    call.signal?.throwIfAborted();
    throw unreachable(nameOf(call), "the answer broke off", cause);
  }
}
