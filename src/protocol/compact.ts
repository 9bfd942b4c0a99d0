/** The compact form of a message: its enums in their short spelling. */
import { type Field, fieldsOf, type MessageSchema, type WireType } from "./declaration.ts";
import { shortNameOf } from "./enumeration.ts";

type Shortener = (value: unknown) => unknown;

const compiled = new Map<MessageSchema, Shortener>();

/** Copies a normalised message with its enums in their short spelling; what holds none is shared, not copied. */
export function shortener(schema: MessageSchema): Shortener {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const fields = [...fieldsOf(schema)].flatMap(([name, field]) => {
    const shorten = fieldShortener(field);
    return shorten === undefined ? [] : [[name, shorten] as const];
  });
  const shorten: Shortener = (value) => {
    const message: Record<string, unknown> = { ...recordOf(value) };
    for (const [name, shortenField] of fields) {
      if (message[name] !== undefined) message[name] = shortenField(message[name]);
    }
    return message;
  };
  compiled.set(schema, shorten);
  return shorten;
}

function fieldShortener({ label, type }: Field): Shortener | undefined {
  const shorten = itemShortener(type);
  if (shorten === undefined || label === "plain" || label === "explicit") return shorten;
  if (label === "list") return (list) => (Array.isArray(list) ? list.map(shorten) : list);
  return (map) => Object.fromEntries(Object.entries(recordOf(map)).map(([key, element]) => [key, shorten(element)]));
}

function itemShortener(type: WireType): Shortener | undefined {
  if (type.kind === "enum") return (name) => (typeof name === "string" ? shortNameOf(name) : name);
  return type.kind === "message" && holdsEnums(type.of) ? shortener(type.of) : undefined;
}

function holdsEnums(schema: MessageSchema): boolean {
  return [...fieldsOf(schema).values()].some(
    ({ type }) => type.kind === "enum" || (type.kind === "message" && holdsEnums(type.of)),
  );
}

function recordOf(value: unknown): object {
  if (typeof value !== "object" || value === null) throw new Error("not a normalised message");
  return value;
}
