/** An event as it is sent: written at most once in each form, however many sockets it goes to. */
import { encodeWritten } from "../protocol/binary/codec.ts";
import { shortened } from "../protocol/codec.ts";
import { UpdateEvent } from "../protocol/messages/index.ts";
import type { EventShape } from "./subscriptions.ts";

export class StreamEvent {
  /** The whole event. Its decimals may be as in memory, or as JSON has them. */
  readonly shape: EventShape;
  #text: string | undefined;
  #compactText: string | undefined;
  #bytes: Uint8Array | undefined;

  /** An event, and its text if that is known. */
  constructor(shape: EventShape, text?: string) {
    this.shape = shape;
    this.#text = text;
  }

  /** The JSON. */
  get text(): string {
    this.#text ??= JSON.stringify(this.shape);
    return this.#text;
  }

  /** The JSON with enums in their short spelling. */
  get compactText(): string {
    this.#compactText ??= shortened(UpdateEvent, this.text);
    return this.#compactText;
  }

  /** The protobuf of it. */
  get bytes(): Uint8Array {
    this.#bytes ??= encodeWritten(UpdateEvent, this.shape);
    return this.#bytes;
  }
}
