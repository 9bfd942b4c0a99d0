import { describe, expect, it } from "vitest";
import { oversizedField } from "../../src/domain/feed-queries.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { FeedResponse } from "../../src/protocol/messages/index.ts";

const text = (characters: number) => "x".repeat(characters);
const parameters = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, "1"]));
const data = (bytes: number) => Buffer.alloc(bytes).toString("base64");

describe("how large a question to an adapter, or its answer, may be", () => {
  it("nothing of an empty one is too large", () => {
    expect(oversizedField({})).toBeUndefined();
  });

  it.each<[keyof FeedResponse, number, (size: number) => FeedResponse]>([
    ["Type", LIMITS.QUERY_NAME_CHARACTERS, (size) => ({ Type: text(size) })],
    ["Tag", LIMITS.QUERY_NAME_CHARACTERS, (size) => ({ Tag: text(size) })],
    ["Errors", LIMITS.QUERY_ERRORS, (size) => ({ Errors: Array.from({ length: size }, () => "no") })],
    ["Errors", LIMITS.QUERY_ERRORS_CHARACTERS, (size) => ({ Errors: [text(size - 10), text(10)] })],
    ["Parameters", LIMITS.QUERY_PARAMETERS, (size) => ({ Parameters: parameters(size) })],
    ["Parameters", LIMITS.QUERY_PARAMETERS_CHARACTERS, (size) => ({ Parameters: { ab: text(size - 5), c: "de" } })],
    // Its base64 ends with two padding characters, with one, and with none.
    ["QueryData", LIMITS.QUERY_DATA_BYTES, (size) => ({ QueryData: data(size) })],
  ])("%s: %i at most", (field, limit, make) => {
    expect(oversizedField(make(limit - 1))).toBeUndefined();
    expect(oversizedField(make(limit))).toBeUndefined();
    expect(oversizedField(make(limit + 1))).toBe(field);
  });
});
