/** Owners: who is a tenant here. */
import { Hono } from "hono";
import { seesEveryOwner } from "../domain/permissions.ts";
import { required } from "../domain/requirements.ts";
import { Refusal } from "../protocol/errors.ts";
import { OwnerDetails, TransformRequest } from "../protocol/messages/index.ts";
import { isOwnerId } from "../protocol/names.ts";
import { Ahead } from "./ahead.ts";
import { arrayOf, streamedMessages, wantsCompact } from "./answers.ts";
import { ownerInPath, seenOwner } from "./asking.ts";
import { authorised, authorisedAll } from "./authentication.ts";
import { readMessage } from "./bodies.ts";
import { answerChange, answerCommonList, answerCommonRecord } from "./common.ts";
import type { Api, Call } from "./environment.ts";
import { AS_AT, commonAsAt } from "./moments.ts";
import { Query, refuseQuery } from "./parameters.ts";
import { systemStub } from "./system.ts";

export const owners = new Hono<Api>();

const DETAILS = { "Operation.OwnerDetails": "" } as const;

owners.get("/owner", authorised(), (call) => {
  const query = new Query(call, ...AS_AT);
  const { permissions } = call.var.caller;
  if (seesEveryOwner(permissions)) return answerCommonList(call, query, { kind: "owner" });
  return answerNamed(call, query, permissions.Owners ?? []);
});

owners.post("/owner", authorisedAll("Alter", "Admin"), async (call) => {
  refuseQuery(call);
  const details = await readMessage(call.req.raw, OwnerDetails);
  requireOwnerId(call, details.OwnerID, "OwnerID");
  const operation = { Type: "OperationType_DefineOwner", OwnerDetails: details } as const;
  return answerChange(call, operation, { origins: DETAILS });
});

owners.get("/owner/byid/:owner", authorised(), (call) => {
  const query = new Query(call, ...AS_AT);
  return answerCommonRecord(call, query, "owner", [ownerInPath(call, "Owner.Unknown")], "Owner.Unknown");
});

owners.delete("/owner/byid/:owner", authorisedAll("Alter", "Admin"), (call) => {
  const force = new Query(call, "force").flag("force");
  const operation = {
    Type: "OperationType_UndefineOwner",
    OwnerDetails: { OwnerID: ownerInPath(call, "Owner.Unknown") },
  } as const;
  return answerChange(call, operation, { mustExist: true, force });
});

owners.patch("/owner/byid/:owner", authorisedAll("Alter", "Admin"), async (call) => {
  const query = new Query(call, "newOwner");
  const OwnerID = ownerInPath(call, "Owner.Unknown");
  const newOwner = requireOwnerId(call, query.one("newOwner"), "newOwner");
  const { TransformID, Comments } = await readMessage(call.req.raw, TransformRequest);
  return answerChange(
    call,
    {
      Type: "OperationType_TransformOwner",
      OwnerTransform: {
        Type: "OwnerTransformType_Rename",
        ...(TransformID !== undefined && { TransformID }),
        Parameters: { newOwner },
        ...(Comments !== undefined && { Text: Comments }),
        OwnerID,
      },
    },
    { origins: { "Operation.OwnerTransform.Parameters": "" } },
  );
});

/** Those of the named Owners that exist, in order. */
async function answerNamed(call: Call, query: Query, names: readonly string[]): Promise<Response> {
  const question = { kind: "owner", ...commonAsAt(query), compact: wantsCompact(call) } as const;
  const system = systemStub(call);
  const records = await Ahead.start([...names].sort(), async (name) => {
    const { body } = await system.record({ ...question, parts: [name] });
    return body;
  });
  const pieces = { read: () => arrayOf(records.results()), cancel: () => records.cancel() };
  return streamedMessages(call, OwnerDetails, pieces);
}

/**
 * A name that the caller may give: an Admin of some Owners alone makes no others. Throws Refusal `Field.Missing` or
 * `Field.Invalid` with the path, or `Authority`.
 */
function requireOwnerId(call: Call, name: string | undefined, path: string): string {
  const ownerId = required(name, path);
  if (!isOwnerId(ownerId)) throw new Refusal("Field.Invalid", path);
  return seenOwner(call, ownerId, "Authority");
}
