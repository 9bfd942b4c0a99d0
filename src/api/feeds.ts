/** Whether feeds are supplied. */
import { Hono } from "hono";
import { answerList, answerRecord, ownerInQuery } from "./asking.ts";
import { authorised } from "./authentication.ts";
import type { Api } from "./environment.ts";
import { pathParameter, Query } from "./parameters.ts";

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
