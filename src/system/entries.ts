/** What enters the System's inbox: changes of what is common, and what came of handing them down. */
import { keyOf, SYSTEM_SEQUENCE } from "../domain/records.ts";
import { BUILT_IN_STATUSES } from "../domain/request-statuses.ts";
import type { TimerKind } from "../domain/state.ts";
import type { Answer } from "../owner/handed-down.ts";
import type { Entry } from "../owner/inbox.ts";
import type { Submitted } from "../owner/rpc.ts";
import { eventText } from "../owner/texts.ts";
import type { Work } from "../owner/work.ts";
import { decodeStored } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { ClientAuthority, type Operation, UpdateEvent } from "../protocol/messages/index.ts";
import { newOwner, renamedOwner } from "./directory.ts";
import { type Reach, reachOf } from "./reach.ts";
import type { SystemChange } from "./rpc.ts";

/** Whether a timer is set, and when it is due. */
export type TimerOf = (kind: TimerKind, key: string) => number | undefined;

/** What came of a change: whom it must be handed down to, and what its caller is told. */
export interface Changed {
  readonly submitted: Submitted;
  readonly reached: readonly string[];
}

/** The batch it is in holds no other record: so what is committed is all that there is. */
const ALONE = LIMITS.COMMIT_RECORDS;

/** Changes that may depend on what they find. */
export interface Changes {
  /** Roughly how many bytes they are. */
  readonly bytes: number;
  /** Gives them when they are about to be applied: everything before them is committed then. */
  of(): readonly SystemChange[];
}

/** What changes ask of the System beside its state. */
export interface Circumstances {
  readonly timerOf: TimerOf;
  /** Whether an object may still answer to a name that it has lost, because it has yet to be told. */
  isStillBorne(name: string): boolean;
}

/** Changes, all of them or none, each a record. Whoever must learn of them has a timer from the same commit on. */
export function changeEntry(changes: Changes, circumstances: Circumstances, answer: (changed: Changed) => void): Entry {
  const refuse = (work: Work, { text }: Refusal, item = 0) => {
    work.effects.push(() => answer({ submitted: { errors: [text], item }, reached: [] }));
  };
  return {
    source: SYSTEM_SEQUENCE,
    bytes: changes.bytes,
    records: ALONE,
    apply(work) {
      const layer = work.layer();
      const updates: string[] = [];
      const reaches: Reach[] = [];
      for (const [item, change] of changes.of().entries()) {
        try {
          updates.push(eventText(applyChange(layer, change, circumstances, reaches)));
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refuse(work, error, item);
          return;
        }
      }
      const reached = reachedBy(layer, reaches);
      for (const key of reached)
        layer.state.setTimer({ due: work.now + LIMITS.DELIVERY_RETRY_MS, kind: "delivery", key });
      layer.mergeInto(work);
      const at = work.lastAt;
      work.effects.push(() => answer({ submitted: { at, updates }, reached }));
    },
    refuse,
    fail: refuse,
  };
}

function applyChange(
  layer: Work,
  change: SystemChange,
  { timerOf, isStillBorne }: Circumstances,
  reaches: Reach[],
): UpdateEvent {
  const { mustExist, authority } = change;
  const update = decodeStored(UpdateEvent, change.update);
  const operation = update.Operation ?? {};
  requireUndecided(layer, operation);
  requireFree(layer, operation, isStillBorne);
  const reach = reachOf(operation, layer.state);
  const outcome = layer.apply(update, { common: true, ...(mustExist !== undefined && { mustExist }) });
  if (outcome.repeated) return outcome.update;
  const position = layer.position(SYSTEM_SEQUENCE) + 1;
  layer.record(SYSTEM_SEQUENCE, position, {
    Update: outcome.update,
    Events: outcome.events,
    Authority: decodeStored(ClientAuthority, authority),
  });
  direct(layer, operation, position, timerOf);
  reaches.push(reach);
  return outcome.update;
}

/** An object that may have agreed to its end must not be given another name before that is settled. */
function requireUndecided(layer: Work, { Type, OwnerTransform }: Operation): void {
  if (Type !== "OperationType_TransformOwner") return;
  if (layer.hasTimer("retirement", OwnerTransform?.OwnerID ?? "")) throw new Refusal("Retry");
}

/** A name is not given anew while another Owner's object could still be reached by it. */
function requireFree(
  { state }: Work,
  { OwnerDetails, OwnerTransform }: Operation,
  isStillBorne: Circumstances["isStillBorne"],
): void {
  const name = OwnerTransform?.Parameters?.newOwner ?? OwnerDetails?.OwnerID;
  if (name === undefined || state.known("owner", name) !== undefined) return;
  if (isStillBorne(name)) throw new Refusal("Retry");
}

