/**
 * The end of Owners. Whether one may go is decided by its own object, which takes no update any more once it has
 * agreed; only then does its name go from the directory. A timer goes on with what was cut short in between.
 */
import type { Entry } from "../owner/inbox.ts";
import type { OwnerRpc, Retirement, Submitted } from "../owner/rpc.ts";
import { eventText } from "../owner/texts.ts";
import { Refusal } from "../protocol/errors.ts";
import { retirementSettledEntry, retiringEntry, type TimerOf } from "./entries.ts";
import type { DirectoryEntry, SystemChange } from "./rpc.ts";

/** What retirements need of the engine. */
export interface RetirementContext {
  add(entry: Entry): void;
  find(ownerId: string): DirectoryEntry | undefined;
  object(entry: DirectoryEntry): Pick<OwnerRpc, "retire">;
  readonly timerOf: TimerOf;
  /** Commits a change. */
  change(change: SystemChange): Promise<Submitted>;
  report(error: unknown): void;
}

export class Retirements {
  readonly #context: RetirementContext;
  readonly #underWay = new Set<string>();

  constructor(context: RetirementContext) {
    this.#context = context;
  }

  /** Undefines an Owner as a caller asks. Throws Refusal `Owner.Unknown`, `Owner.Occupied`, or `Retry` while it is under way. */
  async retire(ownerId: string, change: SystemChange): Promise<Submitted> {
    return await this.#alone(ownerId, async () => {
      const isKnown = await new Promise<boolean>((resolve, reject) =>
        this.#context.add(retiringEntry(ownerId, { resolve, reject })),
      );
      if (!isKnown) {
        await this.#settle(ownerId);
        throw new Refusal("Owner.Unknown", ownerId);
      }
      return await this.#carryOut(ownerId, change);
    });
  }

  /** Goes on with a retirement that was cut short: if the Owner's object had agreed, it is carried out, else given up. */
  resume(ownerId: string): void {
    if (this.#underWay.has(ownerId)) return;
    const change: SystemChange = { update: eventText(undefinition(ownerId)), authority: SYSTEM_AUTHORITY };
    this.retire(ownerId, change).catch((error: unknown) => {
      if (!(error instanceof Refusal && error.code === "Owner.Occupied")) this.#context.report(error);
    });
  }

  async #carryOut(ownerId: string, change: SystemChange): Promise<Submitted> {
    const entry = this.#context.find(ownerId);
    const outcome: Retirement =
      entry === undefined
        ? "retired"
        : await this.#context.object(entry).retire({ ownerId, generation: entry.generation }, change.force === true);
    // The change first: should it be cut short, the timer is still there.
    const submitted = outcome === "retired" ? await this.#context.change(change) : undefined;
    await this.#settle(ownerId);
    if (submitted === undefined) throw new Refusal("Owner.Occupied", ownerId);
    return submitted;
  }

  async #settle(ownerId: string): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      this.#context.add(retirementSettledEntry(ownerId, this.#context.timerOf, { resolve, reject })),
    );
  }

  async #alone<Outcome>(ownerId: string, act: () => Promise<Outcome>): Promise<Outcome> {
    if (this.#underWay.has(ownerId)) throw new Refusal("Retry");
    this.#underWay.add(ownerId);
    try {
      return await act();
    } finally {
      this.#underWay.delete(ownerId);
    }
  }
}

const SYSTEM_AUTHORITY = '{"Type":"IdentityType_System"}';

function undefinition(OwnerID: string) {
  return {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_UndefineOwner", OwnerDetails: { OwnerID } },
  } as const;
}
