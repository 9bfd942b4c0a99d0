/**
 * Questions to the adapters of feeds. They are passed through and not recorded. What an adapter answers is told as it
 * is, also when it answers with Errors: these are its own words, and no refusal of ours.
 */
import { Hono } from "hono";
import { oversizedField } from "../domain/feed-queries.ts";
import type { FeedAnswer, FeedQuestion, OwnerAddress } from "../owner/rpc.ts";
import { decode, encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { FeedQuery, FeedResponse } from "../protocol/messages/index.ts";
import { isMapKey } from "../protocol/scalars.ts";
import { answeredMessage, wantsCompact } from "./answers.ts";
import { ownerInQuery } from "./asking.ts";
import { authorised } from "./authentication.ts";
import { readData } from "./bodies.ts";
import { askOwner } from "./directory.ts";
import type { Api, Call, OwnerStub } from "./environment.ts";
import { pathParameter, Query } from "./parameters.ts";
import { isTransient, Refusals } from "./refusals.ts";

export const queries = new Hono<Api>();

const PATH = "/feed/byid/:feed/query/:type";
const NO_DATA = new Uint8Array();

queries.get(PATH, authorised("Admin", "Query"), (call) => answerQuery(call, async () => NO_DATA));

queries.post(PATH, authorised("Admin", "Query"), (call) =>
  answerQuery(call, () => readData(call.req.raw, LIMITS.QUERY_DATA_BYTES)),
);

async function answerQuery(call: Call, data: () => Promise<Uint8Array>): Promise<Response> {
  const query = new Query(call, "owner", "tag", "param[]");
  const ownerId = ownerInQuery(call, query, "Owner.Unknown");
  const feed = pathParameter(call, "feed");
  const compact = wantsCompact(call);
  const asked = { feed, query: encode(FeedQuery, queryOf(call, query, await data())), compact };
  const answer = await askOwner(call, ownerId, (object, address) => askFeed(call, object, address, asked));
  if ("errors" in answer) throw new Refusals(answer.errors);
  return answeredMessage(call, FeedResponse, answer.response);
}

/** The query that a call is. Throws Refusal `Field.Invalid` or `Message.TooLarge` with the name of the parameter. */
function queryOf(call: Call, query: Query, data: Uint8Array): FeedQuery {
  const tag = query.one("tag");
  const parameters = query.keyed("param");
  for (const [key] of parameters) if (!isMapKey(key)) throw new Refusal("Field.Invalid", `param[${key}]`);
  const asked = decode(FeedQuery, {
    Type: pathParameter(call, "type"),
    ...(tag !== undefined && { Tag: tag }),
    Parameters: Object.fromEntries(parameters),
    QueryData: base64(data),
  });
  switch (oversizedField(asked)) {
    case undefined:
      return asked;
    case "Type":
      throw new Refusal("Message.TooLarge", "type");
    case "Tag":
      throw new Refusal("Message.TooLarge", "tag");
    case "Parameters":
      throw new Refusal("Message.TooLarge", "param");
    case "QueryData":
    case "Errors":
      throw new Refusal("Message.TooLarge");
  }
}

/** Asks once. When the caller goes away, the Owner's object is told not to wait for the answer. */
async function askFeed(
  call: Call,
  object: OwnerStub,
  address: OwnerAddress,
  asked: Omit<FeedQuestion, "id">,
): Promise<FeedAnswer> {
  const id = crypto.randomUUID();
  const { signal } = call.req.raw;
  // Should it not be told, it gives the question up by itself after a while.
  const forget = () => call.executionCtx.waitUntil(object.forgetQuery(address, id).catch(() => undefined));
  signal.addEventListener("abort", forget, { once: true });
  try {
    const answer = await object.query(address, { id, ...asked });
    // It became another's while the call waited there: nobody was asked.
    if ("errors" in answer && answer.errors[0] === "Owner.Unknown") throw new Refusal("Owner.Unknown");
    return answer;
  } catch (error) {
    // The adapter's socket is gone with the object that held it, and what was asked there may have had effects.
    throw isTransient(error) ? new Refusal("Feed.Lost", asked.feed) : error;
  } finally {
    signal.removeEventListener("abort", forget);
  }
}

function base64(bytes: Uint8Array): string {
  let characters = "";
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return btoa(characters);
}
