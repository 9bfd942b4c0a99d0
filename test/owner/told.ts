/** What an Owner's past was told as. */
import type { Telling } from "../../src/owner/past.ts";

export type ToldLine = ReturnType<typeof linesOf>[number];

/** The LogLines of a text, which must be whole, with their messages parsed. */
export function linesOf(text: string) {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the last line has no end");
  // An empty line says nothing.
  const told = lines.filter((line) => line !== "");
  return told.map((line) => {
    const [, at, records, json = ""] = /^(\d+) ([01]) (.*)$/.exec(line) ?? [];
    return { at: Number(at), records: Number(records), json, message: JSON.parse(json) };
  });
}

/** Every line of an answer. */
export function told({ pieces }: Pick<Telling, "pieces">) {
  return linesOf(drawn(pieces).join(""));
}

/** Every piece, in the order in which it is drawn. */
export function drawn(pieces: Iterator<string, void>): readonly string[] {
  const all: string[] = [];
  for (let next = pieces.next(); next.done !== true; next = pieces.next()) all.push(next.value);
  return all;
}
