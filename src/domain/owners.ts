/** Owners: tenants, as the System lists them and as each one's own object knows itself. */
import { Refusal } from "../protocol/errors.ts";
import { ClientRequest, ClientRequestState, OwnerDetails, type UpdateEvent } from "../protocol/messages/index.ts";
import { isOwnerId } from "../protocol/names.ts";
import { ordered } from "../protocol/ordered.ts";
import type { Definable, Step } from "./definable.ts";
import type { Draft } from "./draft.ts";
import { accountDefined } from "./metadata.ts";
import type { Outcome } from "./outcome.ts";
import { type Pass, passOver } from "./passes.ts";
import { begun, type Plan } from "./plan.ts";
import { keyOf } from "./records.ts";
import { required, requiredDistinct } from "./requirements.ts";
import { isRoute } from "./routing.ts";
import type { State } from "./state.ts";

const PATH = "Operation.OwnerDetails";

/** Where an Owner's object may be asked to live; the first definition alone is heeded. */
const LOCATION_HINTS: ReadonlySet<string> = new Set([
  "wnam",
  "enam",
  "sam",
  "weur",
  "eeur",
  "apac",
  "apac-ne",
  "apac-se",
  "oc",
  "afr",
  "me",
]);

/** Where an Owner's data may be bound to stay. */
const JURISDICTIONS: ReadonlySet<string> = new Set(["eu", "fedramp"]);

export const OWNER: Definable<"owner"> = {
  kind: "owner",
  path: PATH,
  details: (operation) => operation.OwnerDetails && ordered(OwnerDetails, operation.OwnerDetails),
  identify: ({ OwnerID }) => {
    const name = required(OwnerID, `${PATH}.OwnerID`);
    if (!isOwnerId(name)) throw new Refusal("Field.Invalid", `${PATH}.OwnerID`);
    return { key: keyOf.owner(name), name };
  },
  check: checkOwner,
};

function checkOwner({ OwnerID = "", Destinations = [], Metadata = {} }: OwnerDetails, state: State): void {
  requiredDistinct(
    Destinations.map(({ ExDestination }) => ExDestination),
    (index) => `${PATH}.Destinations[${index}].ExDestination`,
  );
  for (const [index, { Route }] of Destinations.entries()) {
    const path = `${PATH}.Destinations[${index}].Route`;
    if (!isRoute(required(Route, path))) throw new Refusal("Field.Invalid", path);
  }
  const { LocationHint, Jurisdiction } = Metadata;
  if (LocationHint !== undefined && !LOCATION_HINTS.has(LocationHint)) {
    throw new Refusal("Field.Invalid", `${PATH}.Metadata.LocationHint`);
  }
  const before = state.record("owner", keyOf.owner(OwnerID));
  // Data does not move from one jurisdiction to another.
  const hasMoved = before !== undefined && before.Metadata?.Jurisdiction !== Jurisdiction;
  if (hasMoved || (Jurisdiction !== undefined && !JURISDICTIONS.has(Jurisdiction))) {
    throw new Refusal("Field.Invalid", `${PATH}.Metadata.Jurisdiction`);
  }
}

/**
 * Renames an Owner, and in its own object every live record that says whose it is; history keeps the old name. Throws
 * Refusal `Owner.Unknown`, `Owner.Taken <new name>`, or one that names the field that is wrong.
 */
export function renameOwner(step: Step): Outcome {
  return begun(ownerRenamePlan(step.update), step);
}

/** What renaming an Owner does. Throws Refusal naming the field that is wrong. */
export function ownerRenamePlan(update: UpdateEvent): Plan {
  const transform = required(update.Operation?.OwnerTransform, "Operation.OwnerTransform");
  const oldName = required(transform.OwnerID, "Operation.OwnerTransform.OwnerID");
  const newName = required(transform.Parameters?.newOwner, "Operation.OwnerTransform.Parameters.newOwner");
  if (!isOwnerId(newName)) throw new Refusal("Field.Invalid", "Operation.OwnerTransform.Parameters.newOwner");
  return {
    checks: () => [],
    begin: (changes) => {
      const renamed = moveDetails(changes.draft, oldName, newName);
      changes.defined(update);
      changes.defined(ownerDefined(renamed));
    },
    passes: () => readdressing(newName),
  };
}

function moveDetails(draft: Draft, oldName: string, newName: string): OwnerDetails {
  const details = draft.record("owner", keyOf.owner(oldName));
  if (details === undefined) throw new Refusal("Owner.Unknown", oldName);
  if (draft.record("owner", keyOf.owner(newName)) !== undefined) throw new Refusal("Owner.Taken", newName);
  const renamed = ordered(OwnerDetails, { ...details, OwnerID: newName });
  draft.put("owner", keyOf.owner(oldName), undefined);
  draft.put("owner", keyOf.owner(newName), renamed);
  return renamed;
}

/** Puts the Owner's name on all that carries the account that it belongs to, and with it the Owner. */
function readdressing(OwnerID: string): readonly Pass[] {
  return [
    passOver("order", "", (changes, order, key) => {
      const moved = { ...order, Account: { ...order.Account, OwnerID } };
      changes.draft.putOrder(key, moved, changes.context.at);
      changes.orderUpdated(moved);
      return true;
    }),
    passOver("balance", "", (changes, { Account, Currency = "" }) => {
      changes.setBalance(Account?.AccountID ?? "", Currency, { Account: { ...Account, OwnerID } });
      return true;
    }),
    passOver("holding", "", (changes, { Account, Exchange = "", Code = "" }) => {
      changes.setHolding(Account?.AccountID ?? "", Exchange, Code, { Account: { ...Account, OwnerID } });
      return true;
    }),
    passOver("request", "", (changes, request, key) => {
      const moved = ordered(ClientRequestState, withRequest(request, OwnerID));
      changes.draft.put("request", key, moved);
      changes.requestChanged(moved);
      return true;
    }),
    passOver("account", "", (changes, details, key) => {
      const moved = { ...details, Account: { ...details.Account, OwnerID } };
      changes.draft.put("account", key, moved);
      changes.defined(accountDefined(moved));
      return true;
    }),
  ];
}

/** A request names the account that asks, and one that moves an order also the account that it comes from. */
function withRequest(state: ClientRequestState, OwnerID: string): ClientRequestState {
  const { Account, Move, ...request } = state.Request ?? {};
  const from = Move?.PrevAccount;
  return {
    ...state,
    Request: ordered(ClientRequest, {
      ...request,
      Account: { ...Account, OwnerID },
      Move: from === undefined ? Move : { ...Move, PrevAccount: { ...from, OwnerID } },
    }),
  };
}

function ownerDefined(details: OwnerDetails): UpdateEvent {
  return {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_DefineOwner", OwnerDetails: details },
  };
}
