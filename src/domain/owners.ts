/** Owners: tenants, as the System lists them and as each one's own object knows itself. */
import { Refusal } from "../protocol/errors.ts";
import {
  type AccountDetails,
  type ClientRequestState,
  OwnerDetails,
  type UpdateEvent,
} from "../protocol/messages/index.ts";
import { isOwnerId } from "../protocol/names.ts";
import { ordered } from "../protocol/ordered.ts";
import type { Definable, Step } from "./definable.ts";
import type { Draft } from "./draft.ts";
import type { Outcome } from "./outcome.ts";
import { type Key, type Kind, keyOf, type Records } from "./records.ts";
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
export function renameOwner({ changes: { draft }, update, operation }: Step): Outcome {
  const transform = required(operation.OwnerTransform, "Operation.OwnerTransform");
  const oldName = required(transform.OwnerID, "Operation.OwnerTransform.OwnerID");
  const newName = required(transform.Parameters?.newOwner, "Operation.OwnerTransform.Parameters.newOwner");
  if (!isOwnerId(newName)) throw new Refusal("Field.Invalid", "Operation.OwnerTransform.Parameters.newOwner");
  const details = draft.record("owner", keyOf.owner(oldName));
  if (details === undefined) throw new Refusal("Owner.Unknown", oldName);
  if (draft.record("owner", keyOf.owner(newName)) !== undefined) throw new Refusal("Owner.Taken", newName);
  const renamed = ordered(OwnerDetails, { ...details, OwnerID: newName });
  draft.put("owner", keyOf.owner(oldName), undefined);
  draft.put("owner", keyOf.owner(newName), renamed);
  const events = [
    ...readdressed(draft, "order", newName).map((Order): UpdateEvent => ({ Type: "UpdateEventType_Order", Order })),
    ...readdressed(draft, "balance", newName).map(
      (Balance): UpdateEvent => ({ Type: "UpdateEventType_Balance", Balance }),
    ),
    ...readdressed(draft, "holding", newName).map(
      (Holding): UpdateEvent => ({ Type: "UpdateEventType_Holding", Holding }),
    ),
    ...readdressedRequests(draft, newName).map(
      (Request): UpdateEvent => ({ Type: "UpdateEventType_Request", Request }),
    ),
    update,
    ownerDefined(renamed),
    ...readdressed(draft, "account", newName).map(accountDefined),
  ];
  return { update, events, repeated: false };
}

/** The kinds of record that carry the account they belong to, and with it the Owner. */
type AccountKind = Extract<Kind, "account" | "balance" | "holding" | "order">;

/** Puts the Owner's name on all records of a kind, in key order, and gives them as they are then. */
function readdressed<K extends AccountKind>(draft: Draft, kind: K, ownerId: string): readonly Records[K][] {
  const keys: readonly Key<K>[] = [...draft.keys(kind)].sort();
  return keys.flatMap((key) => {
    const record = draft.record(kind, key);
    if (record === undefined) return [];
    const moved = { ...record, Account: { ...record.Account, OwnerID: ownerId } };
    draft.put(kind, key, moved);
    return [moved];
  });
}

/** A request names the account that asks, and one that moves an order also the account that it comes from. */
function readdressedRequests(draft: Draft, ownerId: string): readonly ClientRequestState[] {
  return [...draft.keys("request")].sort().flatMap((key) => {
    const state = draft.record("request", key);
    if (state?.Request === undefined) return [];
    const { Account, Move } = state.Request;
    const moved = { ...state, Request: { ...state.Request, Account: { ...Account, OwnerID: ownerId } } };
    if (Move?.PrevAccount !== undefined) {
      moved.Request.Move = { ...Move, PrevAccount: { ...Move.PrevAccount, OwnerID: ownerId } };
    }
    draft.put("request", key, moved);
    return [moved];
  });
}

function ownerDefined(details: OwnerDetails): UpdateEvent {
  return {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_DefineOwner", OwnerDetails: details },
  };
}

function accountDefined(details: AccountDetails): UpdateEvent {
  return {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_DefineAccount", AccountDetails: details },
  };
}
