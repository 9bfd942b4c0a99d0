/**
 * Builds a Worker as wrangler would deploy it, and reads from the same wrangler.toml what the runtime must bind, so
 * that what runs locally is what is deployed.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { V4ModuleDefinition, V4WorkerOptions } from "miniflare";
import { buildIfMissing } from "./built.ts";

/** What a wrangler program needs in its environment to stay silent and offline. */
export const QUIET_ENVIRONMENT = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_WRITE_LOGS: "false",
  WRANGLER_LOG: "error",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  X_LOCAL_OBSERVABILITY: "false",
} as const;

/** The project's own wrangler.toml. */
export const WRANGLER_CONFIG = fileURLToPath(new URL("../../wrangler.toml", import.meta.url).href);

/** A Worker that can be started: its modules, and what wrangler.toml says of its bindings. */
export interface WorkerBundle {
  readonly name: string;
  readonly options: V4WorkerOptions;
}

/** The Worker cannot be built; the message carries what the bundler said. */
export class BuildFailure extends Error {
  override readonly name = "BuildFailure";
}

const MODULE_TYPES: Readonly<Record<string, V4ModuleDefinition["type"]>> = {
  ".js": "ESModule",
  ".mjs": "ESModule",
  ".sql": "Text",
  ".txt": "Text",
  ".html": "Text",
  ".wasm": "CompiledWasm",
  ".bin": "Data",
};

/**
 * Builds the Worker that a wrangler.toml describes, offline, in a folder of its own that is gone afterwards.
 * Throws BuildFailure.
 */
export async function buildWorker(configPath: string = WRANGLER_CONFIG): Promise<WorkerBundle> {
  buildIfMissing();
  const folder = await mkdtemp(join(tmpdir(), "edge-oms-build-"));
  try {
    const [settings] = await Promise.all([readSettings(configPath), bundle(configPath, folder)]);
    const modules = await readModules(folder, settings.entry);
    return { name: settings.name, options: { ...settings.options, name: settings.name, modules } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function quietEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...QUIET_ENVIRONMENT, FORCE_COLOR: "0" };
}

function bundle(configPath: string, folder: string): Promise<void> {
  const wrangler = fileURLToPath(new URL("bin/wrangler.js", import.meta.resolve("wrangler/package.json")).href);
  const child = spawn(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", folder, "--config", configPath], {
    env: quietEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new BuildFailure(error.message)));
    child.on("close", (code) => (code === 0 ? resolve() : reject(new BuildFailure(said.trim()))));
  });
}

interface Settings {
  readonly name: string;
  /** The file name of the bundle's entry. */
  readonly entry: string;
  readonly options: Omit<V4WorkerOptions, "modules" | "script" | "scriptPath">;
}

async function readSettings(configPath: string): Promise<Settings> {
  Object.assign(process.env, QUIET_ENVIRONMENT);
  // Loaded only when a server is started: it takes half a second.
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import("wrangler");
  const config = unstable_readConfig({ config: configPath }, { hideWarnings: true });
  if (config.main === undefined || config.name === undefined) {
    throw new BuildFailure(`${configPath} names no Worker: it needs "name" and "main"`);
  }
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  const { modulesRules: _rules, ...options } = workerOptions;
  const main = config.main.slice(config.main.lastIndexOf("/") + 1);
  return { name: config.name, entry: main.replace(/\.[^.]+$/, ".js"), options };
}

async function readModules(folder: string, entry: string): Promise<V4ModuleDefinition[]> {
  const names = await readdir(folder);
  const modules = await Promise.all(
    names.map(async (path): Promise<V4ModuleDefinition | undefined> => {
      const type = MODULE_TYPES[extname(path)];
      if (type === undefined) return undefined;
      const bytes = await readFile(join(folder, path));
      return { type, path, contents: type === "ESModule" || type === "Text" ? bytes.toString("utf8") : bytes };
    }),
  );
  const found = modules.filter((module) => module !== undefined);
  const first = found.find(({ path }) => path === entry);
  if (first === undefined) throw new BuildFailure(`the bundle has no ${entry}`);
  return [first, ...found.filter((module) => module !== first)];
}
