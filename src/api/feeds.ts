/** Feeds: whether they are supplied, and what came by them. */
import { Hono } from "hono";
import { required } from "../domain/requirements.ts";
import type { Bound } from "../owner/rpc.ts";
import { Refusal } from "../protocol/errors.ts";
import { answerList, answerRecord, ownerInQuery } from "./asking.ts";
import { authorised } from "./authentication.ts";
import type { Api, Call } from "./environment.ts";
import { answerLog } from "./log-answers.ts";
import { pathParameter, Query, readTime } from "./parameters.ts";

export const feeds = new Hono<Api>();

feeds.get("/feed", authorised(), (call) => {
  const query = new Query(call, "owner");
  return answerList(call, query, ownerInQuery(call, query, "Owner.Unknown"), { kind: "feed" });
});

feeds.get("/feed/byid/:feed", authorised(), (call) => {
  const query = new Query(call, "owner");
  const ownerId = ownerInQuery(call, query, "Owner.Unknown");
  return answerRecord(call, query, ownerId, { kind: "feed", parts: [pathParameter(call, "feed")] });
});

/** What came by a feed between two of its positions. */
feeds.get("/feed/byid/:feed/updates", authorised(), (call) => {
  const query = new Query(call, "owner", "from", "to", "count");
  const from = query.wholeNumber("from");
  const to = query.wholeNumber("to");
  if (from !== undefined && to !== undefined && from > to) throw new Refusal("Field.Invalid", "from");
  return answerUpdates(call, query, placeIn(call, from), to);
});

/** What came by a feed after a time. */
feeds.get("/feed/byid/:feed/updates/fromdate", authorised(), (call) => {
  const query = new Query(call, "owner", "from", "to", "count");
  const at = readTime(required(query.one("from"), "from"), "from");
  return answerUpdates(call, query, { at }, query.wholeNumber("to"));
});

function answerUpdates(call: Call, query: Query, from: Bound | undefined, last: number | undefined): Promise<Response> {
  const ownerId = ownerInQuery(call, query, "Owner.Unknown");
  const to = placeIn(call, last);
  const count = query.count();
  return answerLog(call, ownerId, {
    content: { type: "updates", feed: pathParameter(call, "feed") },
    span: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    ...(count !== undefined && { count }),
  });
}

/** A position of the feed that the path names. */
function placeIn(call: Call, position: number | undefined): Bound | undefined {
  return position === undefined ? undefined : { positions: { [pathParameter(call, "feed")]: position } };
}
