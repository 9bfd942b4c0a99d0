/** A server under measurement: its own Worker, its own port on loopback, its own folder. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { signToken } from "../support/bootstrap-token.ts";
import { defineOwner } from "../support/owners.ts";
import { type Server, startServer } from "../support/server.ts";
import { buildWorker, type WorkerBundle, WRANGLER_CONFIG } from "../support/worker-bundle.ts";
import { Reader } from "./reader.ts";
import type { Target } from "./supply.ts";
import { SEQUENCE } from "./updates.ts";

export interface RigOptions {
  readonly bundle: WorkerBundle;
  /** A folder that is kept; otherwise a temporary one, gone afterwards. */
  readonly state?: string;
  readonly inspectorPort?: number;
}

/** USER_HZ, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What must not outlive the benchmark. */
export interface Disposable {
  dispose(): Promise<void>;
}

const running = new Set<Disposable>();

export class Rig {
  readonly #server: Server;
  readonly #secret: string;
  readonly #temporary: string | undefined;

  private constructor(server: Server, secret: string, temporary: string | undefined) {
    this.#server = server;
    this.#secret = secret;
    this.#temporary = temporary;
  }

  static async start({ bundle, state, inspectorPort }: RigOptions): Promise<Rig> {
    const temporary = state === undefined ? await mkdtemp(join(tmpdir(), "edge-oms-bench-")) : undefined;
    const secret = randomBytes(32).toString("hex");
    try {
      const server = await startServer({
        port: 0,
        state: state ?? temporary ?? "",
        secret,
        bundle,
        ...(inspectorPort !== undefined && { inspectorPort }),
        // Of each socket that opens or goes it says so: a flood of them is no news here.
        onLog: (level, message) => {
          if (level !== "info") console.error(`${level}: ${message}`);
        },
      });
      const rig = new Rig(server, secret, temporary);
      untilTheEnd(rig);
      return rig;
    } catch (error) {
      await discard(temporary);
      throw error;
    }
  }

  get url(): URL {
    return this.#server.url;
  }

  /** CPU seconds that the runtime has spent; undefined where the system does not tell. */
  cpuSeconds(): number | undefined {
    try {
      // After the name in brackets, which may hold spaces: state, 10 others, then user and system time in ticks.
      const fields = readFileSync(`/proc/${this.pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    } catch {
      return undefined;
    }
  }

  /** The process that serves. */
  get pid(): number {
    return this.#server.runtimePid;
  }

  /** An Owner here, with a token that may supply its feed. The bare object knows of no definitions. */
  async target(owner: string, kind: "ours" | "bare" = "ours"): Promise<Target> {
    if (kind === "ours") await defineOwner(this.url, this.#secret, owner);
    const token = await signToken(this.#secret, { identity: "bench", owners: [owner], feeds: [SEQUENCE] });
    return { url: this.url, owner, token };
  }

  /** A token that may change what is common to Owners. */
  operatorToken(): Promise<string> {
    return signToken(this.#secret, { identity: "operator", features: ["Admin", "Alter"] });
  }

  /** Asks as one who may see an Owner and its past. */
  async reader(owner: string): Promise<Reader> {
    return new Reader(
      this.url,
      await signToken(this.#secret, { identity: "reader", owners: [owner], features: ["Audit"] }),
    );
  }

  /** A token that may see an Owner, and no more. */
  watcherToken(owner: string): Promise<string> {
    return signToken(this.#secret, { identity: "watcher", owners: [owner] });
  }

  async dispose(): Promise<void> {
    if (!running.delete(this)) return;
    await this.#server.dispose();
    await discard(this.#temporary);
  }
}

/** Ends something with the benchmark, however that ends. */
export function untilTheEnd(what: Disposable): void {
  running.add(what);
  stopOnSignal();
}

/** Ends whatever still runs. */
export async function disposeAll(): Promise<void> {
  await Promise.allSettled([...running].map((each) => each.dispose()));
}

let stopping = false;

/** Whether a signal has told the benchmark to end. */
export function isStopping(): boolean {
  return stopping;
}

/** Miniflare answers signals in its own way, and would leave the folders. */
function stopOnSignal(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.once(signal, () => {
      stopping = true;
      void disposeAll().finally(() => process.exit(1));
    });
  }
}

async function discard(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

/** Builds the project's Worker with another entry, and otherwise exactly as it is configured. */
export async function buildVariant(entry: string): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(tmpdir(), "edge-oms-variant-"));
  try {
    const main = fileURLToPath(new URL(entry, import.meta.url).href);
    const config = await readFile(WRANGLER_CONFIG, "utf8");
    const path = join(folder, "wrangler.toml");
    // What the configuration names is beside it, and the variant's is elsewhere.
    const inPlace = (named: string) => JSON.stringify(join(dirname(WRANGLER_CONFIG), named));
    const variant = config
      .replace(/^main\s*=.*$/m, `main = ${JSON.stringify(main)}`)
      .replace(/^directory\s*=\s*"(.*)"$/m, (_, named: string) => `directory = ${inPlace(named)}`);
    await writeFile(path, variant);
    return await buildWorker(path);
  } finally {
    await discard(folder);
  }
}
