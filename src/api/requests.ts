/** Client requests: made in a call of their own, for callers without a socket, and how the open ones stand. */
import { Hono } from "hono";
import { encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { ClientRequest, ClientRequestResponse, Permissions } from "../protocol/messages/index.ts";
import { answeredMessage, wantsCompact } from "./answers.ts";
import { answerList, ownerInPath } from "./asking.ts";
import { authorised } from "./authentication.ts";
import { readMessage } from "./bodies.ts";
import { askOwner } from "./directory.ts";
import type { Api } from "./environment.ts";
import { AS_AT } from "./moments.ts";
import { pathParameter, Query, refuseQuery } from "./parameters.ts";
import { Refusals } from "./refusals.ts";
import { checkedText, inBody, requiredAccount, requireOwner } from "./updates.ts";

export const requests = new Hono<Api>();

requests.get("/request/for/:owner", authorised(), (call) => {
  const query = new Query(call, ...AS_AT);
  return answerList(call, query, ownerInPath(call, "Owner.Unknown"), { kind: "request" });
});

requests.get("/request/for/:owner/:account", authorised(), (call) => {
  const query = new Query(call, ...AS_AT);
  const ownerId = ownerInPath(call, "Owner.Unknown");
  return answerList(call, query, ownerId, { kind: "request", accountId: pathParameter(call, "account") });
});

/** Where the parts of a request come from in the caller's body. */
const ORIGINS = { ClientRequest: "" };

requests.post("/request", authorised(), async (call) => {
  refuseQuery(call);
  const compact = wantsCompact(call);
  const request = await readMessage(call.req.raw, ClientRequest);
  const { ownerId } = requiredAccount(request.Account, "Account");
  requireOwner(call, ownerId);
  const asked = {
    request: checkedText(encode(ClientRequest, request)),
    permissions: encode(Permissions, { ...call.var.caller.permissions, Owners: [ownerId] }),
    compact,
  };
  const outcome = await askOwner(call, ownerId, async (object, address) => {
    const told = await object.request(address, asked);
    // It became another's while the call waited there.
    if ("errors" in told && told.errors[0] === "Owner.Unknown") throw new Refusal("Owner.Unknown");
    return told;
  });
  if ("errors" in outcome) throw new Refusals(outcome.errors.map((text) => inBody(text, ORIGINS)));
  return answeredMessage(call, ClientRequestResponse, outcome.response, outcome.at);
});
