/** What is known of accounts. */
import { Hono } from "hono";
import { maySeeOwner } from "../domain/permissions.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { AccountDetails, TransformRequest, type UpdateEvent } from "../protocol/messages/index.ts";
import { answerList, answerRecord, answerRecords, answerSeen, ownerInPath, type RecordName } from "./asking.ts";
import { authorised } from "./authentication.ts";
import { readMessage, readTexts } from "./bodies.ts";
import type { Api, Call } from "./environment.ts";
import { AS_AT } from "./moments.ts";
import { pathParameter, Query, refuseQuery } from "./parameters.ts";
import { answerUpdate, requiredAccount } from "./updates.ts";

export const accounts = new Hono<Api>();

accounts.get("/account", authorised(), (call) => {
  return answerSeen(call, new Query(call, ...AS_AT), { kind: "account" });
});

accounts.post("/account", authorised("Alter"), async (call) => {
  refuseQuery(call);
  const details = await readMessage(call.req.raw, AccountDetails);
  const { ownerId } = requiredAccount(details.Account, "Account");
  const update: UpdateEvent = {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_DefineAccount", AccountDetails: details },
  };
  return answerUpdate(call, { ownerId, update, origins: { "Operation.AccountDetails": "" } });
});

accounts.get("/account/byid/:owner", authorised(), (call) => {
  const query = new Query(call, ...AS_AT);
  return answerList(call, query, ownerInPath(call, "Owner.Unknown"), { kind: "account" });
});

accounts.get("/account/byid/:owner/:account", authorised(), (call) => {
  const query = new Query(call, ...AS_AT);
  const parts = [pathParameter(call, "account")];
  return answerRecord(call, query, ownerInPath(call, "Owner.Unknown"), { kind: "account", parts });
});

accounts.delete("/account/byid/:owner/:account", authorised("Alter"), (call) => {
  refuseQuery(call);
  const ownerId = ownerInPath(call, "Owner.Unknown");
  const account = { AccountID: pathParameter(call, "account"), OwnerID: ownerId };
  const update: UpdateEvent = {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_UndefineAccount", AccountDetails: { Account: account } },
  };
  return answerUpdate(call, { ownerId, update, mustExist: true });
});

/** Where the parts of a rename come from in the call. */
const RENAME_ORIGINS = { "Operation.AccountTransform.Parameters": "", "Operation.AccountTransform": "" } as const;

accounts.patch("/account/byid/:owner/:account", authorised("Alter"), async (call) => {
  const query = new Query(call, "newOwner", "newAccount");
  const ownerId = ownerInPath(call, "Owner.Unknown");
  const [newOwner, newAccount] = [query.one("newOwner"), query.one("newAccount")];
  const { TransformID, Comments } = await readMessage(call.req.raw, TransformRequest);
  const update: UpdateEvent = {
    Type: "UpdateEventType_Operation",
    Operation: {
      Type: "OperationType_TransformAccount",
      AccountTransform: {
        Type: "AccountTransformType_Rename",
        ...(TransformID !== undefined && { TransformID }),
        Account: { AccountID: pathParameter(call, "account"), OwnerID: ownerId },
        Parameters: {
          ...(newAccount !== undefined && { newAccount }),
          ...(newOwner !== undefined && { newOwner }),
        },
        ...(Comments !== undefined && { Text: Comments }),
      },
    },
  };
  return answerUpdate(call, { ownerId, update, origins: RENAME_ORIGINS });
});

accounts.get("/account/byids", authorised(), (call) => {
  const query = new Query(call, "id", ...AS_AT);
  return answerAccounts(call, query, query.all("id"), () => "id");
});

accounts.post("/account/byids", authorised(), async (call) => {
  const query = new Query(call, ...AS_AT);
  return answerAccounts(call, query, await readTexts(call.req.raw), (index) => `[${index}]`);
});

/** Answers the accounts named `owner/account`; those that are unknown, or not the caller's to see, are left out. */
function answerAccounts(
  call: Call,
  query: Query,
  ids: readonly string[],
  pathOf: (index: number) => string,
): Promise<Response> {
  if (ids.length > LIMITS.BULK_ITEMS) throw new Refusal("Message.TooLarge", `${LIMITS.BULK_ITEMS} items`);
  const names = new Map<string, RecordName>();
  for (const [index, id] of ids.entries()) {
    const slash = id.indexOf("/");
    if (slash < 1 || slash === id.length - 1) throw new Refusal("Field.Invalid", pathOf(index));
    names.set(id, { ownerId: id.slice(0, slash), parts: [id.slice(slash + 1)] });
  }
  const seen = [...names.values()].filter(({ ownerId }) => maySeeOwner(call.var.caller.permissions, ownerId));
  return answerRecords(call, query, seen, { kind: "account" });
}
