/** The AsyncAPI document of the streaming socket, made of the declarations of its frames and the table of its messages. */

import { VIEWS } from "../../domain/views.ts";
import { CLOSE } from "../../owner/socket.ts";
import type { Enumeration } from "../../protocol/enumeration.ts";
import { ERRORS } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import {
  EventMessage,
  EventMessageType,
  FeedEventType,
  FeedRequestType,
  RequestMessage,
  RequestMessageType,
} from "../../protocol/messages/index.ts";
import { SOCKET_PROTOCOL, TOKEN_PROTOCOL } from "../authentication.ts";
import { ERROR_TEXTS } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import { Schemas, type Texts } from "./schemas.ts";
import {
  CLOSE_TEXTS,
  FEED_RECEIVED,
  FEED_SENT,
  RECEIVED,
  SENT,
  type SocketMessage,
  type SocketMessages,
  VIEW_TEXTS,
} from "./socket.ts";

const CHANNEL = "#/channels/streaming";

const INTRODUCTION = `
One socket belongs to one Owner: \`/streaming?owner=XS\`. Clients subscribe to views and make requests on it; adapters
supply feeds. The routes of REST are described in the [reference of the HTTP surface](/docs).

- **A frame is one message**, or a JSON array of messages, at most ${LIMITS.FRAME_BYTES} bytes. A message is at most
  ${LIMITS.UPDATE_BYTES} bytes. Text frames are JSON, binary frames protobuf; answers are of the kind that was used last.
- **A message's type** says which of its other fields is meant. It may be written short (\`Subscribe\`), in full or as a
  number. The server writes it in full, or short on a socket that was opened with \`compact=true\`.
- **The token** goes into the header \`Authorization: Bearer …\`. A browser, which cannot set headers on a socket, offers
  the subprotocols \`${SOCKET_PROTOCOL}\` and \`${TOKEN_PROTOCOL}<token>\`; the answer is \`${SOCKET_PROTOCOL}\`.
- **The text \`ping\`** is answered with the text \`pong\`, also while the server sleeps. Send it every few seconds.
- **Resume.** Positions that were seen are sent back in \`From\` of a subscription; an adapter is told by \`Resume\`. Nothing
  is lost or seen twice. A deploy closes every socket, so this is an everyday path.
- **Refusals** come in \`Request.Errors\` of a Response: a code, and after a space its detail.
`.trim();

/** The document. `texts` say what messages and enumerations are, by name. */
export function asyncApi(texts: Texts): JsonObject {
  const schemas = new Schemas(texts);
  const messages = messagesOf(schemas);
  return {
    asyncapi: "3.0.0",
    info: { title: "Edge OMS", version: "0.1.0", description: INTRODUCTION },
    defaultContentType: "application/json",
    servers: {
      oms: {
        host: "{host}",
        protocol: "wss",
        variables: {
          host: { default: "localhost:8787", description: "Where it is deployed; on your own machine it speaks ws." },
        },
        security: [{ $ref: "#/components/securitySchemes/bearer" }],
      },
    },
    channels: {
      streaming: {
        address: "/streaming",
        title: "The socket of one Owner",
        messages: Object.fromEntries(messages.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: { ws: BINDING },
        "x-subprotocols": [SOCKET_PROTOCOL, `${TOKEN_PROTOCOL}<token>`],
        "x-close-codes": closeCodes(),
        "x-views": views(),
      },
    },
    operations: Object.fromEntries(messages.map((message) => [`${message.action}${message.name}`, operation(message)])),
    components: {
      messages: Object.fromEntries(messages.map(({ name, content }) => [name, content])),
      schemas: schemas.components(),
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "A JWT of a registered identity source.",
        },
      },
    },
    "x-errors": Object.fromEntries(
      Object.entries(ERRORS).map(([code, { retryable }]) => [
        code,
        { description: isCode(code) ? ERROR_TEXTS[code] : "", retryable },
      ]),
    ),
  };
}

const BINDING: JsonObject = {
  method: "GET",
  query: {
    type: "object",
    properties: {
      owner: { type: "string", description: "The Owner. Needed when the caller may see several." },
      compact: { type: "boolean", description: "Writes enumerations in their short spelling." },
    },
  },
  headers: {
    type: "object",
    properties: {
      Authorization: { type: "string", description: "`Bearer` and the token." },
      "Sec-WebSocket-Protocol": {
        type: "string",
        description: `\`${SOCKET_PROTOCOL}, ${TOKEN_PROTOCOL}<token>\`, from a browser.`,
      },
    },
  },
  bindingVersion: "0.1.0",
};

/** A message of the document, from the point of view of the server. */
interface Described {
  readonly name: string;
  readonly action: "receive" | "send";
  readonly does: string;
  readonly content: JsonObject;
  readonly answeredBy: readonly string[];
}

