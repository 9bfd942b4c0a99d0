/** The documents of the reference, as they are built, and validators of what they describe. */
import { Ajv2020, type AnySchema, type ValidateFunction } from "ajv/dist/2020.js";
import { default as addFormats } from "ajv-formats";
import { declaredTexts } from "../../../scripts/build/docs.ts";
import { asyncApi } from "../../../src/api/reference/asyncapi.ts";
import type { Json, JsonObject } from "../../../src/api/reference/json.ts";
import { openApi } from "../../../src/api/reference/openapi.ts";

export const texts = await declaredTexts();
export const openApiDocument = openApi(texts);
export const asyncApiDocument = asyncApi(texts);

/** A part of a document. Throws when there is none. */
export function partOf(document: JsonObject, ...path: readonly string[]): Json {
  return path.reduce<Json>((part, name) => {
    const inner = Array.isArray(part) ? part[Number(name)] : isObject(part) ? part[name] : undefined;
    if (inner === undefined) throw new Error(`${path.join(" / ")} is not in the document`);
    return inner;
  }, document);
}

/** A part of a document that is an object. Throws when there is none. */
export function objectIn(document: JsonObject, ...path: readonly string[]): JsonObject {
  const part = partOf(document, ...path);
  if (!isObject(part)) throw new Error(`${path.join(" / ")} is not an object`);
  return part;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Validators of the schemas in a document, by their place in it. */
export class Validators {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: JsonObject) {
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(document, "document");
  }

  at(...path: readonly string[]): ValidateFunction {
    const pointer = path
      .map((name) => `/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}`)
      .join("");
    const known = this.#compiled.get(pointer);
    if (known !== undefined) return known;
    const compiled = this.#ajv.compile({ $ref: `document#${pointer}` });
    this.#compiled.set(pointer, compiled);
    return compiled;
  }

  of(schema: AnySchema): ValidateFunction {
    return this.#ajv.compile(schema);
  }
}

/** A document whose messages have no other fields than those that are described: what is written today must be all said. */
export function withoutFurtherFields(document: JsonObject): JsonObject {
  const schemas = Object.entries(objectIn(document, "components", "schemas")).map(([name, schema]): [string, Json] => {
    return [
      name,
      isObject(schema) && schema.properties !== undefined ? { ...schema, additionalProperties: false } : schema,
    ];
  });
  return { ...document, components: { ...objectIn(document, "components"), schemas: Object.fromEntries(schemas) } };
}

/** A document whose messages may leave out any field: presence is for the rules to judge, not for the codec. */
export function withoutRequired(document: JsonObject): JsonObject {
  const schemas = Object.entries(objectIn(document, "components", "schemas")).map(([name, schema]): [string, Json] => {
    if (!isObject(schema)) return [name, schema];
    const { required: _, ...rest } = schema;
    return [name, rest];
  });
  return { components: { schemas: Object.fromEntries(schemas) } };
}
