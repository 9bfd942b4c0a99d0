/** Where the engine's time goes: CPU profiles taken inside the runtime while it is under load. */
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { Rig } from "./rig.ts";
import { figure, type Row } from "./table.ts";
import { type Load, measureThroughput } from "./throughput.ts";
import { KEPT } from "./wake.ts";

/** What `Profiler.stop` gives, as far as it is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

export interface Profiled {
  /** To be opened in a browser's developer tools, or in an editor. */
  readonly file: string;
  /** With the profiler at work. */
  readonly perSecond: number;
  /** The share of the time in which the engine ran; in the rest it waited for messages, the disk, or a processor. */
  readonly busy: number;
  /** The costliest functions by their own time: function, place, own and total share. */
  readonly rows: readonly Row[];
}

const SAMPLING_MICROSECONDS = 200;
const MOST_ROWS = 40;

/** Profiles one load on a server of its own, after a warm-up run. */
export async function profileLoad(bundle: WorkerBundle, load: Load): Promise<Profiled> {
  const inspectorPort = await freePort();
  const rig = await Rig.start({ bundle, inspectorPort });
  try {
    await measureThroughput(rig, "ours", "P0", load);
    const inspector = await Inspector.open(inspectorPort);
    await inspector.call("Profiler.enable");
    await inspector.call("Profiler.setSamplingInterval", { interval: SAMPLING_MICROSECONDS });
    await inspector.call("Profiler.start");
    const { perSecond } = await measureThroughput(rig, "ours", "P1", load);
    const { profile } = (await inspector.call("Profiler.stop")) as { readonly profile: CpuProfile };
    inspector.close();
    await mkdir(KEPT, { recursive: true });
    const file = join(KEPT, `${load.name.replaceAll(/\W+/g, "-")}.cpuprofile`);
    await writeFile(file, JSON.stringify(profile));
    return { file, perSecond, ...costliest(profile) };
  } finally {
    await rig.dispose();
  }
}

/** Functions by their own time, idle time left out. */
function costliest({ nodes, samples, timeDeltas }: CpuProfile): Pick<Profiled, "busy" | "rows"> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const nameOf = (id: number): string => {
    const { functionName = "", url = "", lineNumber = -1 } = byId.get(id)?.callFrame ?? {};
    return `${functionName || "(anonymous)"} ${url.slice(url.lastIndexOf("/") + 1)}:${lineNumber + 1}`;
  };
  const own = new Map<string, number>();
  const total = new Map<string, number>();
  let busy = 0;
  let whole = 0;
  for (const [index, sample] of samples.entries()) {
    const elapsed = timeDeltas[index] ?? 0;
    const leaf = byId.get(sample)?.callFrame.functionName;
    whole += elapsed;
    if (leaf === "(idle)") continue;
    busy += elapsed;
    add(own, nameOf(sample), elapsed);
    const seen = new Set<string>();
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) seen.add(nameOf(id));
    for (const name of seen) add(total, name, elapsed);
  }
  const share = (time: number | undefined): string => `${figure(((time ?? 0) * 100) / busy, 1)} %`;
  const rows = [...own]
    .sort(([, left], [, right]) => right - left)
    .slice(0, MOST_ROWS)
    .map(([name, time]) => [name, share(time), share(total.get(name))]);
  return { busy: busy / whole, rows };
}

function add(times: Map<string, number>, name: string, time: number): void {
  times.set(name, (times.get(name) ?? 0) + time);
}

/** The runtime's debugger, by the Chrome DevTools protocol. */
class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#received(String(data)));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the inspector hung up"));
    });
  }

  static async open(port: number): Promise<Inspector> {
    const listed = await fetch(`http://127.0.0.1:${port}/json`);
    const [target] = (await listed.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
    if (target === undefined) throw new Error("the runtime has nothing to inspect");
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(new Inspector(socket)));
      socket.addEventListener("error", () => reject(new Error("no inspector")));
    });
  }

  call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #received(text: string): void {
    const { id, result, error } = JSON.parse(text) as {
      readonly id?: number;
      readonly result?: unknown;
      readonly error?: { readonly message: string };
    };
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ port: 0, host: "127.0.0.1" }, () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
