/** The content of a request: the one of its fields that its type says is meant. */
import { Refusal } from "../../protocol/errors.ts";
import type { ClientRequest, ClientRequestType } from "../../protocol/messages/index.ts";
import { checkedId, required } from "../requirements.ts";

/** The fields that may hold what a request asks for. */
const CONTENTS = ["New", "Amend", "Cancel", "Move", "CashTransfer", "Update"] as const;

export type ContentName = (typeof CONTENTS)[number];

/** The field that holds what a request of that type asks for; undefined when it is of none. */
export function contentName(type: ClientRequestType | undefined): ContentName | undefined {
  switch (type) {
    case "ClientRequestType_New":
      return "New";
    case "ClientRequestType_Amend":
      return "Amend";
    case "ClientRequestType_Cancel":
      return "Cancel";
    case "ClientRequestType_Move":
      return "Move";
    case "ClientRequestType_CashTransfer":
      return "CashTransfer";
    case "ClientRequestType_Update":
      return "Update";
    case "ClientRequestType_Unknown":
    case undefined:
      return undefined;
  }
}

/**
 * Throws Refusal unless the request has the content that its type says, and no other: an Update that replaces what
 * another request asks for carries that beside its own.
 */
export function requireContent(request: ClientRequest): void {
  const name = contentName(request.Type);
  if (name === undefined) throw new Refusal("Field.Invalid", "ClientRequest.Type");
  required(request[name], `ClientRequest.${name}`);
  if (request.Update?.Type === "ClientQueueUpdateType_Replace") return;
  const other = CONTENTS.find((each) => each !== name && request[each] !== undefined);
  if (other !== undefined) throw new Refusal("Field.Invalid", `ClientRequest.${other}`);
}

/** Throws Refusal for a name that nothing could have, because it is too long. */
export function requireNames(request: ClientRequest): void {
  for (const name of ["New", "Amend", "Cancel", "Move"] as const) {
    const { Code = "", Exchange = "", ExDestination = "" } = request[name] ?? {};
    const path = `ClientRequest.${name}`;
    checkedId(Code, `${path}.Code`);
    checkedId(Exchange, `${path}.Exchange`);
    checkedId(ExDestination, `${path}.ExDestination`);
  }
  for (const name of ["Amend", "Cancel", "Move"] as const) {
    const { OrderID = "", PrevRequestID = "" } = request[name] ?? {};
    checkedId(OrderID, `ClientRequest.${name}.OrderID`);
    checkedId(PrevRequestID, `ClientRequest.${name}.PrevRequestID`);
  }
  const { Currency = "", ExDestination = "" } = request.CashTransfer ?? {};
  checkedId(Currency, "ClientRequest.CashTransfer.Currency");
  checkedId(ExDestination, "ClientRequest.CashTransfer.ExDestination");
  checkedId(request.Properties?.Currency ?? "", "ClientRequest.Properties.Currency");
  checkedId(request.Queue?.QueueID ?? "", "ClientRequest.Queue.QueueID");
}

/** The OrderID of the order that a request is about, if it names one. */
export function orderIdOf({ Amend, Cancel, Move }: ClientRequest): string | undefined {
  return (Amend ?? Cancel ?? Move)?.OrderID;
}
