/** An event as it is sent: written at most once in each form, however many sockets it goes to. */

import type { EventShape } from "../domain/views.ts";
import { encodeWritten, written } from "../protocol/binary/codec.ts";
import { compileWriter } from "../protocol/binary/encoder.ts";
import { messagesIn } from "../protocol/binary/runs.ts";
import { shortened } from "../protocol/codec.ts";
import { OrderState, UpdateEvent } from "../protocol/messages/index.ts";

export class StreamEvent {
  /** The whole event. Its decimals may be as in memory, or as JSON has them. */
  readonly shape: EventShape;
  readonly #write: () => string;
  #text: string | undefined;
  #compactText: string | undefined;
  #bytes: Uint8Array | undefined;

  /** An event, and how its JSON is come by. */
  constructor(shape: EventShape, write: () => string = () => JSON.stringify(shape)) {
    this.shape = shape;
    this.#write = write;
  }

  /** The JSON. */
  get text(): string {
    this.#text ??= this.#write();
    return this.#text;
  }

  /** The JSON with enums in their short spelling. */
  get compactText(): string {
    this.#compactText ??= shortened(UpdateEvent, this.text);
    return this.#compactText;
  }

  /** The protobuf. */
  get bytes(): Uint8Array {
    this.#bytes ??= written((writer) => writeEvent(writer, this.shape));
    return this.#bytes;
  }

  /** Writes the protobuf of several events into one array, of which each has its part: arrays cost more than bytes. */
  static writeTogether(events: readonly StreamEvent[]): void {
    const unwritten = events.filter((event) => event.#bytes === undefined);
    if (unwritten.length < 2) return;
    const run = written((writer) => {
      for (const { shape } of unwritten) {
        writer.fork();
        writeEvent(writer, shape);
        writer.join();
      }
    });
    const parts = messagesIn(run);
    for (const [index, event] of unwritten.entries()) event.#bytes = parts[index];
  }
}

let lastOrder: object | undefined;
let lastBytes: Uint8Array | undefined;

/** The event that tells of an order often comes right after the action that it was in. */
function orderBytes(order: object): Uint8Array {
  if (order !== lastOrder || lastBytes === undefined) {
    lastBytes = encodeWritten(OrderState, order);
    lastOrder = order;
  }
  return lastBytes;
}

const writeEvent = compileWriter(UpdateEvent, { schema: OrderState, bytesOf: orderBytes });
