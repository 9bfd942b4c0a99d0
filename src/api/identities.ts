/** Who may do what: identities, and the sources whose tokens say who somebody is. */
import { Hono } from "hono";
import { encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { IdentitySource, Permissions } from "../protocol/messages/index.ts";
import { answeredMessage, wantsCompact } from "./answers.ts";
import { authorised } from "./authentication.ts";
import { readMessage } from "./bodies.ts";
import { answerChange, answerCommonList, answerCommonRecord } from "./common.ts";
import type { Api } from "./environment.ts";
import { AS_AT, commonAsAt } from "./moments.ts";
import { pathParameter, Query, refuseQuery } from "./parameters.ts";
import { systemStub } from "./system.ts";

export const identities = new Hono<Api>();

identities.get("/identity", authorised("Admin"), (call) =>
  answerCommonList(call, new Query(call, ...AS_AT), { kind: "identity" }),
);

identities.post("/identity", authorised("Admin"), async (call) => {
  refuseQuery(call);
  const permissions = await readMessage(call.req.raw, Permissions);
  const operation = { Type: "OperationType_DefinePermissions", Permissions: permissions } as const;
  return answerChange(call, operation, { origins: { "Operation.Permissions": "" } });
});

identities.get("/identity/current", authorised(), (call) => {
  refuseQuery(call);
  const own = encode(Permissions, call.var.caller.permissions, wantsCompact(call));
  return answeredMessage(call, Permissions, own);
});

identities.get("/identity/for/:source", authorised("Admin"), async (call) => {
  const query = new Query(call, ...AS_AT);
  const source = pathParameter(call, "source");
  const { body } = await systemStub(call).record({ kind: "source", parts: [source], ...commonAsAt(query) });
  if (body === undefined) throw new Refusal("Unknown");
  return answerCommonList(call, query, { kind: "identity", source });
});

identities.get("/identity/for/:source/:identity", authorised("Admin"), (call) => {
  const parts = [pathParameter(call, "source"), pathParameter(call, "identity")];
  return answerCommonRecord(call, new Query(call, ...AS_AT), "identity", parts);
});

identities.delete("/identity/for/:source/:identity", authorised("Admin"), (call) => {
  refuseQuery(call);
  const operation = {
    Type: "OperationType_UndefinePermissions",
    Permissions: { Identity: pathParameter(call, "identity"), Source: pathParameter(call, "source") },
  } as const;
  return answerChange(call, operation, { mustExist: true });
});

identities.get("/identity/source", authorised("Admin"), (call) =>
  answerCommonList(call, new Query(call, ...AS_AT), { kind: "source" }),
);

identities.post("/identity/source", authorised("Admin"), async (call) => {
  refuseQuery(call);
  const source = await readMessage(call.req.raw, IdentitySource);
  const operation = { Type: "OperationType_DefineIdentitySource", IdentitySource: source } as const;
  return answerChange(call, operation, { origins: { "Operation.IdentitySource": "" } });
});

identities.get("/identity/source/bycode/:source", authorised("Admin"), (call) =>
  answerCommonRecord(call, new Query(call, ...AS_AT), "source", [pathParameter(call, "source")]),
);

identities.delete("/identity/source/bycode/:source", authorised("Admin"), (call) => {
  refuseQuery(call);
  const operation = {
    Type: "OperationType_UndefineIdentitySource",
    IdentitySource: { Code: pathParameter(call, "source") },
  } as const;
  return answerChange(call, operation, { mustExist: true });
});
