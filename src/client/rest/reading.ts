/** How answers are read: exactly, no faster than they are wanted, and to their end or not at all. */
import { decodeStored } from "../../protocol/codec.ts";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import { readTimestamp, type Timestamp } from "../../protocol/timestamp.ts";
import { OmsError } from "../errors.ts";
import { ArrayElements } from "./array-elements.ts";
import { type Call, nameOf, unreachable } from "./http.ts";

const AT_HEADER = "X-OMS-At";

/** The moment that an answer was read at, or an update recorded at. */
export function atOf({ headers }: Response): Timestamp | undefined {
  return readTimestamp(headers.get(AT_HEADER) ?? "");
}

/** Decodes a message. Throws OmsError of kind `unreadable`. */
export function decoded<Schema extends MessageSchema>(call: Call, schema: Schema, text: string): Of<Schema> {
  // Decimals that the OMS derived may be longer than those that it is sent.
  return parsed(call, () => decodeStored(schema, text));
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
export async function textOf(call: Call, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    call.signal?.throwIfAborted();
    throw unreachable(nameOf(call), cause);
  }
}

/** The messages of a list, as they come. Throws OmsError when it breaks off, or the signal's reason. */
export async function* itemsOf<Schema extends MessageSchema>(
  call: Call,
  schema: Schema,
  response: Response,
): AsyncGenerator<Of<Schema>, void> {
  const elements = new ArrayElements();
  for await (const text of textsOf(call, response)) {
    for (const element of parsed(call, () => elements.take(text))) yield decoded(call, schema, element);
  }
  if (!elements.isWhole) throw unreachable(nameOf(call), new Error("the answer broke off"));
}

/** The lines of a text, as they come, without their ends. Throws as `itemsOf`. */
export async function* linesOf(call: Call, response: Response): AsyncGenerator<string, void> {
  let begun = "";
  for await (const text of textsOf(call, response)) {
    const lines = text.split("\n");
    for (const line of lines.slice(0, -1)) {
      yield begun + line;
      begun = "";
    }
    begun += lines.at(-1) ?? "";
  }
  if (begun !== "") throw unreachable(nameOf(call), new Error("the answer broke off"));
}

/** The text of an answer as it comes. Whoever stops drawing ends the transfer. */
async function* textsOf(call: Call, { body }: Response): AsyncGenerator<string, void> {
  const reader = body?.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let isLeft = true;
  try {
    for (let bytes = await readNext(call, reader); bytes !== undefined; bytes = await readNext(call, reader)) {
      yield parsed(call, () => decoder.decode(bytes, { stream: true }));
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
    throw unreachable(nameOf(call), cause);
  }
}
