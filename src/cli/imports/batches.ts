/** Records in groups that one bulk call takes. */
import { LIMITS } from "../../protocol/limits.ts";

/** A record of a file: where it is said, and how it travels. */
export interface Item<Message> {
  readonly line: number;
  readonly record: Message;
  /** The bytes of its JSON. */
  readonly bytes: number;
}

/** Groups of at most so many items and bytes, in order. An item that is longer than all is alone. */
export async function* batches<Message>(
  items: AsyncIterable<Item<Message>>,
  most: { readonly items: number; readonly bytes: number } = {
    items: LIMITS.BULK_ITEMS,
    bytes: LIMITS.BODY_BYTES,
  },
): AsyncGenerator<readonly Item<Message>[]> {
  let batch: Item<Message>[] = [];
  let bytes = BRACKETS;
  for await (const item of items) {
    const longer = bytes + item.bytes + COMMA;
    if (batch.length > 0 && (batch.length === most.items || longer > most.bytes)) {
      yield batch;
      batch = [];
      bytes = BRACKETS;
    }
    batch.push(item);
    bytes += item.bytes + COMMA;
  }
  if (batch.length > 0) yield batch;
}

/** Bytes of a JSON list beside its items. */
const BRACKETS = 2;
const COMMA = 1;
