/** Calls of messages: what is sent is encoded, what is answered is decoded, whole or as it comes. */
import { parseExactly } from "../../protocol/exact-json.ts";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";
import type { Parameters } from "./address.ts";
import { type Answer, type Done, type Listing, type Rows, readAt } from "./answers.ts";
import type { Body, Encoding } from "./encodings.ts";
import type { Call, Http, Method } from "./http.ts";
import type { CallOptions } from "./options.ts";
import { atOf, bytesOf, itemsOf, linesOf, parsed, textOf } from "./reading.ts";
import type { Reader } from "./shapes.ts";

/** What is asked. */
export interface Asking extends Pick<Call, "isOpen" | "isAnswer"> {
  /** Escaped. */
  readonly path: string;
  readonly query?: Parameters;
  readonly options?: CallOptions | undefined;
  readonly body?: Body | MessageBody;
}

/** A body of messages, which travels as the client says. */
export type MessageBody = (encoding: Encoding) => Body;

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
  readonly #encoding: Encoding;

  constructor(http: Http, encoding: Encoding) {
    this.#http = http;
    this.#encoding = encoding;
  }

  /** Asks for one message. */
  one<Schema extends MessageSchema>(schema: Schema, reading: Reading): Promise<Answer<Of<Schema>>> {
    const call = this.#callForMessages(reading);
    return this.#http.call(call, async (response) => {
      const bytes = await bytesOf(call, response);
      return readAt(
        parsed(call, () => this.#encoding.read(schema, bytes)),
        atOf(response),
      );
    });
  }

  /** Asks for a list. */
  async list<Schema extends MessageSchema>(schema: Schema, reading: Reading): Promise<Listing<Of<Schema>>> {
    return this.rows(schema, reading).toArray();
  }

  /** Asks for a long list, as it is wanted. */
  rows<Schema extends MessageSchema>(schema: Schema, reading: Reading): Rows<Of<Schema>> {
    const call = this.#callForMessages(reading);
    const http = this.#http;
    const itemsIn = (response: Response) => itemsOf(call, this.#encoding.reader(schema), response);
    return {
      async *[Symbol.asyncIterator]() {
        yield* itemsIn(await http.call(call, unread));
      },
      toArray: () =>
        http.call(call, async (response) => {
          const items: Of<Schema>[] = [];
          for await (const item of itemsIn(response)) items.push(item);
          return readAt(items, atOf(response));
        }),
    };
  }

  /** Asks for lines of text, as they are wanted. */
  lines(reading: Reading): AsyncIterable<string> {
    const call = this.#callOf(reading);
    const http = this.#http;
    return {
      async *[Symbol.asyncIterator]() {
        yield* linesOf(call, await http.call(call, unread));
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

  #text(reading: Reading): Promise<{ call: Call; text: string; at: Timestamp | undefined }> {
    const call = this.#callOf(reading);
    return this.#http.call(call, async (response) => {
      return { call, text: await textOf(call, response), at: atOf(response) };
    });
  }

  #callForMessages(reading: Reading): Call {
    return { ...this.#callOf(reading), accept: this.#encoding.type };
  }

  #callOf({ options, query = [], body, ...asked }: Reading): Call {
    const method = body === undefined ? "GET" : "POST";
    const encoded = typeof body === "function" ? body(this.#encoding) : body;
    const common = { method, isRepeatable: true, ...asked, query, signal: options?.signal } as const;
    return encoded === undefined ? common : { ...common, body: encoded };
  }
}

/** An answer that is read as it is wanted: what breaks off then is not asked for again. */
async function unread(response: Response): Promise<Response> {
  return response;
}

/** A body of one message. */
export function bodyOf<Schema extends MessageSchema>(schema: Schema, message: Of<Schema>): MessageBody {
  return (encoding) => encoding.one(schema, message);
}

/** A body of many. */
export function bodyOfMany<Schema extends MessageSchema>(schema: Schema, messages: readonly Of<Schema>[]): MessageBody {
  return (encoding) => encoding.many(schema, messages);
}

/** An id under which something is known for ever, so that sending it again does no harm. */
export function newId(): string {
  // Not randomUUID, which browsers have on secure origins alone.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
