/** Messages of a client in protobuf. */
import { encodeBinary } from "../../src/protocol/binary/codec.ts";
import { decode, readJson } from "../../src/protocol/codec.ts";
import { RequestMessage } from "../../src/protocol/messages/index.ts";

/** A frame of one message, told as its JSON would say it. Throws Refusal when it cannot be one. */
export function binaryRequest(message: object): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(encodeBinary(RequestMessage, decode(RequestMessage, readJson(JSON.stringify(message)))));
}
