/** An Owner that trades: its adapter, and its subscribers to every view. Every event is timed at every subscriber. */
import { Audience } from "./audience.ts";
import type { Rig } from "./rig.ts";
import { percentile } from "./statistics.ts";
import { Supply } from "./supply.ts";
import { type Frame, updateFrames } from "./updates.ts";

/** How long an event took to one subscriber. */
export interface Delay {
  /** Which of the updates that were sent together. */
  readonly index: number;
  /** From sending the update until its event was there. */
  readonly milliseconds: number;
}

/** Milliseconds, over all updates and subscribers. */
export interface Delays {
  readonly p50: number;
  readonly p99: number;
}

export function delaysOf(delays: readonly Delay[]): Delays {
  const times = delays.map(({ milliseconds }) => milliseconds);
  return { p50: percentile(times, 50), p99: percentile(times, 99) };
}

/** Updates that were sent as fast as they were acknowledged. */
export interface Burst {
  /** Until the last subscriber had the last event. */
  readonly milliseconds: number;
  /** That came to all subscribers. */
  readonly frames: number;
}

/** Subscribers that are connected at once: more would meet the backlog of the listening socket. */
const CONNECTED_AT_ONCE = 20;

export class Tenant {
  readonly #owner: string;
  readonly #supply: Supply;
  readonly #audiences: readonly Audience[];
  readonly #clock: Clock;
  #position = 0;

  private constructor(owner: string, supply: Supply, audiences: readonly Audience[], clock: Clock) {
    this.#owner = owner;
    this.#supply = supply;
    this.#audiences = audiences;
    this.#clock = clock;
  }

  /** Defines an Owner, connects its adapter, and waits until every subscriber has its snapshots. */
  static async open(rig: Rig, owner: string, subscribers: number): Promise<Tenant> {
    const target = await rig.target(owner);
    const clock = new Clock();
    const audiences: Audience[] = [];
    while (audiences.length < subscribers) {
      const few = Math.min(CONNECTED_AT_ONCE, subscribers - audiences.length);
      const opened = Array.from({ length: few }, () => Audience.open(target, false, clock.subscriber()));
      audiences.push(...(await Promise.all(opened)));
    }
    return new Tenant(owner, await Supply.open(target), audiences, clock);
  }

  /** Sends as fast as is acknowledged, with at most `window` updates unacknowledged. */
  async burst(updates: number, window: number): Promise<Burst> {
    const frames = this.#next(updates);
    const before = this.#framesHeard();
    const begun = performance.now();
    const heard = this.#heard();
    await this.#supply.pipelined(frames, window);
    await heard;
    return { milliseconds: performance.now() - begun, frames: this.#framesHeard() - before };
  }

  /** Sends each update when it is due, so many milliseconds after the beginning, whatever comes back. */
  async timed(updates: number, dueOf: (index: number) => number): Promise<readonly Delay[]> {
    const first = this.#position + 1;
    const frames = this.#next(updates);
    const heard = this.#heard();
    await this.#supply.timed(frames, dueOf, {
      sent: (position) => this.#clock.sent(position),
      acknowledged: () => undefined,
    });
    await heard;
    return this.#clock.delaysFrom(first);
  }

  close(): void {
    for (const audience of this.#audiences) audience.close();
    this.#supply.disconnect();
  }

  #next(updates: number): Frame[] {
    const first = this.#position + 1;
    this.#position += updates;
    return updateFrames(this.#owner, first, this.#position, 1);
  }

  async #heard(): Promise<void> {
    await Promise.all(this.#audiences.map((audience) => audience.reached(this.#position)));
  }

  #framesHeard(): number {
    return this.#audiences.reduce((sum, { frames }) => sum + frames, 0);
  }
}

/** Knows when each update was sent, and gathers how long each subscriber waited for it. */
class Clock {
  readonly #sentAt = new Map<number, number>();
  #delays: Delay[] = [];

  sent(position: number): void {
    this.#sentAt.set(position, performance.now());
  }

  /** What to tell of the positions that a subscriber has come to: each once. */
  subscriber(): (position: number) => void {
    let heard = 0;
    return (position) => {
      const now = performance.now();
      while (heard < position) {
        const sent = this.#sentAt.get(++heard);
        if (sent !== undefined) this.#delays.push({ index: heard, milliseconds: now - sent });
      }
    };
  }

  /** Counted from a position on. What is told is forgotten. */
  delaysFrom(first: number): readonly Delay[] {
    const delays = this.#delays.map(({ index, milliseconds }) => ({ index: index - first, milliseconds }));
    this.#delays = [];
    this.#sentAt.clear();
    return delays;
  }
}
