/**
 * The System's engine: the commit loop of an Owner, for what is common to all of them, and what brings it to them. It
 * knows its store and the Owners' objects only as interfaces, so it runs the same inside a Durable Object and in a test.
 */
import { type At, accountPrefix, keyOf, SYSTEM_SEQUENCE } from "../domain/records.ts";
import { KnownOwner } from "../domain/state.ts";
import { Alarm } from "../owner/alarm.ts";
import { CommitLoop } from "../owner/commit-loop.ts";
import type { Host } from "../owner/engine.ts";
import { momentOf } from "../owner/moments.ts";
import { Monitor } from "../owner/monitor.ts";
import { readList, readRecord } from "../owner/reading.ts";
import type { OwnerRpc, Reading, Submitted } from "../owner/rpc.ts";
import { eventText } from "../owner/texts.ts";
import type { Work } from "../owner/work.ts";
import { decodeStored } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { type OwnerTransform, Permissions, UpdateEvent } from "../protocol/messages/index.ts";
import type { Store } from "../storage/store.ts";
import { readAudit } from "./audit.ts";
import { Deliveries } from "./deliveries.ts";
import { DeliveryReader } from "./delivery.ts";
import { entryOf, hasLost } from "./directory.ts";
import {
  type Changed,
  type Changes,
  type Circumstances,
  caughtUpEntry,
  changeEntry,
  postponedEntry,
  seedingEntry,
} from "./entries.ts";
import { type MeasuredSystem, systemHealth, systemMetrics } from "./figures.ts";
import { Retirements } from "./retirements.ts";
import {
  type DirectoryEntry,
  SYSTEM_NAME,
  type SystemChange,
  type SystemHealth,
  type SystemListQuestion,
  type SystemMetrics,
  type SystemRecord,
  type SystemRecordQuestion,
} from "./rpc.ts";

/** What the System asks of an Owner's object. */
export type OwnerObject = Pick<OwnerRpc, "receive" | "retire">;

/** What the engine needs of the object that it runs in. */
export interface SystemHost extends Host {
  /** An Owner's object. */
  object(entry: DirectoryEntry): OwnerObject;
  /** Whether objects can be kept in a jurisdiction. */
  canKeepIn(jurisdiction: string): boolean;
}

export class SystemEngine {
  readonly #store: Store;
  readonly #host: SystemHost;
  readonly #loop: CommitLoop;
  readonly #deliveries: Deliveries;
  readonly #retirements: Retirements;
  readonly #alarm: Alarm;
  readonly #monitor: Monitor;
  /** The alarm has just gone off, and need not do so again before this time, in milliseconds since 1970. */
  #restUntil = 0;
  #ready: Promise<void> = Promise.resolve();

