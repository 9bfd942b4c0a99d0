/** What the states of a client request mean. Five are built in; an installation may say more of them, or add others. */
import { Refusal } from "../protocol/errors.ts";
import { RequestStatusDetails } from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import type { Definable } from "./definable.ts";
import { keyOf } from "./records.ts";
import { requiredId } from "./requirements.ts";

const PATH = "Operation.RequestStatus";

/** The states that the OMS itself gives a request. They may be redefined, but not undefined. */
export const BUILT_IN_STATUSES: readonly RequestStatusDetails[] = [
  { Code: "Pending", IsNormal: true, IsTransition: true },
  { Code: "Queued", IsNormal: true, CanAmend: true, CanCancel: true },
  { Code: "Submitted", IsNormal: true, IsTransition: true },
  { Code: "Rejected", IsCompleted: true },
  { Code: "Completed", IsNormal: true, IsCompleted: true },
];

export const REQUEST_STATUS: Definable<"status"> = {
  kind: "status",
  path: PATH,
  details: (operation) => operation.RequestStatus && ordered(RequestStatusDetails, operation.RequestStatus),
  identify: ({ Code }) => {
    const name = requiredId(Code, `${PATH}.Code`);
    return { key: keyOf.status(name), name };
  },
  check: () => {},
  requireRemovable: (name) => {
    if (BUILT_IN_STATUSES.some(({ Code }) => Code === name)) throw new Refusal("Operation", name);
  },
};
