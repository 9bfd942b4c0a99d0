/** Fields that come in pieces. To protobuf, the pieces of one message, put together, are that message. */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A message with the pieces of each of these fields put together; everything else is as it was. */
export function coalesced(message: Uint8Array, numbers: ReadonlySet<number>): Uint8Array {
  const reader = new BinaryReader(message);
  const writer = new BinaryWriter();
  const pieces = new Map<number, Uint8Array[]>();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited && numbers.has(number)) {
      pieces.set(number, [...(pieces.get(number) ?? []), reader.bytes()]);
      continue;
    }
    reader.skip(wireType, number);
    writer.raw(message.subarray(start, reader.pos));
  }
  for (const [number, parts] of pieces) {
    writer.tag(number, WireType.LengthDelimited).fork();
    for (const part of parts) writer.raw(part);
    writer.join();
  }
  return writer.finish();
}
