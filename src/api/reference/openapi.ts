/** The OpenAPI document of the HTTP surface, made of the declarations of its messages and the table of its routes. */
import { type MessageSchema, nameOf } from "../../protocol/declaration.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { TimestampWithTimeZone } from "../../protocol/fields.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { JSON_TYPE, PROTOBUF_TYPE } from "../media.ts";
import { byStatus, errorLines } from "./errors.ts";
import { BODY_EXAMPLES } from "./examples.ts";
import type { Direction } from "./fields.ts";
import type { Json, JsonObject } from "./json.ts";
import { COMPACT_HEADER, PATH_PARAMETERS, type Parameter, QUERY_PARAMETERS } from "./parameters.ts";
import { type Content, type Route, TAGS } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { Schemas, type Texts } from "./schemas.ts";

const BEARER = "bearer";

/** What the whole is introduced with. */
const INTRODUCTION = `
An order management system: balances, holdings and orders as a time series. What streams, and how adapters feed it, is
described in the [reference of the socket](/docs/socket). The documents themselves are
[openapi.json](/docs/openapi.json) and [asyncapi.json](/docs/asyncapi.json).

- **Tokens.** Every call but those of /diagnostics/ping and /diagnostics/health bears a token. What a route needs of it
  beside the right to see the Owner is said there. What a caller may not see does not exist for it.
- **Bodies and answers** are JSON or, with \`Content-Type\` and \`Accept\` \`${PROTOBUF_TYPE}\`, binary protobuf; an array is
  then a run of length-delimited messages. What is no message is JSON alone. The messages' numbers are in [/proto](/proto).
- **Refusals** are a JSON array of texts: a code, and after a space its detail, such as the path of a field. The call may
  be sent again, unchanged, when the status is 503. Codes of several statuses together are answered with 422.
- **Unknown fields and parameters** are refused, never ignored. What the server writes may get more fields one day.
- **Decimals** are exact, and enumerations and moments have several spellings; the server writes one of them.
- **The past.** With \`asAt\` a route reads the state as it was. Answers carry the moment that they were read at in
  \`X-OMS-At\`, where that is one moment; given as \`asAt\` it repeats them exactly.
- **Retries are harmless** where a message has an id of its own: the same content again changes nothing.
- **Long answers** are streamed. One that cannot be told to the end is broken off, so that it is never taken for whole.
- A GET may be asked as HEAD. A known path under another method is answered 405, an unknown one 404.
`.trim();

