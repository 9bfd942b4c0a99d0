/** The JSON parameters of bulk statements, each short enough to be bound. */
import { Buffer } from "node:buffer";
import { LIMITS } from "../protocol/limits.ts";

/** JSON arrays of these elements, each array within STATEMENT_BYTES; none when there are none. */
export function arrays(elements: Iterable<string>, most?: number): Iterable<string> {
  return joined(elements, "[", "]", most);
}

/** JSON objects of these members, each a key and a JSON text. */
export function objects(members: Iterable<readonly [string, string]>, most?: number): Iterable<string> {
  return joined(
    mapped(members, ([key, value]) => `${JSON.stringify(key)}:${value}`),
    "{",
    "}",
    most,
  );
}

function* joined(items: Iterable<string>, open: string, close: string, most: number = LIMITS.STATEMENT_BYTES) {
  let text = "";
  let bytes = 0;
  for (const item of items) {
    const added = Buffer.byteLength(item) + 1;
    if (text !== "" && bytes + added + 1 > most) {
      yield text + close;
      text = "";
      bytes = 0;
    }
    text += (text === "" ? open : ",") + item;
    bytes += added;
  }
  if (text !== "") yield text + close;
}

/** What a function makes of each item, one at a time. */
export function* mapped<From, To>(items: Iterable<From>, map: (item: From) => To): Iterable<To> {
  for (const item of items) yield map(item);
}
