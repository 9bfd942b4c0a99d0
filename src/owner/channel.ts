/** The raw records of one kind, as the object keeps them: for diagnosis. */
import type { At } from "../domain/records.ts";
import { fromMicroseconds } from "../protocol/timestamp.ts";
import type { Store } from "../storage/store.ts";
import { arrayPieces, asAtOf } from "./reading.ts";
import { partsIn } from "./record-events.ts";
import type { ChannelQuestion } from "./rpc.ts";
import { positionsAt } from "./snapshot-lines.ts";

/** `{At, Position, Records}` as at a moment that the log knows, in pieces. A record is `{Key, State}`. */
export function channelPieces(store: Store, { channel }: ChannelQuestion, at: At): Generator<string, void> {
  const Position = positionsAt(store, at, (sequence) => sequence);
  const opening = JSON.stringify({ At: fromMicroseconds(at), Position }).slice(0, -1);
  return arrayPieces(
    { opening: `${opening},"Records":[`, closing: "]}" },
    (range) => store.list(channel, range, asAtOf(store, at)),
    ({ key, body }) => `{"Key":${JSON.stringify(partsIn(key))},"State":${body}}`,
  );
}
