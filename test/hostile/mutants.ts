/**
 * Messages that a schema allows, and what becomes of them when one thing is changed. A mutant says where it was changed,
 * and whether it can be anything but refused.
 */
import fc from "fast-check";
import type { Field, MessageSchema } from "../../src/protocol/declaration.ts";
import { fieldsOf } from "../../src/protocol/declaration.ts";
import { messageText } from "../protocol/support/arbitraries.ts";
import { type Json, list, literal, object, string } from "../protocol/support/json.ts";
import { HOSTILE_VALUES, UNKNOWN_KEYS, WRONG_EVERYWHERE } from "./json-texts.ts";

export interface Mutant {
  readonly json: Json;
  /** Where it was changed, as refusals write it: `Transfer.Value`, `[3].Order`. */
  readonly site: string;
  /** No reading of it is right. */
  readonly isUnreadable: boolean;
}

/** A place of a message: the value there, and what puts another in its stead. */
interface Place {
  readonly path: string;
  readonly json: Json;
  readonly schema: MessageSchema | undefined;
  /** The value is one of an object's; it may be dropped or told twice. */
  readonly key: string | undefined;
  /** The whole with other values here; none drops it. */
  readonly replaced: (...values: readonly Json[]) => Json;
}

/** A value of JavaScript as it would be written. */
export function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return list(value.map(jsonOf));
  if (typeof value !== "object" || value === null) return literal(JSON.stringify(value));
  return object(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}

/**
 * Messages like a good one: the same, with other fields of its schema beside its own. So they come further than what
 * says nothing but nonsense.
 */
export function alike(schema: MessageSchema, good: Json, names: Readonly<Record<string, string>>): fc.Arbitrary<Json> {
  return messageText(schema).chain((random) =>
    fc.constantFrom(0, 0, 1, 2).map((share) => {
      if (good.kind !== "object" || random.kind !== "object") return good;
      const others = random.entries.filter(([key]) => !good.entries.some(([known]) => known === key));
      return named(object([...good.entries, ...others.slice(0, share)]), names);
    }),
  );
}

/** Puts names that are known in place of random ones: an owner's, an account's. */
export function named(json: Json, names: Readonly<Record<string, string>>): Json {
  if (json.kind === "list") return list(json.items.map((item) => named(item, names)));
  if (json.kind !== "object") return json;
  return object(
    json.entries.map(([key, value]) => {
      const name = value.kind === "literal" && Object.hasOwn(names, key) ? names[key] : undefined;
      return [key, name === undefined ? named(value, names) : string(name)];
    }),
  );
}

/** One change of a message: a value that is wrong everywhere, an unknown field, or something that may be right. */
export function mutantsOf(json: Json, schema: MessageSchema, path = ""): fc.Arbitrary<Mutant> {
  return fc.oneof(unreadableMutantsOf(json, schema, path), doubtfulMutantsOf(json, schema, path));
}

/** Changes that make it unreadable. */
export function unreadableMutantsOf(json: Json, schema: MessageSchema, path = ""): fc.Arbitrary<Mutant> {
  const places = placesOf(json, schema, path);
  // What is no message at all is told so without a place.
  const inside = places.filter((place) => place.path !== path);
  const messages = places.filter((place) => place.schema !== undefined && place.json.kind === "object");
  const unknown = fc
    .tuple(fc.constantFrom(...messages), fc.constantFrom(...UNKNOWN_KEYS), fc.constantFrom(...HOSTILE_VALUES))
    .map(([place, key, value]) => ({
      json: place.replaced(withEntry(place.json, key, literal(value))),
      site: place.path,
      isUnreadable: true,
    }));
  if (inside.length === 0) return unknown;
  const wrong = fc.tuple(fc.constantFrom(...inside), fc.constantFrom(...WRONG_EVERYWHERE)).map(([place, value]) => ({
    json: place.replaced(literal(value)),
    site: place.path,
    isUnreadable: true,
  }));
  return fc.oneof(wrong, unknown);
}

function doubtfulMutantsOf(json: Json, schema: MessageSchema, path: string): fc.Arbitrary<Mutant> {
  const places = placesOf(json, schema, path);
  const doubtful = { isUnreadable: false };
  return fc
    .tuple(fc.constantFrom(...places), fc.constantFrom(...HOSTILE_VALUES), fc.constantFrom("change", "drop", "repeat"))
    .map(([place, text, how]) => {
      const value = literal(text);
      if (how === "drop" && place.key !== undefined) return { json: place.replaced(), site: place.path, ...doubtful };
      if (how === "repeat" && place.key !== undefined)
        return { json: place.replaced(value, place.json), site: place.path, ...doubtful };
      return { json: place.replaced(value), site: place.path, ...doubtful };
    });
}

function withEntry(json: Json, key: string, value: Json): Json {
  return json.kind === "object" ? object([...json.entries, [key, value]]) : json;
}

/** Every place of a message that its schema knows, itself first. */
function placesOf(json: Json, schema: MessageSchema, path: string): readonly Place[] {
  const root: Place = { path, json, schema, key: undefined, replaced: (...values) => values[0] ?? object([]) };
  return withInner(root, schema);
}

function withInner(place: Place, schema: MessageSchema): readonly Place[] {
  const { json, path, replaced } = place;
  if (json.kind !== "object") return [place];
  const fields = fieldsOf(schema);
  const inner = json.entries.flatMap(([key, value], index) => {
    const field = fields.get(key);
    if (field === undefined) return [];
    const at = path === "" ? key : `${path}.${key}`;
    const put = (...values: readonly Json[]): Json =>
      replaced(
        object([
          ...json.entries.slice(0, index),
          ...values.map((item) => [key, item] as const),
          ...json.entries.slice(index + 1),
        ]),
      );
    return placesInField({ path: at, json: value, schema: undefined, key, replaced: put }, field);
  });
  return [place, ...inner];
}

function placesInField(place: Place, { label, type }: Field): readonly Place[] {
  const of = type.kind === "message" ? type.of : undefined;
  const { json, path, replaced } = place;
  if (label === "plain" || label === "explicit") {
    return of === undefined ? [place] : withInner({ ...place, schema: of }, of);
  }
  if (label !== "list" || json.kind !== "list" || of === undefined) return [place];
  const items = json.items.flatMap((item, index) => {
    const put = (...values: readonly Json[]): Json =>
      replaced(list([...json.items.slice(0, index), ...values, ...json.items.slice(index + 1)]));
    return withInner({ path: `${path}[${index}]`, json: item, schema: of, key: undefined, replaced: put }, of);
  });
  return [place, ...items];
}
