import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { app } from "../../../src/api/app.ts";
import { ERROR_TEXTS } from "../../../src/api/reference/errors.ts";
import { BODY_EXAMPLES } from "../../../src/api/reference/examples.ts";
import { FIELD_TEXTS, REQUIRED } from "../../../src/api/reference/fields.ts";
import type { Json, JsonObject } from "../../../src/api/reference/json.ts";
import { PATH_PARAMETERS, QUERY_PARAMETERS } from "../../../src/api/reference/parameters.ts";
import { ROUTES as DESCRIBED } from "../../../src/api/reference/routes.ts";
import { decode } from "../../../src/protocol/codec.ts";
import { fieldsOf, nameOf } from "../../../src/protocol/declaration.ts";
import { ERRORS } from "../../../src/protocol/errors.ts";
import { enumerations, messages } from "../../protocol/support/declared.ts";
import { ROUTES } from "../route-table.ts";
import { isObject, objectIn, openApiDocument, partOf, texts } from "./documents.ts";

const SENTENCE = /^[`A-Z][\s\S]*[.?]$/;

/** Every operation, by method and path as the app names them. */
const operations = new Map(
  Object.entries(objectIn(openApiDocument, "paths")).flatMap(([path, methods]) =>
    Object.keys(isObject(methods) ? methods : {}).map((method): [string, JsonObject] => [
      `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
      objectIn(openApiDocument, "paths", path, method),
    ]),
  ),
);

function parametersOf(operation: JsonObject): readonly JsonObject[] {
  const { parameters = [] } = operation;
  return Array.isArray(parameters) ? parameters.filter(isObject) : [];
}

/** Every text under one of these names, anywhere in the document. */
function textsUnder(part: Json, name: string): readonly string[] {
  if (Array.isArray(part)) return part.flatMap((inner: Json) => textsUnder(inner, name));
  if (!isObject(part)) return [];
  return Object.entries(part).flatMap(([key, inner]) =>
    key === name && typeof inner === "string" ? [inner] : textsUnder(inner, name),
  );
}

describe("the OpenAPI document", () => {
  it("is one by OpenAPI's own schema, and none of its references leads nowhere", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(openApiDocument));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    for (const reference of textsUnder(openApiDocument, "$ref")) {
      expect(() => partOf(openApiDocument, ...reference.slice(2).split("/"))).not.toThrow();
    }
  });

  it("describes every route of the app and no other", () => {
    const routes = new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
    expect([...operations.keys()].sort()).toEqual([...routes].sort());
  });

  it("gives every operation a name of its own, and every tag one", () => {
    const names = [...operations.values()].map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    const tags = new Set([...operations.values()].flatMap((operation) => operation.tags));
    const { tags: described } = openApiDocument;
    const named = Array.isArray(described) ? described.filter(isObject).map(({ name }) => name) : [];
    expect([...tags].filter((tag) => !named.includes(tag ?? null))).toEqual([]);
  });

  it.each(Object.entries(ROUTES))(
    "says of %s the parameters that it takes and the features that it needs",
    (name, route) => {
      const operation = operations.get(name) ?? {};
      const inQuery = parametersOf(operation).filter((parameter) => parameter.in === "query");
      const taken = inQuery.map((parameter) =>
        String(parameter.name).replace("param[…]", "param[x]").replace("[…]", "[oms]"),
      );
      expect(taken.sort()).toEqual([...(route.takes ?? [])].sort());
      const inPath = parametersOf(operation).filter((parameter) => parameter.in === "path");
      expect(inPath.map((parameter) => `:${parameter.name}`)).toEqual(name.match(/:\w+/g) ?? []);
      const needs = route.isOpen === true ? [] : (route.needs ?? [[]]).map((features) => ({ bearer: features }));
      expect(operation.security).toEqual(needs);
      expect(operation.requestBody !== undefined).toBe(route.body !== undefined);
      expect(Object.keys(objectIn(operation, "responses"))).toContain(String(route.answers));
    },
  );

  it("tells of every refusal under the status that it has", () => {
    for (const [name, response] of Object.entries(objectIn(openApiDocument, "components", "responses"))) {
      const status = Number(name.slice("Refused".length, "Refused".length + 3));
      const codes = [...String(isObject(response) ? response.description : "").matchAll(/^- `([\w.]+)`/gm)].map(
        ([, code]) => code,
      );
      expect(codes.length).toBeGreaterThan(0);
      expect(codes.map((code) => Object.entries(ERRORS).find(([known]) => known === code)?.[1].status)).toEqual(
        codes.map(() => status),
      );
    }
  });
});

describe("the descriptions", () => {
  it("have a sentence for every route, parameter, message, enumeration, field and refusal that is described", () => {
    const named = [...messages.map(nameOf), ...enumerations.map(({ name }) => name)];
    const said: readonly (readonly [string, string | undefined])[] = [
      ...Object.entries(DESCRIBED).flatMap(([name, { does, more = "None." }]) => [
        [name, does] as const,
        [name, more] as const,
      ]),
      ...Object.entries({ ...PATH_PARAMETERS, ...QUERY_PARAMETERS }).map(
        ([name, { description }]) => [name, description] as const,
      ),
      ...named.map((name) => [name, texts.get(name)] as const),
      ...Object.entries(FIELD_TEXTS),
      ...Object.entries(ERROR_TEXTS),
    ];
    expect(said.filter(([, text]) => !SENTENCE.test(text ?? ""))).toEqual([]);
    expect(Object.keys(ERROR_TEXTS).sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it("are of fields that there are", () => {
    const fields = new Map(messages.map((schema) => [nameOf(schema), [...fieldsOf(schema).keys()]]));
    const described = Object.keys(FIELD_TEXTS).map((name) => name.split("."));
    const required = [REQUIRED.accepted, REQUIRED.written].flatMap((messages) =>
      Object.entries(messages).flatMap(([name, names]) => names.map((field) => [name, field])),
    );
    const missing = [...described, ...required].filter(([name = "", field = ""]) => !fields.get(name)?.includes(field));
    expect(missing).toEqual([]);
  });

  it("hold no reference to the rules that only the code has, and no break in a line", () => {
    expect([...texts].filter(([, text]) => /\(rules?\b|\n|\*/.test(text))).toEqual([]);
  });
});

it("every example of a body is accepted as it stands", () => {
  for (const [name, example] of Object.entries(BODY_EXAMPLES)) {
    const schema = messages.find((message) => nameOf(message) === name);
    expect(schema).toBeDefined();
    if (schema !== undefined) expect(() => decode(schema, example)).not.toThrow();
  }
});
