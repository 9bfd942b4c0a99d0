import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { decodeBinary, encodeBinary } from "../../../src/protocol/binary/codec.ts";
import { decodeText, encode } from "../../../src/protocol/codec.ts";
import type { MessageSchema } from "../../../src/protocol/declaration.ts";
import { PACKAGE, protoText } from "../../../src/protocol/proto.ts";
import { messageText } from "../support/arbitraries.ts";
import { messageCases } from "../support/declared.ts";
import { print } from "../support/json.ts";
import { contractRoot } from "./contract-schema.ts";
import { fromPlain, toPlain, type Wanted } from "./plain.ts";

/** Numbers from here on are ours. */
const OURS = 1000;
const GIVEN = { longs: Number, objects: false, arrays: false } as const;

const contract = contractRoot();
const ofContract = messageCases.filter(([name]) => contract.get(name) instanceof protobuf.Type);
const generated = protobuf.parse(protoText(), { keepCase: true }).root.resolveAll();

/** Exchanges random messages with protobufjs, of the fields that are meant. */
function exchanges(type: protobuf.Type, schema: MessageSchema, isWanted: Wanted): void {
  fc.assert(
    fc.property(messageText(schema).map(print), (text) => {
      const decoded = decodeText(schema, text);
      const plain = toPlain(schema, decoded, isWanted);
      const expected = encode(schema, fromPlain(schema, plain, isWanted));

      const sent = type.encode(type.fromObject(plain)).finish();
      expect(encode(schema, decodeBinary(schema, sent))).toBe(expected);

      const received = type.toObject(type.decode(encodeBinary(schema, decoded)), GIVEN);
      expect(encode(schema, fromPlain(schema, received, isWanted))).toBe(expected);
    }),
    { numRuns: 60 },
  );
}

describe("protobufjs, with the schema of the wire contract", () => {
  it("knows nearly every message that is declared", () => {
    expect(messageCases.length - ofContract.length).toBe(2);
  });

  it.each(ofContract)("exchanges %s both ways", (name, schema) => {
    exchanges(contract.lookupType(name), schema, (number) => number < OURS);
  });
});

describe("protobufjs, with the schema that is served", () => {
  it.each(messageCases)("exchanges %s both ways, with our own fields", (name, schema) => {
    exchanges(generated.lookupType(`${PACKAGE}.${name}`), schema, () => true);
  });
});
