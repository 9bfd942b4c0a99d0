/** How many updates a second, and how long one takes. */
import { Audience } from "./audience.ts";
import { binaryFrames } from "./binary-frames.ts";
import type { Rig } from "./rig.ts";
import { percentile } from "./statistics.ts";
import { Supply } from "./supply.ts";
import { updateFrames } from "./updates.ts";

/** A way of sending. */
export interface Load {
  readonly name: string;
  /** Updates in one frame. */
  readonly perFrame: number;
  /** Updates that may be unacknowledged. */
  readonly window: number;
  readonly updates: number;
  /** Everything is protobuf, and nothing JSON. Such frames have one update each. */
  readonly isBinary?: boolean;
}

/** Which of the two is measured: ours, with its subscriber, or the bare object, which has none. */
export type Kind = "ours" | "bare";

export interface Throughput {
  /** Everything that was sent, before the clock started too. */
  readonly sent: number;
  readonly perSecond: number;
  /** CPU microseconds that the server spent on each update, on all its threads; NaN where the system does not tell. */
  readonly serverMicroseconds: number;
  /** CPU seconds that this process spent for each second of the run: it shares the machine with the server. */
  readonly clientLoad: number;
  /** Bytes of events that the subscriber received for each update. */
  readonly eventBytes: number;
  /** Bytes of each update as it was sent. */
  readonly updateBytes: number;
}

/** The share of a run that is sent before the clock starts. */
const WARM_UP = 0.1;

/** Sends all updates of a load to a fresh Owner. */
export async function measureThroughput(rig: Rig, kind: Kind, owner: string, load: Load): Promise<Throughput> {
  const { perFrame, window, updates, isBinary = false } = load;
  const { supply, audience } = await connect(rig, kind, owner, { isBinary });
  const warmUp = Math.round(updates * WARM_UP);
  const framesOf = (first: number, last: number) => {
    const frames = updateFrames(owner, first, last, perFrame);
    return isBinary ? binaryFrames(frames) : frames;
  };
  const [before, measured] = [framesOf(1, warmUp), framesOf(warmUp + 1, warmUp + updates)];
  await Promise.all([audience?.reached(warmUp), supply.pipelined(before, window)]);

  const bytes = audience?.bytes ?? 0;
  const seen = audience?.reached(warmUp + updates);
  const serverCpu = rig.cpuSeconds() ?? Number.NaN;
  const cpu = process.cpuUsage();
  const elapsed = await supply.pipelined(measured, window);
  const { user, system } = process.cpuUsage(cpu);
  await seen;
  const serverSpent = (rig.cpuSeconds() ?? Number.NaN) - serverCpu;
  audience?.close();
  supply.disconnect();
  return {
    serverMicroseconds: (serverSpent * 1e6) / updates,
    sent: warmUp + updates,
    perSecond: (updates * 1000) / elapsed,
    clientLoad: (user + system) / 1000 / elapsed,
    eventBytes: ((audience?.bytes ?? 0) - bytes) / updates,
    updateBytes: measured.reduce((sum, { content }) => sum + content.length, 0) / updates,
  };
}

export interface Pace {
  readonly perSecond: number;
  readonly updates: number;
}

/** Milliseconds from sending an update until it is heard of. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sends updates at a modest pace to a fresh Owner. Ours is timed until the event at the subscriber, the bare object,
 * which tells no one else, until its acknowledgement.
 */
export async function measureLatency(
  rig: Rig,
  kind: Kind,
  owner: string,
  { perSecond, updates }: Pace,
): Promise<Latency> {
  const sentAt: number[] = [];
  const latencies: number[] = [];
  const warmUp = Math.round(updates * WARM_UP);
  let heard = 0;
  const hear = (position: number) => {
    const now = performance.now();
    for (; heard < position; heard++) if (heard >= warmUp) latencies.push(now - (sentAt[heard + 1] ?? now));
  };
  const { supply, audience } = await connect(rig, kind, owner, { onPosition: hear });
  const frames = updateFrames(owner, 1, warmUp + updates, 1);
  const seen = audience?.reached(frames.length);
  await supply.paced(frames, perSecond, {
    sent: (position) => {
      sentAt[position] = performance.now();
    },
    acknowledged: (position) => {
      if (kind === "bare") hear(position);
    },
  });
  await seen;
  audience?.close();
  supply.disconnect();
  return { p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
}

interface ConnectOptions {
  readonly isBinary?: boolean;
  readonly onPosition?: (position: number) => void;
}

async function connect(rig: Rig, kind: Kind, owner: string, { isBinary = false, onPosition }: ConnectOptions) {
  const target = await rig.target(owner, kind);
  if (kind === "bare") return { supply: await Supply.openBare(target), audience: undefined };
  const audience = await Audience.open(target, isBinary, onPosition);
  return { supply: await Supply.open(target, isBinary), audience };
}
