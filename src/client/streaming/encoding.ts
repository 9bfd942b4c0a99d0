/** How messages are written on a session's socket. */
import { decodeBinaryStored, encodeBinary } from "../../protocol/binary/codec.ts";
import { decodeStored, encode } from "../../protocol/codec.ts";
import { EventMessage, RequestMessage } from "../../protocol/messages/index.ts";

/** A frame as it travels. */
export type Frame = string | Uint8Array<ArrayBuffer>;

/** Writes what a session sends, and reads what it is sent. */
export interface Encoding {
  write(message: RequestMessage): Frame;
  /** Throws on what is not a frame of this encoding. */
  read(data: unknown): EventMessage;
}

export const JSON_ENCODING: Encoding = {
  write: (message) => encode(RequestMessage, message),
  read(data) {
    if (typeof data !== "string") throw new TypeError("a binary frame, which was not asked for");
    return decodeStored(EventMessage, data);
  },
};

/** Protocol buffers: smaller frames. The server answers in it because it is spoken to in it. */
export const BINARY_ENCODING: Encoding = {
  write: (message) => Uint8Array.from(encodeBinary(RequestMessage, message)),
  read(data) {
    if (!(data instanceof ArrayBuffer)) throw new TypeError("a text frame, which was not asked for");
    return decodeBinaryStored(EventMessage, new Uint8Array(data));
  },
};
