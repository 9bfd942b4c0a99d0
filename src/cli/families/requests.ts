/** What clients ask of adapters, and what became of it. */

import { decodeText } from "../../protocol/codec.ts";
import { ClientRequest, OrderAmend, OrderNew } from "../../protocol/messages/index.ts";
import type { Family, OptionTable } from "../command.ts";
import { EXIT, Failed } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import { pairs } from "../options/pairs.ts";
import { plainText } from "../output/plain-text.ts";
import type { AccountName } from "../records/account-names.ts";
import { recordKind } from "../records/kind.ts";
import { OUTCOMES, REQUESTS } from "../records/kinds.ts";
import { AS_AT, asAt } from "./reading.ts";

/** The terms that a request for an order may name. */
export const NEW = recordKind("orders", OrderNew, []);
export const AMEND = recordKind("orders", OrderAmend, []);

/** What every request may say. */
export const REQUEST_OPTIONS: OptionTable = {
  id: { kind: "text", describe: "The RequestID: the same request again gets the same answer" },
  validate: { kind: "flag", describe: "Run the checks alone: nothing is recorded" },
  "request-values": { kind: "texts", describe: "Values of the request: NAME=NUMBER" },
  "request-properties": { kind: "texts", describe: "Properties of the request: NAME=VALUE" },
  queue: { kind: "text", describe: "Hold it back in this queue" },
};

export const request: Family = {
  name: "request",
  summary: "What clients ask of adapters",
  verbs: [
    {
      name: "list",
      parameters: "[account]",
      summary: "Lists the requests that are open: of an account, else of the Owner",
      options: AS_AT,
      run: async (call) => {
        const { owner = call.owner(), ...account } = call.scope();
        await call.printer.list(REQUESTS, await call.client.requests.list({ ...asAt(call), owner, ...account }));
      },
    },
    {
      name: "send",
      parameters: "<json>",
      summary: "Makes a request of any type, given as JSON",
      run: async (call) => tell(call, decodeText(ClientRequest, call.required("json"))),
    },
    {
      name: "transfer",
      parameters: "<account> <currency> <value>",
      summary: "Asks for cash to be moved in (a positive value) or out",
      options: {
        "external-account": { kind: "text", describe: "Where from or to" },
        "ex-destination": { kind: "text", describe: "Who carries it out" },
        ...REQUEST_OPTIONS,
      },
      run: async (call) => {
        const transfer = {
          Currency: call.required("currency"),
          Value: call.required("value"),
          ExternalAccount: call.text("external-account"),
          ExDestination: call.text("ex-destination"),
        };
        const { CashTransfer } = decodeText(ClientRequest, JSON.stringify({ CashTransfer: transfer }));
        await makeRequest(call, call.account(), { Type: "ClientRequestType_CashTransfer", CashTransfer });
      },
    },
    decision("release", "Releases a request that waits in a queue", { Status: "Pending" }),
    decision("reject", "Rejects a request that waits in a queue", { Status: "Rejected", IsCompleted: true }),
  ],
};

function decision(name: string, summary: string, update: { readonly Status: string; readonly IsCompleted?: boolean }) {
  return {
    name,
    parameters: "<account> <request>",
    summary: `${summary}; it takes the feature Operator`,
    run: async (call: Invocation) => {
      const Account = call.account();
      const decided = { RequestID: call.required("request"), Account, ...update };
      await makeRequest(call, Account, {
        Type: "ClientRequestType_Update",
        Update: { Type: "ClientQueueUpdateType_Update", Update: decided },
      });
    },
  };
}

/** Makes a request of an account, with what options add to it, and shows its outcome. Throws Failed. */
export async function makeRequest(
  call: Invocation,
  { OwnerID, AccountID }: AccountName,
  content: Partial<ClientRequest>,
): Promise<void> {
  const [id, queue] = [call.text("id"), call.text("queue")];
  const added = decodeText(
    ClientRequest,
    JSON.stringify({
      ...(id !== undefined && { RequestID: id }),
      Account: { OwnerID, AccountID },
      ...(call.flag("validate") && { IsValidate: true }),
      ...(queue !== undefined && { Queue: { QueueID: queue } }),
      Values: pairs(call.texts("request-values")),
      Properties: pairs(call.texts("request-properties")),
    }),
  );
  await tell(call, { ...content, ...added });
}

async function tell(call: Invocation, asked: ClientRequest): Promise<void> {
  const outcome = await call.client.requests.make(asked);
  await call.printer.one(OUTCOMES, outcome);
  const errors = outcome.Errors ?? [];
  if (errors.length > 0) throw new Failed(EXIT.refused, plainText(`Rejected: ${errors.join(", ")}`));
}
