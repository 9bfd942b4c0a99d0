/** Request statuses: what the status of a client request means. */
import { Hono } from "hono";
import { RequestStatusDetails } from "../protocol/messages/index.ts";
import { authorised, authorisedAll } from "./authentication.ts";
import { readMessage } from "./bodies.ts";
import { answerChange, answerCommonList, answerCommonRecord } from "./common.ts";
import type { Api } from "./environment.ts";
import { AS_AT } from "./moments.ts";
import { pathParameter, Query, refuseQuery } from "./parameters.ts";

export const statuses = new Hono<Api>();

statuses.get("/status/request", authorised(), (call) =>
  answerCommonList(call, new Query(call, ...AS_AT), { kind: "status" }),
);

statuses.post("/status/request", authorisedAll("Alter", "Admin"), async (call) => {
  refuseQuery(call);
  const details = await readMessage(call.req.raw, RequestStatusDetails);
  const operation = { Type: "OperationType_DefineRequestStatus", RequestStatus: details } as const;
  return answerChange(call, operation, { origins: { "Operation.RequestStatus": "" } });
});

statuses.get("/status/request/byid/:status", authorised(), (call) =>
  answerCommonRecord(call, new Query(call, ...AS_AT), "status", [pathParameter(call, "status")]),
);

statuses.delete("/status/request/byid/:status", authorisedAll("Alter", "Admin"), (call) => {
  refuseQuery(call);
  const operation = {
    Type: "OperationType_UndefineRequestStatus",
    RequestStatus: { Code: pathParameter(call, "status") },
  } as const;
  return answerChange(call, operation, { mustExist: true });
});
