import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { default as addFormats } from "ajv-formats";
import { describe, expect, it } from "vitest";
import { VIEWS } from "../../../src/domain/views.ts";
import { CLOSE } from "../../../src/owner/socket.ts";
import { decode } from "../../../src/protocol/codec.ts";
import { ERRORS } from "../../../src/protocol/errors.ts";
import { EventMessage, RequestMessage } from "../../../src/protocol/messages/index.ts";
import { asyncApiDocument, objectIn, partOf, Validators, withoutFurtherFields } from "./documents.ts";

const specification: object = createRequire(import.meta.url)("@asyncapi/specs/schemas/3.0.0.json");

const operations = Object.keys(objectIn(asyncApiDocument, "operations")).map((name) =>
  objectIn(asyncApiDocument, "operations", name),
);
const messagesThat = (action: string) =>
  operations.filter((operation) => operation.action === action).map(({ title }) => String(title));
const validators = new Validators(withoutFurtherFields(asyncApiDocument));

const exampleOf = (name: string) =>
  partOf(asyncApiDocument, "components", "messages", name, "examples", "0", "payload");

/** The messages whose schema holds a value. */
function matches(names: readonly string[], value: unknown): readonly string[] {
  return names.filter((name) => validators.at("components", "messages", name, "payload")(value));
}

describe("the AsyncAPI document", () => {
  it("is one by AsyncAPI's own schema", () => {
    // It brings the schema of JSON Schema with it, which must not be there twice.
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false, meta: false, validateSchema: false });
    addFormats.default(ajv);
    const validate = ajv.compile(specification);
    validate(asyncApiDocument);
    expect(validate.errors).toBeNull();
    const { info: _, ...without } = asyncApiDocument;
    expect(validate(without)).toBe(false);
  });

  it("has references that lead somewhere", () => {
    const references = JSON.stringify(asyncApiDocument).match(/"\$ref":"#\/[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(100);
    for (const reference of references) {
      const path = reference.slice('"$ref":"#/'.length, -1).split("/");
      expect(() => partOf(asyncApiDocument, ...path)).not.toThrow();
    }
  });

  it.each(messagesThat("receive"))("has of %s an example that is accepted, and is of no other kind", (name) => {
    const example = exampleOf(name);
    expect(matches(messagesThat("receive"), example)).toEqual([name]);
    if (typeof example !== "string") expect(() => decode(RequestMessage, example)).not.toThrow();
  });

  it.each(messagesThat("send"))(
    "has of %s an example that is written as it stands, and is of no other kind",
    (name) => {
      const example = exampleOf(name);
      expect(matches(messagesThat("send"), example)).toEqual([name]);
      if (typeof example !== "string")
        expect(JSON.parse(JSON.stringify(decode(EventMessage, example)))).toEqual(example);
    },
  );

  it("tells of every code by which the server closes a socket, of every view and of every refusal", () => {
    const channel = objectIn(asyncApiDocument, "channels", "streaming");
    expect(Object.keys(objectIn(channel, "x-close-codes"))).toEqual(Object.values(CLOSE).sort().map(String));
    expect(
      Object.values(objectIn(channel, "x-close-codes")).filter((text) => !/^[A-Z].*\.$/.test(String(text))),
    ).toEqual([]);
    expect(Object.keys(objectIn(channel, "x-views"))).toEqual(Object.keys(VIEWS));
    expect(Object.keys(objectIn(asyncApiDocument, "x-errors"))).toEqual(Object.keys(ERRORS));
  });
});
