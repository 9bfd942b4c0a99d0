/**
 * What can be told of a RequestMessage that cannot be read: its type, its RequestID, and which place of which feed it is
 * about. It is told in JSON's words, as far as the bytes keep to the form of protobuf.
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { fieldsOf, type MessageSchema } from "../declaration.ts";
import { Refusal } from "../errors.ts";
import { FeedPosition, FeedRequest, RequestMessage } from "../messages/index.ts";
import { decodeBinary, readable } from "./codec.ts";
import { coalesced } from "./merging.ts";

/** The fields that could be read; undefined when the bytes are not even protobuf. */
export function sketchOf(bytes: Uint8Array): object | undefined {
  const message = fieldsIn(RequestMessage, bytes, ["Type", "RequestID", "Feed"]);
  if (message === undefined) return undefined;
  const { Feed, ...own } = message;
  return { ...own, ...(Feed instanceof Uint8Array && { Feed: feedIn(Feed) }) };
}

function feedIn(bytes: Uint8Array): object {
  const feed = fieldsIn(FeedRequest, bytes, ["Type", "RequestID", "Position"]);
  if (feed === undefined) return {};
  const { Position, ...own } = feed;
  return { ...own, ...(Position instanceof Uint8Array && { Position: positionIn(Position) }) };
}

function positionIn(bytes: Uint8Array): object {
  return attempt(() => decodeBinary(FeedPosition, bytes)) ?? fieldsIn(FeedPosition, bytes, ["Sequence"]) ?? {};
}

/** The named fields: numbers, texts, and messages as their bytes. Those that are not what they should be are left out. */
function fieldsIn(
  schema: MessageSchema,
  bytes: Uint8Array,
  names: readonly string[],
): { readonly [name: string]: unknown } | undefined {
  const wanted = new Map(names.map((name) => [fieldsOf(schema).get(name)?.number ?? 0, name]));
  const kindOf = (name: string) => fieldsOf(schema).get(name)?.type.kind;
  const messages = new Set([...wanted].filter(([, name]) => kindOf(name) === "message").map(([number]) => number));
  return attempt(() => {
    const whole = coalesced(bytes, messages);
    const reader = new BinaryReader(whole);
    const found: Record<string, unknown> = {};
    while (reader.pos < whole.length) {
      const [number, wireType] = reader.tag();
      const name = wanted.get(number);
      if (name === undefined) reader.skip(wireType, number);
      else found[name] = valueIn(reader, wireType, kindOf(name));
    }
    return found;
  });
}

function valueIn(reader: BinaryReader, wireType: WireType, kind: string | undefined): unknown {
  if (wireType === WireType.Varint && kind !== "string" && kind !== "message") return Number(reader.int64());
  if (wireType !== WireType.LengthDelimited) {
    reader.skip(wireType);
    return undefined;
  }
  const bytes = reader.bytes();
  return kind === "message" ? bytes : kind === "string" ? attempt(() => STRICT.decode(bytes)) : undefined;
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return readable(work);
  } catch (error) {
    if (error instanceof Refusal || error instanceof TypeError) return undefined;
    throw error;
  }
}