function messagesOf(schemas: Schemas): readonly Described[] {
  const received = schemas.message(RequestMessage, "accepted");
  const sent = schemas.message(EventMessage, "written");
  return [
    ...described("receive", RECEIVED, "", (type) => spelled(received, RequestMessageType, type)),
    ...described("receive", FEED_RECEIVED, "Feed", (type) =>
      ofFeed(spelled(received, RequestMessageType, "FeedRequest"), accepted(FeedRequestType, type)),
    ),
    textMessage("receive", "Ping", "ping", "Asks whether anybody is there.", ["Pong"]),
    ...described("send", SENT, "", (type) => narrowed(sent, { const: `${EventMessageType.name}_${type}` })),
    ...described("send", FEED_SENT, "FeedEvent", (type) =>
      ofFeed(narrowed(sent, { const: `${EventMessageType.name}_Feed` }), { const: `${FeedEventType.name}_${type}` }),
    ),
    textMessage("send", "Pong", "pong", "Answers a ping.", []),
  ];
}

/** The schema of a message's payload: its field is there, or that of its feed's part. */
type Payload = (type: string) => JsonObject;

function described<Type extends string>(
  action: Described["action"],
  messages: SocketMessages<Type>,
  prefix: string,
  payloadOf: Payload,
): readonly Described[] {
  return Object.entries<SocketMessage>(messages).map(([type, { does, field, example, answeredBy = [] }]) => {
    const name = prefix + type;
    const payload = payloadOf(type);
    return {
      name,
      action,
      does,
      answeredBy,
      content: {
        name,
        title: name,
        summary: does,
        payload: field === undefined ? payload : withField(payload, field, prefix !== ""),
        examples: [{ name: `a${name}`, payload: example }],
      },
    };
  });
}

function textMessage(
  action: Described["action"],
  name: string,
  text: string,
  does: string,
  answeredBy: readonly string[],
): Described {
  const content = {
    name,
    title: name,
    summary: does,
    contentType: "text/plain",
    payload: { type: "string", const: text },
    examples: [{ name: `a${name}`, payload: text }],
  };
  return { name, action, does, content, answeredBy };
}

/** Every spelling of a type that is accepted. */
function accepted(of: Enumeration, short: string): JsonObject {
  const full = `${of.name}_${short}`;
  return { enum: [short, full, of.numbers.get(full) ?? 0] };
}

function spelled(message: JsonObject, of: Enumeration, short: string): JsonObject {
  return narrowed(message, accepted(of, short));
}

function narrowed(message: JsonObject, type: JsonObject): JsonObject {
  return { allOf: [message, { required: ["Type"], properties: { Type: type } }] };
}

function ofFeed(message: JsonObject, type: JsonObject): JsonObject {
  const part = { required: ["Feed"], properties: { Feed: { required: ["Type"], properties: { Type: type } } } };
  return joined(message, part);
}

function withField(payload: JsonObject, field: string, isOfFeed: boolean): JsonObject {
  const there: JsonObject = { required: [field] };
  return joined(payload, isOfFeed ? { properties: { Feed: there } } : there);
}

function joined({ allOf }: JsonObject, part: JsonObject): JsonObject {
  return { allOf: [...(Array.isArray(allOf) ? allOf : []), part] };
}

function operation({ name, action, does, answeredBy }: Described): JsonObject {
  const answers: readonly Json[] = answeredBy.map((answer) => ({
    $ref: `${CHANNEL}/messages/${messageName(answer, action)}`,
  }));
  return {
    action,
    channel: { $ref: CHANNEL },
    title: name,
    summary: does,
    messages: [{ $ref: `${CHANNEL}/messages/${name}` }],
    ...(answers.length > 0 && { reply: { channel: { $ref: CHANNEL }, messages: answers } }),
  };
}

/** What a feed's message is called in the document: those of the server are events. */
function messageName(answer: string, action: Described["action"]): string {
  return action === "receive" && answer.startsWith("Feed") ? answer.replace("Feed", "FeedEvent") : answer;
}

function closeCodes(): JsonObject {
  return Object.fromEntries(
    Object.entries(CLOSE).map(([reason, code]) => [code, isReason(reason) ? CLOSE_TEXTS[reason] : ""]),
  );
}

function views(): JsonObject {
  return Object.fromEntries(
    Object.entries(VIEWS).map(([view, targets]) => [
      view,
      { description: isServed(view) ? VIEW_TEXTS[view] : "", targets: [...targets] },
    ]),
  );
}

function isCode(code: string): code is keyof typeof ERROR_TEXTS {
  return Object.hasOwn(ERROR_TEXTS, code);
}

function isReason(reason: string): reason is keyof typeof CLOSE_TEXTS {
  return Object.hasOwn(CLOSE_TEXTS, reason);
}

function isServed(view: string): view is keyof typeof VIEW_TEXTS {
  return Object.hasOwn(VIEW_TEXTS, view);
}
