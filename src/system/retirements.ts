/**
 * The end of Owners. Whether one may go is decided by its own object, which takes no update any more once it has
 * agreed; only then does its name go from the directory. A timer goes on with what was cut short in between.
 */
import { ownerUndefined } from "../owner/handed-down.ts";
import type { Entry } from "../owner/inbox.ts";
import type { OwnerRpc, Retirement, Submitted } from "../owner/rpc.ts";
import { eventText } from "../owner/texts.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { retirementSettledEntry, retiringEntry, type TimerOf } from "./entries.ts";
import type { DirectoryEntry, SystemChange } from "./rpc.ts";

/** What retirements need of the engine. */
export interface RetirementContext {
  add(entry: Entry): void;
  find(ownerId: string): DirectoryEntry | undefined;
  object(entry: DirectoryEntry): Pick<OwnerRpc, "retire">;
  readonly timerOf: TimerOf;
  /** Brings an Owner's object up to date; false when it could not be reached. */
  bring(ownerId: string): Promise<boolean>;
  /** Commits a change. */
  change(change: SystemChange): Promise<Submitted>;
  /** Milliseconds since 1970. */
  now(): number;
  report(error: unknown): void;
}

/** One attempt to retire an Owner. */
interface Attempt {
  readonly since: number;
}

export class Retirements {
  readonly #context: RetirementContext;
  readonly #underWay = new Map<string, Attempt>();

  constructor(context: RetirementContext) {
    this.#context = context;
  }

  /** Undefines an Owner as a caller asks. Throws Refusal `Owner.Unknown`, `Owner.Occupied`, or `Retry` while it is under way. */
  async retire(ownerId: string, change: SystemChange): Promise<Submitted> {
    return await this.#alone(ownerId, async (attempt) => {
      // An object that could not be reached, or does not know itself by the name yet, is not asked at all: nothing is
      // left under way. One that was asked before may have agreed, and takes no deliveries any more.
      const isAsked = this.#context.timerOf("retirement", ownerId) !== undefined;
      if (!isAsked && !(await this.#context.bring(ownerId))) throw new Refusal("Retry");
      return await this.#begin(ownerId, change, attempt);
    });
  }

  async #begin(ownerId: string, change: SystemChange, attempt: Attempt): Promise<Submitted> {
    const isKnown = await new Promise<boolean>((resolve, reject) =>
      this.#context.add(retiringEntry(ownerId, { resolve, reject })),
    );
    if (!isKnown) {
      await this.#settle(ownerId);
      throw new Refusal("Owner.Unknown", ownerId);
    }
    return await this.#carryOut(ownerId, change, attempt);
  }

  /** Goes on with a retirement that was cut short: if the Owner's object had agreed, it is carried out, else given up. */
  resume(ownerId: string): void {
    const change: SystemChange = { update: eventText(ownerUndefined(ownerId)), authority: SYSTEM_AUTHORITY };
    this.retire(ownerId, change).catch((error: unknown) => {
      if (!(error instanceof Refusal)) this.#context.report(error);
    });
  }

  async #carryOut(ownerId: string, change: SystemChange, attempt: Attempt): Promise<Submitted> {
    const outcome = await this.#decide(ownerId, change.force === true);
    // Another has taken over meanwhile: the name may be a new Owner's by now.
    if (this.#underWay.get(ownerId) !== attempt) throw new Refusal("Retry");
    // The change takes the timer out; should it not be made, the timer goes on with it.
    if (outcome === "retired") return await this.#context.change(change);
    await this.#settle(ownerId);
    throw new Refusal("Owner.Occupied", ownerId);
  }

  async #decide(ownerId: string, force: boolean): Promise<Retirement> {
    const entry = this.#context.find(ownerId);
    if (entry === undefined) return "retired";
    try {
      return await this.#context.object(entry).retire({ ownerId, generation: entry.generation }, force);
    } catch (error) {
      // Whether it has agreed is not known: the timer finds out.
      this.#context.report(error);
      throw new Refusal("Retry");
    }
  }

  async #settle(ownerId: string): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      this.#context.add(retirementSettledEntry(ownerId, this.#context.timerOf, { resolve, reject })),
    );
  }

  /** One attempt at a time. One whose object never answers is given up for the next. */
  async #alone<Outcome>(ownerId: string, act: (attempt: Attempt) => Promise<Outcome>): Promise<Outcome> {
    const attempt = { since: this.#context.now() };
    const other = this.#underWay.get(ownerId);
    if (other !== undefined && attempt.since - other.since < LIMITS.DELIVERY_TIMEOUT_MS) throw new Refusal("Retry");
    this.#underWay.set(ownerId, attempt);
    try {
      return await act(attempt);
    } finally {
      if (this.#underWay.get(ownerId) === attempt) this.#underWay.delete(ownerId);
    }
  }
}

const SYSTEM_AUTHORITY = '{"Type":"IdentityType_System"}';
