/** What of the System's log an Owner is handed down. */
import { parseStoredRecord, type StoredRecord } from "../domain/log-record.ts";
import { type At, keyOf, SYSTEM_SEQUENCE } from "../domain/records.ts";
import type { KnownOwner } from "../domain/state.ts";
import type { Delivery, DeliveryItem } from "../owner/rpc.ts";
import { decodeStored } from "../protocol/codec.ts";
import { LIMITS } from "../protocol/limits.ts";
import { IdentitySource } from "../protocol/messages/index.ts";
import type { Store } from "../storage/store.ts";
import { nameAt } from "./directory.ts";
import { changesTrust } from "./reach.ts";

/** A stretch of the log, from after one position up to another. */
interface Stretch {
  readonly records: readonly StoredRecord[];
  readonly upTo: number;
}

export class DeliveryReader {
  readonly #store: Store;
  /**
   * Owners are mostly where the others are: the last stretches read, by where they begin, oldest first. Void once the log
   * goes on.
   */
  readonly #stretches = new Map<number, Stretch>();
  #headOfStretches = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What an Owner that has come so far is handed down next. */
  next(known: KnownOwner, after: number): Delivery {
    const { records, upTo } = this.#stretch(after);
    const items = records.flatMap((record) => this.#itemOf(record, known) ?? []);
    return { after, items, upTo };
  }

  #stretch(after: number): Stretch {
    const head = this.#store.head();
    if (head.at !== this.#headOfStretches) {
      this.#stretches.clear();
      this.#headOfStretches = head.at;
    }
    const known = this.#stretches.get(after);
    if (known !== undefined) return known;
    const stretch = this.#read(after, head.at, head.positions.get(SYSTEM_SEQUENCE) ?? 0);
    const [oldest] = this.#stretches.keys();
    if (oldest !== undefined && this.#stretches.size >= LIMITS.DELIVERY_STRETCHES) this.#stretches.delete(oldest);
    this.#stretches.set(after, stretch);
    return stretch;
  }

  #read(after: number, head: At, last: number): Stretch {
    const place = this.#store.placeAfter(SYSTEM_SEQUENCE, after);
    if (place === undefined) return { records: [], upTo: last };
    const records: StoredRecord[] = [];
    let characters = 0;
    for (const { text } of this.#store.records(place, head)) {
      const record = parseStoredRecord(text);
      if (record.Position <= after) continue;
      records.push(record);
      characters += text.length;
      if (records.length >= LIMITS.DELIVERY_RECORDS || characters >= LIMITS.DELIVERY_CHARACTERS)
        return { records, upTo: record.Position };
    }
    return { records, upTo: last };
  }

  /** A record as it concerns one Owner; undefined when it does not. */
  #itemOf({ At, Position: position, Update }: StoredRecord, known: KnownOwner): DeliveryItem | undefined {
    const operation = Update?.Operation;
    const update = () => ({ position, update: JSON.stringify(Update) });
    switch (operation?.Type) {
      case "OperationType_DefineExchange":
      case "OperationType_UndefineExchange":
      case "OperationType_DefineRequestStatus":
      case "OperationType_UndefineRequestStatus":
        return update();
      case "OperationType_DefineOwner":
        return nameAt(known, position) === operation.OwnerDetails?.OwnerID ? update() : undefined;
      case "OperationType_TransformOwner":
        return isRenaming(known, position) ? update() : undefined;
      case "OperationType_DefinePermissions":
      case "OperationType_UndefinePermissions":
        return this.#identityItem(position, operation.Permissions);
      case "OperationType_DefineIdentitySource":
      case "OperationType_UndefineIdentitySource":
        return this.#sourceItem(At, position, operation.IdentitySource?.Code ?? "");
      default:
        return undefined;
    }
  }

  /** Its permissions as they are now: what they were in between is of no use any more. */
  #identityItem(position: number, named: { readonly Source?: string; readonly Identity?: string } = {}): DeliveryItem {
    const { Source: source = "", Identity: identity = "" } = named;
    const permissions = this.#store.version("identity", keyOf.identity(source, identity));
    return { position, source, identity, ...(permissions !== undefined && { permissions }) };
  }

  #sourceItem(at: At, position: number, source: string): DeliveryItem | undefined {
    const key = keyOf.source(source);
    const [before, after] = [at - 1, at].map((moment) => this.#sourceAsAt(key, moment as At));
    return changesTrust(before, after) ? { position, source } : undefined;
  }

  #sourceAsAt(key: ReturnType<typeof keyOf.source>, asAt: At): IdentitySource | undefined {
    const body = this.#store.version("source", key, asAt);
    return body === undefined ? undefined : decodeStored(IdentitySource, body);
  }
}

/** Whether a renaming at a position was this object's. */
function isRenaming({ Names: [, ...later] = [] }: KnownOwner, position: number): boolean {
  return later.some(({ From }) => From === position);
}
