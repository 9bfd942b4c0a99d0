/** Metadata handed down from the System: one more feed, whose positions are the System's own. And the end of an Owner. */
import { OMS_SEQUENCE, SYSTEM_SEQUENCE } from "../domain/records.ts";
import type { State } from "../domain/state.ts";
import { decodeStored } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { Permissions, UpdateEvent } from "../protocol/messages/index.ts";
import type { Entry } from "./inbox.ts";
import { maySweep } from "./job.ts";
import type { PermissionChange } from "./revocation.ts";
import type { Delivery, DeliveryItem, OwnerAddress, Retirement } from "./rpc.ts";
import { isMeant, type Standing } from "./standing.ts";
import type { Work } from "./work.ts";

/** What handing down needs of the engine, once the commit is durable. */
export interface HandingDown {
  /** Holds the sockets of an identity to what it may do since a position, unless they were held to that before. */
  enforce(change: PermissionChange, position: number): void;
  /** Closes every socket: the Owner is not known any more by the name that they asked for. */
  expelAll(): void;
}

/** How a call is answered. */
export interface Answer<Outcome> {
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
}

/** Takes a delivery; answers the Owner's last position in the sequence `system`. */
export function deliveryEntry(context: HandingDown, delivery: Delivery, answer: Answer<number>): Entry {
  const { after, items } = delivery;
  const reject = (work: Work, refusal: Refusal) => work.effects.push(() => answer.reject(refusal));
  const rejectButEnforce = (work: Work, refusal: Refusal) => {
    // It will be handed down again; but what was taken away is gone at once, even from one that has no room to record.
    for (const item of items) if (!("update" in item)) enforceAfterwards(context, work, item);
    reject(work, refusal);
  };
  return {
    source: SYSTEM_SEQUENCE,
    bytes: items.reduce((sum, item) => sum + ("update" in item ? item.update.length : 0), 0),
    records: items.some((item) => "update" in item && maySweep(item.update)) ? LIMITS.COMMIT_RECORDS : items.length,
    apply(work) {
      if (work.standing?.isRetired === true) {
        reject(work, new Refusal("Owner.Unknown"));
        return;
      }
      // One that has less than it should has lost something: it must be handed down again, not passed over.
      if (work.position(SYSTEM_SEQUENCE) >= after) takeAll(context, work, delivery);
      const position = work.position(SYSTEM_SEQUENCE);
      work.effects.push(() => answer.resolve(position));
    },
    refuse: rejectButEnforce,
    fail(work, refusal) {
      const [item, ...others] = items;
      // A programmer's error will not go by itself: what it meets alone is passed over, and its record says so.
      const isPassedOver = refusal.code === "Internal" && item !== undefined && others.length === 0;
      if (!isPassedOver || item.position <= work.position(SYSTEM_SEQUENCE)) {
        rejectButEnforce(work, refusal);
        return;
      }
      work.record(SYSTEM_SEQUENCE, item.position, { Errors: [refusal.text] });
      work.effects.push(() => answer.resolve(item.position));
    },
  };
}

/** Takes what has not been taken before. What comes after something that began a job is handed down again. */
function takeAll(context: HandingDown, work: Work, { items, upTo }: Delivery): void {
  for (const item of items) {
    if (item.position > work.position(SYSTEM_SEQUENCE)) take(context, work, item);
    if (work.job !== undefined) return;
  }
  if (upTo > work.position(SYSTEM_SEQUENCE)) work.positions.set(SYSTEM_SEQUENCE, upTo);
}

function take(context: HandingDown, work: Work, item: DeliveryItem): void {
  if ("update" in item) {
    applyHandedDown(context, work, item.position, decodeStored(UpdateEvent, item.update));
    return;
  }
  work.positions.set(SYSTEM_SEQUENCE, item.position);
  enforceAfterwards(context, work, item);
}

/** What changes permissions, and is not recorded. */
type PermissionItem = Exclude<DeliveryItem, { readonly update: string }>;

function enforceAfterwards(context: HandingDown, work: Work, item: PermissionItem): void {
  const change = changeOf(item);
  work.effects.push(() => context.enforce(change, item.position));
}

function changeOf(item: PermissionItem): PermissionChange {
  if (!("identity" in item)) return { source: item.source };
  const { source, identity, permissions } = item;
  return {
    source,
    identity,
    permissions: permissions === undefined ? undefined : decodeStored(Permissions, permissions),
  };
}

function applyHandedDown(context: HandingDown, work: Work, position: number, Update: UpdateEvent): void {
  try {
    const layer = work.layer();
    const { update, events } = layer.apply(Update, { common: true });
    layer.record(SYSTEM_SEQUENCE, position, { Update: update, Events: events });
    layer.mergeInto(work);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    work.record(SYSTEM_SEQUENCE, position, { Update, Errors: [error.text] });
    return;
  }
  const became = standingAfter(work.standing, position, Update);
  if (became === undefined) return;
  if (work.standing !== undefined) work.effects.push(() => context.expelAll());
  work.become(became);
}

/** Who the object is after an update; undefined when that does not change. */
function standingAfter(before: Standing | undefined, generation: number, update: UpdateEvent): Standing | undefined {
  const { Type, OwnerDetails, OwnerTransform } = update.Operation ?? {};
  if (Type === "OperationType_DefineOwner" && before === undefined) {
    return { ownerId: OwnerDetails?.OwnerID ?? "", generation, isRetired: false };
  }
  if (Type !== "OperationType_TransformOwner") return undefined;
  return { ownerId: OwnerTransform?.Parameters?.newOwner ?? "", generation, isRetired: false };
}

/** What is live: an Owner that has any of these is occupied. */
const LIVE_KINDS = ["order", "balance", "holding", "request"] as const;

function isOccupied(state: State): boolean {
  return LIVE_KINDS.some((kind) => {
    for (const _key of state.keys(kind)) return true;
    return false;
  });
}

/** Ends an Owner for good, unless it is occupied and is not forced. */
export function retirementEntry(
  context: HandingDown,
  address: OwnerAddress,
  force: boolean,
  answer: Answer<Retirement>,
): Entry {
  const reject = (work: Work, refusal: Refusal) => work.effects.push(() => answer.reject(refusal));
  return {
    source: SYSTEM_SEQUENCE,
    bytes: 0,
    records: 1,
    apply(work) {
      const { standing } = work;
      if (standing?.isRetired === true && standing.generation === address.generation) {
        work.effects.push(() => answer.resolve("retired"));
        return;
      }
      if (!isMeant(standing, address)) {
        reject(work, new Refusal("Owner.Unknown"));
        return;
      }
      if (!force && isOccupied(work.state)) {
        work.effects.push(() => answer.resolve("occupied"));
        return;
      }
      work.record(OMS_SEQUENCE, work.position(OMS_SEQUENCE) + 1, { Update: ownerUndefined(address.ownerId) });
      work.become({ ...address, isRetired: true });
      work.effects.push(
        () => context.expelAll(),
        () => answer.resolve("retired"),
      );
    },
    refuse: reject,
    fail: reject,
  };
}

/** The update by which an Owner is undefined. */
export function ownerUndefined(OwnerID: string): UpdateEvent {
  return {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_UndefineOwner", OwnerDetails: { OwnerID } },
  };
}
