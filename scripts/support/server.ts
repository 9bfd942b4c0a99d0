/**
 * Runs a Worker straight on workerd: the runtime of production on a local port, with its storage in a folder. Used by
 * `npm start`, by the benchmark and by the end-to-end tests, which also kill it.
 */
import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { StateFolder } from "./state-folder.ts";
import { buildWorker, type WorkerBundle } from "./worker-bundle.ts";

export interface ServerOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** The folder of its data, made if there is none. */
  readonly state: string;
  /** OMS_BOOTSTRAP_SECRET. */
  readonly secret: string;
  /** A Worker built before; otherwise the project's own is built. */
  readonly bundle?: WorkerBundle;
  /** Where a debugger or profiler may connect, by the Chrome DevTools protocol; otherwise nowhere. */
  readonly inspectorPort?: number;
  /** Takes what the Worker logs; otherwise it goes to this process's own output. */
  readonly onLog?: (level: string, message: string) => void;
  /** Told when the runtime ended by itself, and when it serves again. */
  readonly onCrash?: (event: "ended" | "restarted" | "failed") => void;
}

/** The port is taken by another program. */
export class PortTaken extends Error {
  override readonly name = "PortTaken";
}

const HOST = "127.0.0.1";
/** A restart takes a fifth of a second; one that takes this long has failed. */
const RESTART_PATIENCE_MS = 20_000;

/** Starts a server and waits until it listens. Throws BuildFailure, PortTaken or StateInUse. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const folder = new StateFolder(resolve(options.state));
  try {
    await requireFreePort(options.port);
    return await Server.start(options, options.bundle ?? (await buildWorker()), folder);
  } catch (error) {
    folder.release();
    throw error;
  }
}

export class Server {
  readonly url: URL;
  readonly #miniflare: Miniflare;
  readonly #runtime: RuntimeWatch;
  readonly #folder: StateFolder;

  private constructor(url: URL, miniflare: Miniflare, runtime: RuntimeWatch, folder: StateFolder) {
    this.url = url;
    this.#miniflare = miniflare;
    this.#runtime = runtime;
    this.#folder = folder;
  }

  /** Starts a built Worker in a folder that has been claimed. */
  static async start(options: ServerOptions, bundle: WorkerBundle, folder: StateFolder): Promise<Server> {
    const runtime = new RuntimeWatch(folder, options.onCrash);
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        log: new Log(LogLevel.NONE),
        ...(options.onLog !== undefined && { handleStructuredLogs: handler(options.onLog) }),
        resourcePersistencePath: folder.path,
        ...(options.inspectorPort !== undefined && { inspectorPort: options.inspectorPort }),
        unsafeHandleRuntimeRestart: () => runtime.restarted(),
        workers: [
          {
            ...bundle.options,
            bindings: { ...bundle.options.bindings, OMS_BOOTSTRAP_SECRET: options.secret },
            // A plain port of the runtime's own: the default one leads through a proxy that halves the speed.
            unsafeDirectSockets: [{ host: HOST, port: options.port }],
          },
        ],
      }),
    );
    try {
      await miniflare.ready;
      runtime.started();
      return new Server(await miniflare.unsafeGetDirectURL(bundle.name), miniflare, runtime, folder);
    } catch (error) {
      runtime.stop();
      await miniflare.dispose().catch(() => undefined);
      throw error;
    }
  }

  /** The process that serves: after a crash, another one. */
  get runtimePid(): number {
    return this.#runtime.pid;
  }

  /** Kills the runtime as a power cut would, and waits until it serves again on the same port. */
  async kill(): Promise<void> {
    const restarted = this.#runtime.nextRestart();
    process.kill(this.runtimePid, "SIGKILL");
    await restarted;
  }

  /**
   * Ends the runtime and gives its folder back. Nothing needs to be flushed: what was acknowledged is on disk, and
   * what was not is sent again.
   */
  async dispose(): Promise<void> {
    this.#runtime.stop();
    await this.#miniflare.dispose();
    this.#folder.release();
  }
}

/** Follows the runtime's process: Miniflare restarts it after a crash, but does not say which process it is. */
class RuntimeWatch {
  readonly #folder: StateFolder;
  readonly #onCrash: ServerOptions["onCrash"];
  readonly #waiting = new Set<{ resolve(): void; reject(error: Error): void }>();
  #process: ChildProcess | undefined;
  #candidate: ChildProcess | undefined;
  #patience: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(folder: StateFolder, onCrash: ServerOptions["onCrash"]) {
    this.#folder = folder;
    this.#onCrash = onCrash;
    subscribe("child_process", this.#spawned);
  }

  get pid(): number {
    if (this.#process?.pid === undefined) throw new Error("the runtime has not started");
    return this.#process.pid;
  }

  started(): void {
    this.#process = this.#candidate;
    this.#folder.remember(this.pid);
    this.#process?.once("exit", () => this.#ended());
  }

  restarted(): void {
    clearTimeout(this.#patience);
    this.started();
    this.#onCrash?.("restarted");
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting.clear();
  }

  nextRestart(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.add({ resolve, reject }));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#patience);
    unsubscribe("child_process", this.#spawned);
  }

  // The process is announced before it has started: its program is known only later.
  readonly #spawned = (message: unknown): void => {
    const child = (message as { readonly process: ChildProcess }).process;
    child.once("spawn", () => {
      if (child.spawnfile.includes("workerd")) this.#candidate = child;
    });
  };

  #ended(): void {
    if (this.#stopped) return;
    this.#onCrash?.("ended");
    this.#patience = setTimeout(() => {
      this.#onCrash?.("failed");
      for (const { reject } of this.#waiting) reject(new Error("the runtime did not come back"));
      this.#waiting.clear();
    }, RESTART_PATIENCE_MS);
  }
}

function handler(onLog: (level: string, message: string) => void) {
  return ({ level, message }: { readonly level: string; readonly message: string }): void => onLog(level, message);
}

/** Asks before the Worker is built, so that the answer comes at once and in plain words. */
function requireFreePort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortTaken(`Port ${port} is taken.`) : error);
    });
    probe.listen({ port, host: HOST }, () => probe.close(() => resolve()));
  });
}
