/** What a record of the System's log is to Owners, and to which of them: what was so then, whatever has become of it. */
import type { StoredRecord } from "../domain/log-record.ts";
import { type At, type Key, keyOf } from "../domain/records.ts";
import type { KnownOwner } from "../domain/state.ts";
import { decodeStored } from "../protocol/codec.ts";
import { IdentitySource, Permissions } from "../protocol/messages/index.ts";
import type { Store } from "../storage/store.ts";
import { nameAt } from "./directory.ts";
import { changesTrust, type Reach, whoSaw } from "./reach.ts";

/** `position` is that of the record; `reach` are the names of Owners then; `update` is an UpdateEvent in JSON. */
export type Handed =
  | { readonly type: "update"; readonly position: number; readonly reach: Reach; readonly update: string }
  /** It concerns the object that it gave a new name. */
  | { readonly type: "renaming"; readonly position: number; readonly update: string }
  | {
      readonly type: "identity";
      readonly position: number;
      readonly reach: Reach;
      readonly source: string;
      readonly identity: string;
    }
  | { readonly type: "source"; readonly position: number; readonly source: string };

/** Whether it concerns an Owner. */
export function concerns(handed: Handed, known: KnownOwner): boolean {
  const { position } = handed;
  switch (handed.type) {
    case "source":
      return true;
    case "renaming":
      return known.Names?.slice(1).some(({ From }) => From === position) === true;
    case "update":
    case "identity": {
      if (handed.reach === "all") return true;
      const name = nameAt(known, position);
      return name !== undefined && handed.reach.includes(name);
    }
  }
}

/** What a record is to Owners; undefined when it is of no concern to any. */
export function handedBy(store: Store, { At: at, Position: position, Update }: StoredRecord): Handed | undefined {
  const { Type, OwnerDetails, Permissions: named, IdentitySource: source } = Update?.Operation ?? {};
  const update = (reach: Reach) => ({ type: "update", position, reach, update: JSON.stringify(Update) }) as const;
  switch (Type) {
    case "OperationType_DefineExchange":
    case "OperationType_UndefineExchange":
    case "OperationType_DefineRequestStatus":
    case "OperationType_UndefineRequestStatus":
      return update("all");
    case "OperationType_DefineOwner":
      return update([OwnerDetails?.OwnerID ?? ""]);
    case "OperationType_TransformOwner":
      return { type: "renaming", position, update: JSON.stringify(Update) };
    case "OperationType_DefinePermissions":
    case "OperationType_UndefinePermissions":
      return identityHanded(store, at, position, named);
    case "OperationType_DefineIdentitySource":
    case "OperationType_UndefineIdentitySource":
      return sourceHanded(store, at, position, source?.Code ?? "");
    default:
      return undefined;
  }
}

/** A change of what an identity may do concerns those where it may have sockets: whom it could see before. */
function identityHanded(
  store: Store,
  at: At,
  position: number,
  { Source: source = "", Identity: identity = "" }: { readonly Source?: string; readonly Identity?: string } = {},
): Handed | undefined {
  const former = stateBefore(store, "identity", keyOf.identity(source, identity), at);
  const reach = whoSaw(former === undefined ? undefined : decodeStored(Permissions, former));
  return reach.length === 0 ? undefined : { type: "identity", position, reach, source, identity };
}

function sourceHanded(store: Store, at: At, position: number, source: string): Handed | undefined {
  const key = keyOf.source(source);
  const read = (body: string | undefined) => (body === undefined ? undefined : decodeStored(IdentitySource, body));
  const isTrusted = !changesTrust(read(stateBefore(store, "source", key, at)), read(store.version("source", key, at)));
  return isTrusted ? undefined : { type: "source", position, source };
}

function stateBefore<K extends "identity" | "source">(store: Store, kind: K, key: Key<K>, at: At): string | undefined {
  return store.version(kind, key, (at - 1) as At);
}
