/**
 * A whole installation in one process, driven by one seed: Owners, the adapters of their feeds, clients and subscribers,
 * and everything that may go wrong between them. After every step each Owner's referee looks at what it has done; from
 * time to time all faults cease, everybody comes to rest, and everything that anybody knows must be the same.
 */
import { Market } from "./market.ts";
import type { Clock, Connection, Seams } from "./platform.ts";
import { Random } from "./random.ts";
import { Tenant } from "./tenant.ts";
import { Violation } from "./violation.ts";

const FEEDS = ["asx", "nzx"] as const;
const OWNERS = ["XS", "YT"] as const;
const BEGINNING = Date.parse("2026-03-01T09:00:00Z");
const STEPS_BETWEEN_RESTS = 400;
const LAST_STEPS = 30;
const DAY = 86_400_000;

export interface Options {
  readonly seed: number;
  readonly steps: number;
  readonly seams?: Seams;
}

export interface Outcome {
  readonly steps: number;
  readonly updates: number;
  readonly faults: number;
  /** The hash of each Owner's last commit: two runs of one seed end in the same. */
  readonly hashes: readonly string[];
}

/** A run that broke a rule, with what led to it. */
export class Broken extends Error {
  override readonly name = "Broken";
  readonly seed: number;
  readonly step: number;
  readonly lastSteps: readonly string[];

  constructor(seed: number, step: number, lastSteps: readonly string[], cause: unknown) {
    const what =
      cause instanceof Violation ? cause.message : String(cause instanceof Error ? (cause.stack ?? cause) : cause);
    super(`seed ${seed} broke a rule at step ${step}: ${what}\nits last steps:\n  ${lastSteps.join("\n  ")}`, {
      cause,
    });
    this.seed = seed;
    this.step = step;
    this.lastSteps = lastSteps;
  }
}

/** Plays so many steps. Throws Broken. */
export async function simulate({ seed, steps, seams = {} }: Options): Promise<Outcome> {
  const simulation = new Simulation(seed, seams);
  try {
    await simulation.begin();
    while (simulation.steps < steps) await simulation.step();
    await simulation.end();
    return simulation.outcome;
  } catch (error) {
    throw new Broken(seed, simulation.steps, simulation.lastSteps, error);
  }
}

class Simulation {
  readonly lastSteps: string[] = [];
  steps = 0;
  #faults = 0;
  readonly #random: Random;
  readonly #clock: Clock = { now: BEGINNING };
  readonly #markets: readonly Market[];
  readonly #tenants: readonly Tenant[];

  constructor(seed: number, seams: Seams) {
    this.#random = new Random(seed);
    this.#markets = FEEDS.map((feed) => new Market(feed, OWNERS, this.#random.fork()));
    this.#tenants = OWNERS.map((owner) => new Tenant(owner, this.#markets, this.#clock, this.#random.fork(), seams));
  }