/** The document. `texts` say what messages and enumerations are, by name. */
export function openApi(texts: Texts): JsonObject {
  const schemas = new Schemas(texts);
  const responses = new Responses();
  const paths = new Map<string, Record<string, Json>>();
  for (const [name, route] of Object.entries(ROUTES)) {
    const [method = "", path = ""] = name.split(" ");
    const templated = path.replace(/:(\w+)/g, "{$1}");
    const operations = paths.get(templated) ?? {};
    operations[method.toLowerCase()] = operation(path, route, schemas, responses);
    paths.set(templated, operations);
  }
  return {
    openapi: "3.1.1",
    info: { title: "Edge OMS", version: "0.1.0", summary: "The HTTP surface", description: INTRODUCTION },
    servers: [{ url: "/" }],
    security: [{ [BEARER]: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(paths),
    components: {
      schemas: schemas.components(),
      responses: responses.components(),
      securitySchemes: {
        [BEARER]: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description:
            "A JWT of a registered identity source. An operation lists the features that its bearer needs; where it lists " +
            "several times, any one of the combinations will do.",
        },
      },
    },
  };
}

function operation(path: string, route: Route, schemas: Schemas, responses: Responses): JsonObject {
  const { id, tag, does, more, needs, isOpen = false, body } = route;
  const parameters = parametersOf(path, route);
  return {
    operationId: id,
    tags: [tag],
    summary: does,
    description: [more, needed(route)].filter((text) => text !== undefined).join("\n\n"),
    security: isOpen ? [] : (needs ?? [[]]).map((features) => ({ [BEARER]: [...features] })),
    ...(parameters.length > 0 && { parameters: parameters.map((parameter) => ({ ...parameter })) }),
    ...(body !== undefined && { requestBody: requestBody(body, schemas) }),
    responses: { ...success(route, path, schemas), ...responses.refusals(refusalsOf(path, route), isBulk(route)) },
  };
}

function needed({ needs, isOpen = false }: Route): string {
  if (isOpen) return "Needs no token.";
  if (needs === undefined) return "Needs a valid token.";
  return `Needs the feature ${needs.map((features) => features.map((name) => `\`${name}\``).join(" and ")).join(" or ")}.`;
}

function parametersOf(path: string, { takes = [], answer }: Route): readonly Parameter[] {
  const named: Readonly<Record<string, Parameter>> = PATH_PARAMETERS;
  const ofPath = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => {
    const parameter = named[name];
    if (parameter === undefined) throw new Error(`the parameter ${name} of ${path} is not described`);
    return parameter;
  });
  const compact = answer !== undefined && ("one" in answer || "many" in answer) ? [COMPACT_HEADER] : [];
  return [...ofPath, ...takes.map((name) => QUERY_PARAMETERS[name]), ...compact];
}

function requestBody(body: Content, schemas: Schemas): JsonObject {
  const limit = "type" in body ? LIMITS.QUERY_DATA_BYTES : LIMITS.BODY_BYTES;
  const most = "many" in body || "json" in body ? `, at most ${LIMITS.BULK_ITEMS} items` : "";
  return {
    required: !("type" in body),
    description: `At most ${limit} bytes${most}.`,
    content: contentOf(body, "accepted", schemas),
  };
}

function success({ answer, mayBeNothing = false, tellsAt = false }: Route, path: string, schemas: Schemas): JsonObject {
  if (path === "/streaming") return { 101: { description: "The socket is open." } };
  const headers: JsonObject = tellsAt ? { headers: { "X-OMS-At": AT_HEADER } } : {};
  const nothing: JsonObject = { 204: { description: "It is done, also when it has changed nothing.", ...headers } };
  if (answer === undefined) return nothing;
  return {
    200: { description: "The answer.", ...headers, content: contentOf(answer, "written", schemas) },
    ...(mayBeNothing && { 204: { description: "There is nothing." } }),
  };
}

const AT_HEADER: JsonObject = {
  description:
    "When the answer was read, or the update recorded: a moment that `asAt` takes. Absent where several Owners were asked.",
  schema: { type: "string", format: "date-time" },
};

function contentOf(content: Content, direction: Direction, schemas: Schemas): JsonObject {
  if ("type" in content) return { [content.type]: { schema: content.schema } };
  if ("json" in content) return { [JSON_TYPE]: { schema: content.json } };
  if ("is" in content) {
    return {
      [JSON_TYPE]: { schema: schemas.moment() },
      [PROTOBUF_TYPE]: { schema: binarySchema(TimestampWithTimeZone, false) },
    };
  }
  const message = "one" in content ? content.one : content.many;
  const reference = schemas.message(message, direction);
  const isMany = "many" in content;
  const schema: JsonObject = isMany
    ? { type: "array", items: reference, ...(direction === "accepted" && { maxItems: LIMITS.BULK_ITEMS }) }
    : reference;
  return {
    [JSON_TYPE]: { schema, ...(direction === "accepted" && exampleOf(message, isMany)) },
    [PROTOBUF_TYPE]: { schema: binarySchema(message, isMany) },
  };
}

function exampleOf(message: MessageSchema, isMany: boolean): { example?: Json } {
  const example = BODY_EXAMPLES[nameOf(message)];
  return example === undefined ? {} : { example: isMany ? [example] : example };
}

function binarySchema(message: MessageSchema, isMany: boolean): JsonObject {
  const name = nameOf(message);
  const description = isMany ? `Length-delimited messages of type ${name}.` : `A message of type ${name}.`;
  return { type: "string", format: "binary", description };
}

/** Everything that a route may be refused with. */
function refusalsOf(
  path: string,
  { needs, isOpen = false, body, takes = [], refuses = [] }: Route,
): readonly ErrorCode[] {
  const hasPath = path.includes(":");
  const isMessage = body !== undefined && !("type" in body);
  const hasRequired = takes.some((name) => "required" in QUERY_PARAMETERS[name]);
  return [
    "Field.Unknown",
    ...(hasPath || takes.length > 0 || isMessage ? (["Field.Invalid"] as const) : []),
    ...(hasPath || isMessage ? (["Message.Unreadable"] as const) : []),
    ...(isMessage || hasRequired ? (["Field.Missing"] as const) : []),
    ...(body === undefined ? [] : (["Message.TooLarge", "Message.MediaType"] as const)),
    ...(isOpen ? [] : (["Unauthenticated", "Unhealthy"] as const)),
    ...(needs === undefined ? [] : (["Authority"] as const)),
    ...refuses,
    ...(isOpen && refuses.length === 0 ? [] : (["Retry"] as const)),
    "Internal",
  ];
}

/** Whether items of several Owners may be refused together. */
function isBulk({ body }: Route): boolean {
  return body !== undefined && "many" in body;
}

/** The answers that refuse, shared where they are the same. */
class Responses {
  readonly #names = new Map<string, string>();
  readonly #components = new Map<string, JsonObject>();

  /** An answer for each status of these codes. When they may come together, with several statuses, 422 tells of any. */
  refusals(codes: readonly ErrorCode[], areTogether: boolean): JsonObject {
    return Object.fromEntries(
      [...byStatus(codes)].map(([status, own]) => {
        return [status, this.#refusal(status, own, areTogether && status === 422 ? [...new Set(codes)] : own)];
      }),
    );
  }

  #refusal(status: number, codes: readonly ErrorCode[], together: readonly ErrorCode[]): JsonObject {
    const key = [status, ...together].join(" ");
    const known = this.#names.get(key);
    const name = known ?? this.#newName(status);
    if (known === undefined) {
      this.#names.set(key, name);
      this.#components.set(name, response(status, codes, together));
    }
    return { $ref: `#/components/responses/${name}` };
  }

  #newName(status: number): string {
    const before = [...this.#components.keys()].filter((name) => name.startsWith(`Refused${status}`)).length;
    return before === 0 ? `Refused${status}` : `Refused${status}_${before + 1}`;
  }

  components(): JsonObject {
    return Object.fromEntries(
      [...this.#components].sort(([left], [right]) => left.localeCompare(right, "en", { numeric: true })),
    );
  }
}

function response(status: number, codes: readonly ErrorCode[], together: readonly ErrorCode[]): JsonObject {
  const alternatives = together.map((code) => code.replaceAll(".", "\\.")).join("|");
  const text = (description: string) => ({ description, schema: { type: "string" } });
  return {
    description: errorLines(codes),
    ...(status === 401 && { headers: { "WWW-Authenticate": text("`Bearer`.") } }),
    ...(status === 503 && { headers: { "Retry-After": text("Seconds after which it may be sent again, unchanged.") } }),
    content: {
      [JSON_TYPE]: {
        schema: {
          type: "array",
          minItems: 1,
          items: { type: "string", pattern: `^(?:${alternatives})(?: [\\s\\S]*)?$` },
        },
        example: [codes[0] ?? ""],
      },
    },
  };
}