/** The Owners that exist and must be handed something down. */
function reachedBy({ state }: Work, reaches: readonly Reach[]): readonly string[] {
  // The key of an Owner is its name.
  if (reaches.includes("all")) return [...state.keys("owner")];
  const named = new Set(reaches.flatMap((reach) => (reach === "all" ? [] : reach)));
  return [...named].filter((ownerId) => state.known("owner", ownerId) !== undefined);
}

/** Keeps the directory in step with the Owners. */
function direct(work: Work, operation: Operation, position: number, timerOf: TimerOf): void {
  const { state } = work;
  const { Type, OwnerDetails, OwnerTransform } = operation;
  const ownerId = OwnerDetails?.OwnerID ?? OwnerTransform?.OwnerID ?? "";
  const known = state.known("owner", ownerId);
  switch (Type) {
    case "OperationType_DefineOwner":
      if (known === undefined) state.know("owner", ownerId, newOwner(OwnerDetails ?? {}, position));
      return;
    case "OperationType_TransformOwner": {
      const newName = OwnerTransform?.Parameters?.newOwner ?? "";
      state.know("owner", ownerId, undefined);
      if (known !== undefined) state.know("owner", newName, renamedOwner(known, newName, position));
      return;
    }
    case "OperationType_UndefineOwner":
      state.know("owner", ownerId, undefined);
      // In the same commit: the timer must never meet another Owner that is defined under the name.
      cancel(work, "retirement", ownerId, timerOf);
      return;
    default:
  }
}

/** The request statuses that every installation has, as the first records of all. */
export function seedingEntry({ resolve, reject }: Answer<void>): Entry {
  const refuse = (work: Work, refusal: Refusal) => void work.effects.push(() => reject(refusal));
  return {
    source: SYSTEM_SEQUENCE,
    bytes: 0,
    records: ALONE,
    apply(work) {
      for (const RequestStatus of BUILT_IN_STATUSES) {
        const update: UpdateEvent = {
          Type: "UpdateEventType_Operation",
          Operation: { Type: "OperationType_DefineRequestStatus", RequestStatus },
        };
        const outcome = work.apply(update, { common: true });
        work.record(SYSTEM_SEQUENCE, work.position(SYSTEM_SEQUENCE) + 1, {
          Update: outcome.update,
          Events: outcome.events,
          Authority: { Type: "IdentityType_System" },
        });
      }
      work.effects.push(() => resolve());
    },
    refuse,
    fail: refuse,
  };
}

/** An Owner has come up to a position: unless more has happened since, it is not behind any more. */
export function caughtUpEntry(ownerId: string, position: number, timerOf: TimerOf): Entry {
  return timerEntry((work) => {
    const isLast = work.position(SYSTEM_SEQUENCE) === position;
    if (isLast) cancel(work, "delivery", ownerId, timerOf);
  });
}

/** An Owner could not be reached, and is tried again later. */
export function postponedEntry(ownerId: string, milliseconds: number): Entry {
  return timerEntry((work) => work.state.setTimer({ due: work.now + milliseconds, kind: "delivery", key: ownerId }));
}

/**
 * An Owner is to be undefined, which its own object decides: should that be cut short, the timer goes on with it. The
 * answer is false when there is no such Owner.
 */
export function retiringEntry(ownerId: string, answer: Answer<boolean>): Entry {
  return timerEntry((work) => {
    const isKnown = work.state.record("owner", keyOf.owner(ownerId)) !== undefined;
    if (isKnown) work.state.setTimer({ due: work.now + LIMITS.TIMER_RETRY_MS, kind: "retirement", key: ownerId });
    work.effects.push(() => answer.resolve(isKnown));
  }, answer.reject);
}

/** The decision about an Owner that was to be undefined has been carried out. */
export function retirementSettledEntry(ownerId: string, timerOf: TimerOf, answer: Answer<void>): Entry {
  return timerEntry((work) => {
    cancel(work, "retirement", ownerId, timerOf);
    work.effects.push(() => answer.resolve());
  }, answer.reject);
}

function cancel({ state }: Work, kind: TimerKind, key: string, timerOf: TimerOf): void {
  const due = timerOf(kind, key);
  if (due !== undefined) state.cancelTimer({ due, kind, key });
}

/** Changes timers alone. What cannot be written is found again when the timer is due. */
function timerEntry(apply: (work: Work) => void, reject: (refusal: Refusal) => void = () => undefined): Entry {
  const refuse = (work: Work, refusal: Refusal) => void work.effects.push(() => reject(refusal));
  return { source: SYSTEM_SEQUENCE, bytes: 0, records: 0, apply, refuse, fail: refuse };
}
