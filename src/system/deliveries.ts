/**
 * Hands metadata down to Owners, many at a time, each at its own pace. How far an Owner has come is what its own log
 * says: what is kept of it here may be forgotten at any time. Which Owners are behind is known by their timers.
 */
import type { KnownOwner } from "../domain/state.ts";
import type { Delivery } from "../owner/rpc.ts";
import { LIMITS } from "../protocol/limits.ts";

/** What deliveries need of the engine. */
export interface DeliveryContext {
  /** Where a name leads now; undefined when it is no Owner's. */
  find(ownerId: string): KnownOwner | undefined;
  /** The last position of the sequence `system`. */
  position(): number;
  next(known: KnownOwner, after: number): Delivery;
  /** Hands a delivery to an Owner's object; resolves with the position that it has then. */
  send(ownerId: string, known: KnownOwner, delivery: Delivery): Promise<number>;
  /** An Owner has come up to a position: if that is the last, it is not behind any more. */
  caughtUp(ownerId: string, position: number): void;
  /** An Owner could not be reached: to be tried again after so many milliseconds. */
  postpone(ownerId: string, milliseconds: number): void;
  /** Milliseconds since 1970. */
  now(): number;
  report(error: unknown): void;
}

/** One attempt to bring an Owner up to date. */
interface Attempt {
  /** When its Owner answered last, or the attempt began. */
  since: number;
  /** It took too long: whatever still comes of it counts no more. */
  isGivenUp: boolean;
}

export class Deliveries {
  readonly #context: DeliveryContext;
  /** How far objects are known to have come. */
  readonly #positions = new Map<string, number>();
  /** How often in a row an Owner was not reached. */
  readonly #failures = new Map<string, number>();
  /** Who waits for an Owner's delivery to come to an end, one way or the other. */
  readonly #waiting = new Map<string, ((isReached: boolean) => void)[]>();
  readonly #queue = new Set<string>();
  readonly #running = new Map<string, Attempt>();
  #failuresInAll = 0;

  constructor(context: DeliveryContext) {
    this.#context = context;
  }

  /** How many Owners could not be reached when that was tried last. */
  get failing(): number {
    return this.#failures.size;
  }

  /** How many attempts have failed. */
  get failures(): number {
    return this.#failuresInAll;
  }

  /** Starts to bring Owners up to date. Those that are being brought up to date go on to the end that there is then. */
  start(ownerIds: Iterable<string>): void {
    const givenUp = this.#giveUpOverdue();
    for (const ownerId of ownerIds) {
      if (!this.#running.has(ownerId) && !givenUp.has(ownerId)) this.#queue.add(ownerId);
    }
    this.#fill();
  }

  /** Brings one Owner up to date; false when it could not be reached. */
  async bring(ownerId: string): Promise<boolean> {
    const outcome = new Promise<boolean>((resolve) => {
      this.#waiting.set(ownerId, [...(this.#waiting.get(ownerId) ?? []), resolve]);
    });
    this.start([ownerId]);
    return await outcome;
  }

  /** Whether an object is known to have come as far as the record that gave it its present name. */
  hasLearntItsName({ Object: object = "", Generation: generation = 0 }: KnownOwner): boolean {
    return (this.#positions.get(object) ?? 0) >= generation;
  }

  #fill(): void {
    for (const ownerId of this.#queue) {
      if (this.#running.size >= LIMITS.DELIVERIES_AT_ONCE) return;
      this.#queue.delete(ownerId);
      const attempt = { since: this.#context.now(), isGivenUp: false };
      this.#running.set(ownerId, attempt);
      void this.#run(ownerId, attempt);
    }
  }

  /** A call may never be answered. It must not keep its place from the others for ever. Gives whose were given up. */
  #giveUpOverdue(): ReadonlySet<string> {
    const givenUp = new Set<string>();
    const latest = this.#context.now() - LIMITS.DELIVERY_TIMEOUT_MS;
    for (const [ownerId, attempt] of this.#running) {
      if (attempt.since > latest) continue;
      attempt.isGivenUp = true;
      this.#fail(ownerId, new Error(`${ownerId} has not answered in time`));
      this.#end(ownerId, false);
      givenUp.add(ownerId);
    }
    return givenUp;
  }

  async #run(ownerId: string, attempt: Attempt): Promise<void> {
    const isReached = await this.#tryToDeliver(ownerId, attempt);
    if (attempt.isGivenUp) return;
    this.#end(ownerId, isReached);
    this.#fill();
  }

  #end(ownerId: string, isReached: boolean): void {
    this.#running.delete(ownerId);
    const waiting = this.#waiting.get(ownerId) ?? [];
    this.#waiting.delete(ownerId);
    for (const resolve of waiting) resolve(isReached);
  }

  async #tryToDeliver(ownerId: string, attempt: Attempt): Promise<boolean> {
    try {
      await this.#deliver(ownerId, attempt);
      if (!attempt.isGivenUp) this.#failures.delete(ownerId);
      return true;
    } catch (error) {
      if (!attempt.isGivenUp) this.#fail(ownerId, error);
      return false;
    }
  }

  #fail(ownerId: string, error: unknown): void {
    this.#context.report(error);
    this.#failuresInAll++;
    const failures = this.#failures.get(ownerId) ?? 0;
    this.#failures.set(ownerId, failures + 1);
    this.#context.postpone(ownerId, backOff(failures));
  }

  async #deliver(ownerId: string, attempt: Attempt): Promise<void> {
    while (!attempt.isGivenUp) {
      // Asked anew after every answer that was waited for: it may have been renamed or undefined meanwhile, and what it
      // is handed down depends on its names.
      const known = this.#context.find(ownerId);
      const position = this.#context.position();
      const has = known === undefined ? position : this.#positions.get(known.Object ?? "");
      if (known === undefined || (has !== undefined && has >= position)) {
        this.#context.caughtUp(ownerId, position);
        return;
      }
      await this.#send(ownerId, known, has === undefined ? NOTHING : this.#context.next(known, has));
      attempt.since = this.#context.now();
    }
  }

  async #send(ownerId: string, known: KnownOwner, delivery: Delivery): Promise<number> {
    const position = await this.#context.send(ownerId, known, delivery);
    this.#positions.set(known.Object ?? "", position);
    return position;
  }
}

/** Asks an Owner how far it has come. */
const NOTHING: Delivery = { after: 0, items: [], upTo: 0 };

/** Twice as long each time, up to a limit. */
function backOff(failures: number): number {
  return Math.min(LIMITS.DELIVERY_RETRY_MS * 2 ** Math.min(failures, 30), LIMITS.DELIVERY_RETRY_MOST_MS);
}