  constructor(store: Store, host: SystemHost) {
    this.#store = store;
    this.#host = host;
    this.#alarm = new Alarm({ store, setAlarm: (due) => host.setAlarm(due) });
    this.#monitor = new Monitor({ ownerId: () => SYSTEM_NAME, store, host });
    this.#loop = new CommitLoop(store, host, {
      nextTurn: (action) => host.later(0, action),
      committed: (work) => this.#committed(work),
      abort: (reason) => host.abort(reason),
      // What is common is never too much for one commit.
      jobDone: () => undefined,
      report: (error) => this.#report(error),
    });
    const reader = new DeliveryReader(store);
    const timerOf = store.timerOf.bind(store);
    const report = (error: unknown) => this.#report(error);
    this.#deliveries = new Deliveries({
      find: (ownerId) => this.#known(ownerId),
      position: () => this.#position,
      next: (known, after) => reader.next(known, after),
      send: (ownerId, known, delivery) => host.object(entryOf(ownerId, known)).receive(delivery),
      caughtUp: (ownerId, position) => this.#loop.add(caughtUpEntry(ownerId, position, timerOf)),
      postpone: (ownerId, milliseconds) => {
        this.#monitor.deliveryFailed(ownerId, milliseconds);
        this.#loop.add(postponedEntry(ownerId, milliseconds));
      },
      now: () => host.now(),
      report,
    });
    this.#retirements = new Retirements({
      add: (entry) => this.#loop.add(entry),
      find: (ownerId) => this.find(ownerId),
      object: (entry) => host.object(entry),
      timerOf,
      bring: (ownerId) => this.#deliveries.bring(ownerId),
      change: (change) => this.#commit(change),
      now: () => host.now(),
      report,
    });
  }

  /** Begins, or goes on after a restart. Everything else must wait for `ready`. */
  wake(): void {
    if (this.#loop.head.at === 0) {
      this.#ready = new Promise((resolve, reject) => this.#loop.add(seedingEntry({ resolve, reject })));
      // Nothing may come before it: whoever asks meanwhile must ask again.
      this.#ready.catch(() => this.#host.abort("the log could not be begun"));
    }
    this.#alarm.restore(this.#host.now());
  }

  /** Resolves when it may be asked. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Makes a change of what is common. */
  async change(change: SystemChange): Promise<Submitted> {
    const submitted = await this.#make(change);
    if ("errors" in submitted) this.#monitor.refused(submitted.errors);
    return submitted;
  }

  async #make(change: SystemChange): Promise<Submitted> {
    const { Type, OwnerDetails, OwnerTransform, IdentitySource } =
      decodeStored(UpdateEvent, change.update).Operation ?? {};
    try {
      switch (Type) {
        case "OperationType_DefineOwner":
          this.#requireJurisdiction(OwnerDetails?.Metadata?.Jurisdiction);
          return await this.#defineOwner(change, OwnerDetails?.OwnerID ?? "");
        case "OperationType_UndefineOwner":
          return await this.#retirements.retire(OwnerDetails?.OwnerID ?? "", change);
        case "OperationType_UndefineIdentitySource":
          return await this.#undefineSource(change, IdentitySource?.Code ?? "");
        case "OperationType_TransformOwner":
          return await this.#renameOwner(change, OwnerTransform ?? {});
        default:
          return await this.#commit(change);
      }
    } catch (error) {
      if (error instanceof Refusal) return { errors: [error.text], item: 0 };
      throw error;
    }
  }

  /** Does what is due. */
  alarm(): void {
    const due = this.#store.dueTimers(this.#host.now(), LIMITS.COMMIT_RECORDS);
    this.#deliveries.start(due.flatMap(({ kind, key }) => (kind === "delivery" ? [key] : [])));
    for (const { kind, key } of due) if (kind === "retirement") this.#retirements.resume(key);
    // What is due now is under way; should it be cut short, it is due again.
    this.#restUntil = this.#host.now() + LIMITS.DELIVERY_RETRY_MS;
    this.#alarm.set(this.#restUntil);
  }

  list({ source, ...rest }: SystemListQuestion): { readonly at: At; readonly pieces: Iterator<string, void> } {
    const question = { ...rest, ...(source !== undefined && { accountId: source }) };
    const at = momentOf(this.#store, question.asAt);
    return { at, pieces: readList(this.#store, question, at) };
  }

  record(question: SystemRecordQuestion): Reading {
    const at = momentOf(this.#store, question.asAt);
    return { at, body: readRecord(this.#store, question, at) };
  }

  find(ownerId: string): DirectoryEntry | undefined {
    const known = this.#known(ownerId);
    return known && entryOf(ownerId, known);
  }

  /** Every Owner, in order of their names. */
  directory(): readonly DirectoryEntry[] {
    // The key of an Owner is its name.
    const names = [...this.#store.list("owner", {})].map(({ key }): string => key);
    const known = this.#store.knownAmong("owner", names);
    return names.flatMap((name) => {
      const row = known.get(name);
      return row === undefined ? [] : [entryOf(name, decodeStored(KnownOwner, row.body))];
    });
  }

  /** Every identity source, as a JSON array. */
  sources(): string {
    return `[${[...this.#store.list("source", {})].map(({ body }) => body).join(",")}]`;
  }

  /** An identity's Permissions in JSON; undefined when it has none. */
  permissions(source: string, identity: string): string | undefined {
    return this.#store.version("identity", keyOf.identity(source, identity));
  }

  audit(after: number, upTo: number, count: number): readonly SystemRecord[] {
    return readAudit(this.#store, after, upTo, count);
  }

  health(): SystemHealth {
    return systemHealth(this.#measured);
  }

  metrics(): SystemMetrics {
    return systemMetrics(this.#measured);
  }

  get #measured(): MeasuredSystem {
    const measured = { store: this.#store, loop: this.#loop, monitor: this.#monitor, now: this.#host.now() };
    return { ...measured, deliveries: this.#deliveries };
  }

  get #position(): number {
    return this.#loop.position(SYSTEM_SEQUENCE);
  }

  #known(ownerId: string): KnownOwner | undefined {
    return this.#loop.state.known("owner", ownerId);
  }

  /** Only objects that are behind may not know yet that they have lost a name; as a rule there is none. */
  #isStillBorne(name: string): boolean {
    const timers = this.#store.dueTimers(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    return timers.some(({ kind, key }) => {
      const known = kind === "delivery" ? this.#known(key) : undefined;
      return known !== undefined && hasLost(known, name) && !this.#deliveries.hasLearntItsName(known);
    });
  }

  #requireJurisdiction(jurisdiction: string | undefined): void {
    if (jurisdiction === undefined || this.#host.canKeepIn(jurisdiction)) return;
    throw new Refusal("Field.Invalid", "Operation.OwnerDetails.Metadata.Jurisdiction");
  }

  /** Its definition counts as done once its object has been set up with all that is common. */
  async #defineOwner(change: SystemChange, ownerId: string): Promise<Submitted> {
    const submitted = await this.#commit(change);
    if ("errors" in submitted) return submitted;
    return (await this.#deliveries.bring(ownerId)) ? submitted : { errors: ["Retry"], item: 0 };
  }

  /** Done when it is recorded; but whoever is told so finds the Owner by its new name, unless its object is out of reach. */
  async #renameOwner(change: SystemChange, { Parameters = {} }: OwnerTransform): Promise<Submitted> {
    const { newOwner: newName = "" } = Parameters;
    const submitted = await this.#commit(change);
    if (!("errors" in submitted)) await this.#deliveries.bring(newName);
    return submitted;
  }

  /** Its identities go with it: defined anew, the source may be another issuer, whose identities are others. */
  async #undefineSource(change: SystemChange, source: string): Promise<Submitted> {
    for (;;) {
      let isLast = false;
      const submitted = await this.#submit({
        bytes: change.update.length,
        // Found when it is applied: an identity that was defined a moment ago goes too.
        of: () => {
          const identities = identitiesOf(this.#store, source, LIMITS.BULK_ITEMS);
          isLast = identities.length < LIMITS.BULK_ITEMS;
          const undefined_ = identities.map((permissions) => undefinition(permissions, change.authority));
          return isLast ? [...undefined_, change] : undefined_;
        },
      });
      if (isLast || "errors" in submitted) return submitted;
    }
  }

  #commit(change: SystemChange): Promise<Submitted> {
    return this.#submit({ bytes: change.update.length, of: () => [change] });
  }

  async #submit(changes: Changes): Promise<Submitted> {
    if (!this.#loop.hasRoomFor(changes.bytes)) return { errors: [new Refusal("Retry").text], item: 0 };
    const circumstances: Circumstances = {
      timerOf: this.#store.timerOf.bind(this.#store),
      isStillBorne: (name) => this.#isStillBorne(name),
    };
    const { submitted, reached } = await new Promise<Changed>((answer) =>
      this.#loop.add(changeEntry(changes, circumstances, answer)),
    );
    this.#deliveries.start(reached);
    return submitted;
  }

  #committed(work: Work): void {
    this.#monitor.committed(work);
    for (const effect of work.effects) this.#guard(effect);
    if (work.state.timers.size > 0) this.#guard(() => this.#alarm.set(this.#restUntil));
  }

  /** What follows a commit must not undo it: an effect that throws is reported, and costs only itself. */
  #guard(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    this.#monitor.failed();
    this.#host.report(error);
  }
}

/** The first identities of a source, as many as are wanted. */
function identitiesOf(store: Store, source: string, most: number): readonly Permissions[] {
  const found: Permissions[] = [];
  for (const { body } of store.list("identity", { prefix: accountPrefix(source) })) {
    found.push(decodeStored(Permissions, body));
    if (found.length === most) break;
  }
  return found;
}

function undefinition({ Source, Identity }: Permissions, authority: string): SystemChange {
  const update: UpdateEvent = {
    Type: "UpdateEventType_Operation",
    Operation: {
      Type: "OperationType_UndefinePermissions",
      Permissions: { ...(Identity !== undefined && { Identity }), ...(Source !== undefined && { Source }) },
    },
  };
  return { update: eventText(update), authority };
}