  get outcome(): Outcome {
    const updates = this.#tenants.reduce((sum, { referee }) => sum + referee.accepted.length, 0);
    const hashes = this.#tenants.map(({ platform }) => platform.data.hash);
    return { steps: this.steps, updates, faults: this.#faults, hashes };
  }

  /** The Owners are told who they are. */
  async begin(): Promise<void> {
    for (const { system } of this.#tenants) system.hand();
    await this.#settle();
    await this.#comeToRest();
  }

  async step(): Promise<void> {
    this.steps++;
    const tenant = this.#random.pick(this.#tenants);
    this.#note(this.#take(tenant), tenant);
    if (tenant.platform.isRinging || tenant.caller.isWaiting) await microtasks();
    for (const each of this.#tenants) each.check();
    if (this.steps % STEPS_BETWEEN_RESTS === 0) await this.rest();
  }

  /** All faults cease, and everybody comes to rest: then everything that anybody knows is the same. */
  async rest(): Promise<void> {
    await this.#comeToRest();
    for (const tenant of this.#tenants) tenant.checkAtRest();
  }

  /** All that is kept is looked at once more, from the first. */
  async end(): Promise<void> {
    await this.rest();
    for (const tenant of this.#tenants) {
      tenant.checkChain();
      tenant.checkBooks();
    }
  }

  #note(what: string, { platform }: Tenant): void {
    this.lastSteps.push(`${this.steps} ${platform.ownerId}: ${what}`);
    if (this.lastSteps.length > LAST_STEPS) this.lastSteps.shift();
  }

  #take(tenant: Tenant): string {
    const { platform } = tenant;
    const random = this.#random;
    const happens = random.weighted<() => string>([
      [220, () => this.#turn(tenant)],
      [200, () => this.#arrive(tenant)],
      [180, () => this.#deliver(tenant)],
      [260, () => this.#happen()],
      [220, () => this.#act(tenant)],
      [30, () => this.#call(tenant)],
      [30, () => this.#ask(tenant)],
      [30, () => this.#subscribe(tenant)],
      [25, () => this.#handDown(tenant)],
      [60, () => this.#pass()],
      [30, () => this.#ring(tenant)],
      [25, () => this.#fault(tenant)],
    ]);
    const what = happens();
    if (platform.isFull && random.percent(3)) platform.isFull = false;
    return what;
  }

  #turn({ platform }: Tenant): string {
    platform.turn();
    return "a turn";
  }

  /** Frames arrive at the server, of one connection at a time, in the order in which that one sent them. */
  #arrive({ platform }: Tenant): string {
    const connection = this.#random.pickAny(platform.connections.filter(({ toServer }) => toServer.length > 0));
    if (connection === undefined) return "nothing arrives";
    let frames = 1 + this.#random.below(4);
    for (; frames > 0; frames--) platform.arrive(connection);
    return `frames of ${connection.id} arrive`;
  }

  #deliver({ platform }: Tenant): string {
    const connection = this.#random.pickAny(platform.connections.filter(({ toClient }) => toClient.length > 0));
    if (connection === undefined) return "nothing is delivered";
    let frames = 1 + this.#random.below(8);
    for (; frames > 0; frames--) connection.deliver();
    return `frames are delivered to ${connection.id}`;
  }

  #happen(): string {
    const market = this.#random.pick(this.#markets);
    const { position, owner, frame } = market.happen(this.#clock.now);
    return `${market.feed} has ${position} for ${owner}: ${JSON.stringify(frame)}`;
  }

  #act(tenant: Tenant): string {
    const adapter = this.#random.pick(tenant.adapters);
    if (this.#random.percent(3)) adapter.repeat();
    else if (this.#random.percent(0.5)) adapter.close();
    else adapter.act();
    return `an adapter of ${adapter.market.feed} acts`;
  }

  #call({ caller }: Tenant): string {
    caller.call();
    return "a call";
  }

  #ask({ requesters }: Tenant): string {
    this.#random.pick(requesters).ask();
    return "a client asks";
  }

  #subscribe({ subscribers, platform }: Tenant): string {
    const subscriber = this.#random.pick(subscribers);
    if (!subscriber.isConnected) {
      subscriber.subscribe();
      return `${subscriber.view} is subscribed to`;
    }
    if (this.#random.percent(60)) return `a subscriber of ${subscriber.view} stays`;
    subscriber.connection?.cut(this.#random.below(2));
    if (this.#random.percent(40)) subscriber.forget();
    return `a subscriber of ${platform.ownerId} leaves`;
  }

  #handDown({ system }: Tenant): string {
    if (this.#random.percent(30)) system.change();
    system.hand();
    return "metadata is handed down";
  }

  #pass(): string {
    const milliseconds = this.#random.below(2_000);
    this.#clock.now += milliseconds;
    return `${milliseconds} ms pass`;
  }

  #ring({ platform }: Tenant): string {
    const { alarmAt } = platform;
    // Mostly when it is due, and then late; seldom before.
    if (alarmAt === undefined || (alarmAt > this.#clock.now && !this.#random.percent(10))) return "no alarm is due";
    platform.ring();
    return "the alarm goes off";
  }

  #fault(tenant: Tenant): string {
    this.#faults++;
    const { platform } = tenant;
    const random = this.#random;
    return random.weighted<() => string>([
      [
        40,
        () => {
          const connection = random.pickAny(platform.connections);
          connection?.cut(random.below(5));
          return `${connection?.id} is cut off`;
        },
      ],
      [20, () => (platform.evict() ? "the object is evicted" : "the object is too busy to be evicted")],
      [
        12,
        () => {
          tenant.crash();
          return "the object dies";
        },
      ],
      [
        12,
        () => {
          platform.failing += random.pick([1, 1, 2, 3]);
          return `${platform.failing} commits are to fail`;
        },
      ],
      [
        4,
        () => {
          platform.isFull = true;
          return "the disk is full";
        },
      ],
      [
        8,
        () => {
          const by = random.pick([60_000, -60_000, 3_600_000, -3_600_000, DAY, -10]);
          this.#clock.now += by;
          return `the clock jumps by ${by} ms`;
        },
      ],
      [
        4,
        () => {
          // What the platform promises is once at least.
          platform.ring();
          platform.alarmAt ??= this.#clock.now;
          return "the alarm goes off, and will again";
        },
      ],
    ])();
  }

  async #comeToRest(): Promise<void> {
    for (const { platform } of this.#tenants) {
      platform.isFull = false;
      platform.failing = 0;
    }
    for (let round = 0; ; round++) {
      if (round > 5_000)
        throw new Violation(`nothing comes to rest: ${this.#tenants.map((tenant) => tenant.whatIsLeft())}`);
      for (const tenant of this.#tenants) tenant.goOn();
      await microtasks();
      await this.#settle();
      for (const each of this.#tenants) each.check();
      if (this.#tenants.every(({ isDone }) => isDone)) break;
    }
    await this.#ringAll();
  }

  /** What is due is dealt with. */
  async #ringAll(): Promise<void> {
    for (const tenant of this.#tenants) {
      const { platform } = tenant;
      while (platform.isRinging || (platform.alarmAt !== undefined && platform.alarmAt <= this.#clock.now)) {
        platform.ring();
        await this.#settle();
      }
      tenant.check();
      tenant.checkDue();
    }
  }

  /** Everything that is under way arrives. */
  async #settle(): Promise<void> {
    for (const { platform, system } of this.#tenants) {
      let isMoving = true;
      while (isMoving) {
        isMoving = false;
        for (const connection of [...platform.connections]) isMoving = drained(connection, platform) || isMoving;
        while (platform.hasTurn) {
          platform.turn();
          isMoving = true;
        }
        await microtasks();
      }
      system.forget();
    }
  }
}

function drained(connection: Connection, platform: Tenant["platform"]): boolean {
  const isMoving = connection.toServer.length + connection.toClient.length > 0;
  while (connection.toServer.length > 0) platform.arrive(connection);
  while (connection.toClient.length > 0) connection.deliver();
  return isMoving;
}

/** What promises have to say is said. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
