/** Calls of messages: what is sent is encoded, what is answered is decoded, whole or as it comes. */
import { encode } from "../../protocol/codec.ts";
import { parseExactly } from "../../protocol/exact-json.ts";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";
import type { Parameters } from "./address.ts";
import { type Answer, type Done, type Listing, type Rows, readAt } from "./answers.ts";
import type { Body, Call, Http, Method } from "./http.ts";
import type { CallOptions } from "./options.ts";
import { atOf, decoded, itemsOf, linesOf, parsed, textOf } from "./reading.ts";
import type { Reader } from "./shapes.ts";

/** What is asked. */
export interface Asking extends Pick<Call, "isOpen" | "isAnswer"> {
  /** Escaped. */
  readonly path: string;
  readonly query?: Parameters;
  readonly options?: CallOptions | undefined;
  readonly body?: Body;
}

/** What is asked to be changed. */
export interface Change extends Asking {
  readonly method: Method;
  /** Done twice it is as if done once: by what it says, or by the id that it carries. */
  readonly isRepeatable: boolean;
}

/** A call that reads, by GET or, when what is asked for is in its body, by POST; or a change that is answered. */
export type Reading = Asking | Change;

export class Caller {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Asks for one message. */
  async one<Schema extends MessageSchema>(schema: Schema, reading: Reading): Promise<Answer<Of<Schema>>> {
    const { call, text, at } = await this.#text(reading);
    return readAt(decoded(call, schema, text), at);
  }

  /** Asks for a list. */
  async list<Schema extends MessageSchema>(schema: Schema, reading: Reading): Promise<Listing<Of<Schema>>> {
    return this.rows(schema, reading).toArray();
  }

  /** Asks for a long list, as it is wanted. */
  rows<Schema extends MessageSchema>(schema: Schema, reading: Reading): Rows<Of<Schema>> {
    const call = callOf(reading);
    const begin = () => this.#http.call(call);
    return {
      async *[Symbol.asyncIterator]() {
        yield* itemsOf(call, schema, await begin());
      },
      async toArray() {
        const response = await begin();
        const items: Of<Schema>[] = [];
        for await (const item of itemsOf(call, schema, response)) items.push(item);
        return readAt(items, atOf(response));
      },
    };
  }

  /** Asks for lines of text, as they are wanted. */
  lines(reading: Reading): AsyncIterable<string> {
    const call = callOf(reading);
    const begin = () => this.#http.call(call);
    return {
      async *[Symbol.asyncIterator]() {
        yield* linesOf(call, await begin());
      },
    };
  }

  /** Asks for JSON that is no message; undefined when there is none. */
  async json<Content>(read: Reader<Content>, reading: Reading): Promise<Content> {
    const { call, text } = await this.#text(reading);
    return parsed(call, () => read(text === "" ? undefined : parseExactly(text)));
  }

  /** Asks for a plain text. */
  async text<Content>(read: Reader<Content>, reading: Reading): Promise<Content> {
    const { call, text } = await this.#text(reading);
    return parsed(call, () => read(text));
  }

  /** Makes a change. */
  async change(change: Change): Promise<Done> {
    const { at } = await this.#text(change);
    return at === undefined ? {} : { at };
  }

  async #text(reading: Reading): Promise<{ call: Call; text: string; at: Timestamp | undefined }> {
    const call = callOf(reading);
    const response = await this.#http.call(call);
    return { call, text: await textOf(call, response), at: atOf(response) };
  }
}

/** A body of one message. */
export function bodyOf<Schema extends MessageSchema>(schema: Schema, content: Of<Schema>): Body {
  return jsonBody(encode(schema, content));
}

/** A body of many. */
export function bodyOfMany<Schema extends MessageSchema>(schema: Schema, contents: readonly Of<Schema>[]): Body {
  return jsonBody(`[${contents.map((content) => encode(schema, content)).join(",")}]`);
}

/** A body of JSON. */
export function jsonBody(content: string): Body {
  return { type: "application/json", content };
}

/** An id under which something is known for ever, so that sending it again does no harm. */
export function newId(): string {
  // Not randomUUID, which browsers have on secure origins alone.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function callOf({ options, query = [], ...asked }: Reading): Call {
  const method = asked.body === undefined ? "GET" : "POST";
  return { method, isRepeatable: true, ...asked, query, signal: options?.signal };
}
