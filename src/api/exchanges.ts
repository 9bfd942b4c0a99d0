/** Exchanges: where orders may go, and what their statuses mean. */
import { Hono } from "hono";
import { ExchangeDetails } from "../protocol/messages/index.ts";
import { answerList, answerRecord, seenOwner } from "./asking.ts";
import { authorised, authorisedAll } from "./authentication.ts";
import { readMessage } from "./bodies.ts";
import { answerChange, answerCommonList, answerCommonRecord } from "./common.ts";
import type { Api } from "./environment.ts";
import { AS_AT } from "./moments.ts";
import { pathParameter, Query, refuseQuery } from "./parameters.ts";

export const exchanges = new Hono<Api>();

/** With `owner`, the exchanges that are in effect there: an adapter's own definition lies over what is common. */
exchanges.get("/exchange", authorised(), (call) => {
  const query = new Query(call, ...AS_AT, "owner");
  const ownerId = query.one("owner");
  if (ownerId === undefined) return answerCommonList(call, query, { kind: "exchange" });
  return answerList(call, query, seenOwner(call, ownerId, "Owner.Unknown"), { kind: "exchange" });
});

exchanges.post("/exchange", authorisedAll("Alter", "Admin"), async (call) => {
  refuseQuery(call);
  const details = await readMessage(call.req.raw, ExchangeDetails);
  const operation = { Type: "OperationType_DefineExchange", ExchangeDetails: details } as const;
  return answerChange(call, operation, { origins: { "Operation.ExchangeDetails": "" } });
});

exchanges.get("/exchange/byid/:exchange", authorised(), (call) => {
  const query = new Query(call, ...AS_AT, "owner");
  const ownerId = query.one("owner");
  const exchange = pathParameter(call, "exchange");
  if (ownerId === undefined) return answerCommonRecord(call, query, "exchange", [exchange]);
  const seen = seenOwner(call, ownerId, "Owner.Unknown");
  return answerRecord(call, query, seen, { kind: "exchange", parts: [exchange] });
});

exchanges.delete("/exchange/byid/:exchange", authorisedAll("Alter", "Admin"), (call) => {
  refuseQuery(call);
  const operation = {
    Type: "OperationType_UndefineExchange",
    ExchangeDetails: { Exchange: pathParameter(call, "exchange") },
  } as const;
  return answerChange(call, operation, { mustExist: true });
});
