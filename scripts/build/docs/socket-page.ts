/** The page that shows the AsyncAPI document: plain HTML, made when everything else is built. */
import type { Json, JsonObject } from "../../../src/api/reference/json.ts";

/** The page. Throws when the document is not of the form that this program gives it. */
export function socketPage(document: JsonObject): string {
  const channel = at(document, "channels", "streaming");
  const messages = Object.entries(at(document, "operations")).map(([, operation]) =>
    messageOf(document, objectOf(operation)),
  );
  const schemas = Object.entries(at(document, "components", "schemas"));
  const [received, sent] = ["receive", "send"].map((action) => messages.filter((message) => message.action === action));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Edge OMS: the socket</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="./socket.css">
</head>
<body>
<main>
<h1>The socket</h1>
${paragraphs(textAt(document, "info", "description"))}
<p>This page shows <a href="/docs/asyncapi.json">asyncapi.json</a>, an AsyncAPI 3.0 document for programs that read one.</p>
<nav aria-label="Messages">
<h2 id="messages">Messages</h2>
<p class="receive">Sent to the server</p>
${links(received ?? [])}
<p class="send">Sent by the server</p>
${links(sent ?? [])}
</nav>
${[...(received ?? []), ...(sent ?? [])].map(messageSection).join("\n")}
<h2 id="views">Views</h2>
${table(
  ["Subscription.Type", "What it shows", "Targets"],
  Object.entries(at(channel, "x-views")).map(([view, told]) => [
    code(view),
    inline(textAt(objectOf(told), "description")),
    listAt(objectOf(told), "targets")
      .map((target) => code(String(target)))
      .join(", "),
  ]),
)}
<h2 id="closing">Why the server closes a socket</h2>
${table(
  ["Code", "Reason"],
  Object.entries(at(channel, "x-close-codes")).map(([status, text]) => [code(status), inline(String(text))]),
)}
<h2 id="errors">Refusals</h2>
<p>What may be repeated may be sent again later, unchanged.</p>
${table(
  ["Code", "Meaning", ""],
  Object.entries(at(document, "x-errors")).map(([error, told]) => [
    code(error),
    inline(textAt(objectOf(told), "description")),
    objectOf(told).retryable === true ? "may be repeated" : "",
  ]),
)}
<h2 id="schemas">What messages are made of</h2>
<p>A name that ends in Input is what is accepted: of decimals, moments, whole numbers and enumerations in every spelling.</p>
${schemas.map(([name, schema]) => schemaSection(name, objectOf(schema))).join("\n")}
</main>
</body>
</html>
`;
}

interface Shown {
  readonly name: string;
  readonly action: string;
  readonly does: string;
  readonly example: Json;
  readonly answers: readonly string[];
}

function messageOf(document: JsonObject, operation: JsonObject): Shown {
  const name = textAt(operation, "title");
  const message = at(document, "components", "messages", name);
  const [example] = listAt(message, "examples");
  const reply = operation.reply === undefined ? [] : listAt(objectOf(operation.reply), "messages");
  return {
    name,
    action: textAt(operation, "action"),
    does: textAt(operation, "summary"),
    example: objectOf(example).payload ?? null,
    answers: reply.map((answer) => lastOf(textAt(objectOf(answer), "$ref"))),
  };
}

function messageSection({ name, action, does, example, answers }: Shown): string {
  const answered = answers.map((answer) => `<a href="#${answer}">${answer}</a>`).join(", ");
  return `<section>
<h3 id="${name}" class="${action}">${name}</h3>
<p>${inline(does)}</p>
<pre>${escaped(typeof example === "string" ? example : JSON.stringify(example, undefined, 2))}</pre>
${answered === "" ? "" : `<p class="quiet">Answered by ${answered}.</p>`}
</section>`;
}

function schemaSection(name: string, schema: JsonObject): string {
  const properties = schema.properties === undefined ? {} : objectOf(schema.properties);
  const rows = Object.entries(properties).map(([field, property]) => [
    code(field),
    typeText(objectOf(property)),
    inline(descriptionOf(objectOf(property))),
  ]);
  const what = rows.length === 0 ? `<p>${typeText(schema)}</p>` : table(["Field", "Type", ""], rows);
  return `<details id="schema-${name}">
<summary><strong>${name}</strong></summary>
<p>${inline(descriptionOf(schema))}</p>
${what}
</details>`;
}

function typeText(schema: JsonObject): string {
  if (typeof schema.$ref === "string") {
    const name = lastOf(schema.$ref);
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.items !== undefined) return `list of ${typeText(objectOf(schema.items))}`;
  if (schema.additionalProperties !== undefined && typeof schema.additionalProperties === "object") {
    return `map to ${typeText(objectOf(schema.additionalProperties))}`;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return choices.map((choice) => typeText(objectOf(choice))).join(" or ");
  if (Array.isArray(schema.enum)) return schema.enum.map((name) => code(String(name))).join(", ");
  if (schema.contentEncoding === "base64") return "bytes in base64";
  if (schema.type === "integer") return "whole number";
  return schema.type === "string" ? "text" : String(schema.type);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (texts: readonly string[], tag: "td" | "th") =>
    texts.map((text) => `<${tag}>${text}</${tag}>`).join("");
  return `<table><thead><tr>${cells(heads, "th")}</tr></thead><tbody>
${rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n")}
</tbody></table>`;
}

function links(messages: readonly Shown[]): string {
  return `<ul>${messages.map(({ name }) => `<li><a href="#${name}">${name}</a></li>`).join("")}</ul>`;
}

/** Paragraphs and one level of list, which is all that the descriptions have of Markdown. */
function paragraphs(markdown: string): string {
  return markdown
    .split("\n\n")
    .map((block) => {
      if (!block.startsWith("- ")) return `<p>${inline(block)}</p>`;
      const items = block.slice(2).split("\n- ");
      return `<ul>${items.map((item) => `<li>${inline(item)}</li>`).join("")}</ul>`;
    })
    .join("\n");
}

function inline(markdown: string): string {
  return escaped(markdown)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '<a href="$2">$1</a>');
}

function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function descriptionOf({ description }: JsonObject): string {
  return typeof description === "string" ? description : "";
}

function lastOf(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

function at(value: JsonObject, ...path: readonly string[]): JsonObject {
  return path.reduce<JsonObject>((object, name) => objectOf(object[name]), value);
}

function textAt(value: JsonObject, ...path: readonly string[]): string {
  const text = at(value, ...path.slice(0, -1))[path.at(-1) ?? ""];
  if (typeof text !== "string") throw new Error(`${path.join(".")} is not a text`);
  return text;
}

function listAt(value: JsonObject, name: string): readonly Json[] {
  const list = value[name];
  if (!Array.isArray(list)) throw new Error(`${name} is not a list`);
  return list;
}

function objectOf(value: Json | undefined): JsonObject {
  if (typeof value !== "object" || value === null || isList(value))
    throw new Error("a part of the document is missing");
  return value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
