/** JSON as it is written rather than as it is understood: numbers keep their spelling, objects their repeated keys. */

export type Json = Literal | JsonList | JsonObject;

/** A string, number, true, false or null, in the characters that stand in the text. */
export interface Literal {
  readonly kind: "literal";
  readonly text: string;
}
export interface JsonList {
  readonly kind: "list";
  readonly items: readonly Json[];
}
export interface JsonObject {
  readonly kind: "object";
  readonly entries: readonly (readonly [key: string, value: Json])[];
}

export const literal = (text: string): Literal => ({ kind: "literal", text });
export const string = (value: string): Literal => literal(JSON.stringify(value));
export const list = (items: readonly Json[]): JsonList => ({ kind: "list", items });
export const object = (entries: JsonObject["entries"]): JsonObject => ({ kind: "object", entries });

export function print(json: Json): string {
  switch (json.kind) {
    case "literal":
      return json.text;
    case "list":
      return `[${json.items.map(print).join(",")}]`;
    case "object":
      return `{${json.entries.map(([key, value]) => `${JSON.stringify(key)}:${print(value)}`).join(",")}}`;
  }
}

/** How many values a tree is made of, itself included. */
export function sizeOf(json: Json): number {
  return 1 + childrenOf(json).reduce((total, child) => total + sizeOf(child), 0);
}

/** A copy in which the value at a place, counted in the order of reading, is changed. */
export function changedAt(json: Json, place: number, change: (json: Json) => Json): Json {
  if (place === 0) return change(json);
  let before = place - 1;
  const descend = (child: Json): Json => {
    const size = sizeOf(child);
    const changed = before >= 0 && before < size ? changedAt(child, before, change) : child;
    before -= size;
    return changed;
  };
  if (json.kind === "list") return list(json.items.map(descend));
  if (json.kind === "object") return object(json.entries.map(([key, value]) => [key, descend(value)]));
  return json;
}

function childrenOf(json: Json): readonly Json[] {
  if (json.kind === "list") return json.items;
  return json.kind === "object" ? json.entries.map(([, value]) => value) : [];
}
