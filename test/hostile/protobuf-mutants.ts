/** Bytes that stand where a protobuf message should: a good one damaged, or with parts that no encoder writes. */
import fc from "fast-check";

type Bytes = Uint8Array<ArrayBuffer>;

const LONGEST_VARINT = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];

/** Fields that are malformed, unknown, or larger than they are. */
const PARTS: Readonly<Record<string, readonly number[]>> = {
  "field number 0": [0x00, 0x01],
  "a tag that ends early": [0x80],
  "a tag longer than a varint may be": [...LONGEST_VARINT.slice(0, 9), 0xff, 0xff, 0x01],
  "the greatest field number": [0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01],
  "a field number too great": [0xf8, 0xff, 0xff, 0xff, 0x7f, 0x01],
  "an unknown varint": [0xd0, 0x3e, 0x01],
  "an unknown fixed64": [0xd1, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8],
  "an unknown length": [0xd2, 0x3e, 0x02, 0x41, 0x42],
  "an unknown fixed32": [0xd5, 0x3e, 1, 2, 3, 4],
  "wire type 6": [0x0e, 0x01],
  "wire type 7": [0x0f, 0x01],
  "an overlong 1": [0x08, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
  "the greatest varint": [0x08, ...LONGEST_VARINT],
  "a varint that goes on": [0x08, ...LONGEST_VARINT.map(() => 0xff)],
  "a varint that ends early": [0x08, 0xff],
  "a length of 4 GiB": [0x52, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x41],
  "a length of 2^63": [0x52, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x41],
  "a negative length": [0x52, ...LONGEST_VARINT, 0x41],
  "a length that ends early": [0x52, 0x05, 0x41],
  "a group": [0x53, 0x08, 0x01, 0x54],
  "a group that does not end": [0x53, 0x08, 0x01],
  "a group's end alone": [0x54],
  "a group that another ends": [0x53, 0x5c],
  "a text that is no UTF-8": [0x0a, 0x02, 0xc3, 0x28],
  "a text with a surrogate": [0x0a, 0x03, 0xed, 0xa0, 0x80],
  "a text with NUL": [0x0a, 0x01, 0x00],
  "a fixed32 that ends early": [0x0d, 1, 2],
  "a fixed64 that ends early": [0x09, 1, 2],
};

const NESTED = 50_000;
/** Nesting beyond any stack, in groups and in messages. */
const DEEP: readonly (readonly number[])[] = [
  Array.from({ length: NESTED }, () => 0x53),
  [...Array.from({ length: NESTED }, () => 0x53), ...Array.from({ length: NESTED }, () => 0x54)],
  nested(0x52, 400),
  nested(0xaa, 400, [0x01]),
];

/** Messages in messages in messages, each the only field of the one around it. */
function nested(tag: number, depth: number, tagRest: readonly number[] = []): readonly number[] {
  let inner: number[] = [];
  for (let level = 0; level < depth; level++) inner = [tag, ...tagRest, ...varint(inner.length), ...inner];
  return inner;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/** A good message, damaged in one place. */
export function bytesMutantsOf(good: Uint8Array): fc.Arbitrary<Bytes> {
  const place = fc.nat(good.length);
  const parts = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...Object.values(PARTS)) },
    { weight: 1, arbitrary: fc.constantFrom(...DEEP) },
  );
  const put = (at: number, bytes: Iterable<number>, instead = 0): Bytes =>
    Uint8Array.from([...good.slice(0, at), ...bytes, ...good.slice(at + instead)]);
  return fc.oneof(
    place.map((length) => Uint8Array.from(good.slice(0, length))),
    fc.tuple(place, fc.nat(255)).map(([at, byte]) => put(at, [byte], 1)),
    fc.tuple(place, fc.nat(7)).map(([at, bit]) => put(at, [(good[at] ?? 0) ^ (1 << bit)], 1)),
    fc.tuple(fc.constantFrom(0, good.length), parts).map(([at, part]) => put(at, part)),
    fc.tuple(place, parts).map(([at, part]) => put(at, part)),
    fc.constant(Uint8Array.from([...good, ...good])),
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Uint8Array.from(bytes)),
  );
}
