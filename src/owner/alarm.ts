/** The single alarm of an object: it goes off for what comes first, a timer that is kept or a token that expires. */
import type { Store } from "../storage/store.ts";

/** What the alarm needs of its object. */
export interface AlarmContext {
  readonly store: Pick<Store, "nextTimer">;
  /** Sets the single alarm, in milliseconds since 1970. */
  setAlarm(due: number): void;
}

export class Alarm {
  readonly #context: AlarmContext;
  /** Not after any expiry that is to come; it may be that of a socket that is gone, and then goes off for nothing. */
  #nextExpiry = Number.POSITIVE_INFINITY;

  constructor(context: AlarmContext) {
    this.#context = context;
  }

  /** Whether a token may have expired. */
  isExpiryDue(now: number): boolean {
    return this.#nextExpiry <= now;
  }

  /** Counts one more socket in; undefined when its token never expires. */
  add(expires: number | undefined): void {
    if (expires === undefined || !(expires < this.#nextExpiry)) return;
    this.#nextExpiry = expires;
    this.set();
  }

  /** Takes the expiries of all sockets there are anew. The alarm itself is left as it is. */
  replace(expiries: Iterable<number | undefined>): void {
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (const expires of expiries) {
      if (expires !== undefined && expires < this.#nextExpiry) this.#nextExpiry = expires;
    }
  }

  /** Sets the alarm for what comes first, if anything does. Timers are left alone until `timersNotBefore`. */
  set(timersNotBefore = 0): void {
    const timer = this.#context.store.nextTimer();
    const nextTimer = timer === undefined ? Number.POSITIVE_INFINITY : Math.max(timer, timersNotBefore);
    const due = Math.min(nextTimer, this.#nextExpiry);
    if (due !== Number.POSITIVE_INFINITY) this.#context.setAlarm(due);
  }

  /** Sets the alarm on waking, should the platform have given it up: one that failed too often never goes off. */
  restore(now: number): void {
    const timer = this.#context.store.nextTimer();
    const isTimerOverdue = timer !== undefined && timer <= now;
    if (isTimerOverdue || this.#nextExpiry !== Number.POSITIVE_INFINITY) this.set();
  }
}
