/** Whom a change of what is common concerns. */

import { maySeeOwner, seesEveryOwner } from "../domain/permissions.ts";
import { keyOf } from "../domain/records.ts";
import type { State } from "../domain/state.ts";
import { sameContent } from "../protocol/codec.ts";
import type { IdentitySource, Operation, Permissions } from "../protocol/messages/index.ts";

/** The Owners that must be handed a change down: all of them, or those of these names that exist. */
export type Reach = "all" | readonly string[];

/** Whom an operation reaches. `before` is the state that it finds. */
export function reachOf(operation: Operation, before: State): Reach {
  switch (operation.Type) {
    case "OperationType_DefineExchange":
    case "OperationType_UndefineExchange":
    case "OperationType_DefineRequestStatus":
    case "OperationType_UndefineRequestStatus":
      return "all";
    case "OperationType_DefineOwner":
      return [operation.OwnerDetails?.OwnerID ?? ""];
    case "OperationType_TransformOwner":
      return [operation.OwnerTransform?.Parameters?.newOwner ?? ""];
    case "OperationType_DefinePermissions":
    case "OperationType_UndefinePermissions":
      return reachOfPermissions(operation, before);
    case "OperationType_UndefineIdentitySource":
      return "all";
    case "OperationType_DefineIdentitySource":
      return changesTrust(sourceBefore(operation, before), operation.IdentitySource) ? "all" : [];
    default:
      return [];
  }
}

/** Whether tokens that a source was trusted for need not be trusted any more. */
export function changesTrust(before: IdentitySource | undefined, now: IdentitySource | undefined): boolean {
  if (before === undefined) return false;
  return before.Authentication !== now?.Authentication || !sameContent(before.Parameters, now?.Parameters);
}

function sourceBefore({ IdentitySource }: Operation, before: State): IdentitySource | undefined {
  return before.record("source", keyOf.source(IdentitySource?.Code ?? ""));
}

/** Who could see an Owner may have a socket there. Who can only see it now has none yet. */
function reachOfPermissions({ Permissions }: Operation, before: State): Reach {
  const { Source = "", Identity = "" } = Permissions ?? {};
  return whoSaw(before.record("identity", keyOf.identity(Source, Identity)));
}

/** The Owners that were seen by an identity with these permissions; none when it had none. */
export function whoSaw(permissions: Permissions | undefined): Reach {
  if (permissions === undefined) return [];
  if (seesEveryOwner(permissions)) return "all";
  return (permissions.Owners ?? []).filter((ownerId) => maySeeOwner(permissions, ownerId));
}
