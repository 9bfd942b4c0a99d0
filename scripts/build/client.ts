/**
 * The SDK, from `src/client/` into `dist/client/`: one file that needs nothing beside it, and its types. They are made
 * with what every platform of the web has and nothing of Node, so that a source which needs more is found out here.
 */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { schemasWithoutParser } from "./schemas.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);
const SOURCE = "src/client";
const TARGET = "dist/client";

/** Builds it anew. Throws when a source cannot be compiled. */
export async function buildClient(): Promise<void> {
  await rm(`${ROOT}/${TARGET}`, { recursive: true, force: true });
  await Promise.all([bundle(), writeTypes()]);
}

async function bundle(): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [`${SOURCE}/index.ts`],
    outfile: `${TARGET}/index.js`,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    // Whoever imports it minifies it; until then its lines are what an uncaught error shows.
    minifySyntax: true,
    legalComments: "none",
    charset: "utf8",
    logLevel: "warning",
    plugins: [schemasWithoutParser],
  });
}

const run = promisify(execFile);

async function writeTypes(): Promise<void> {
  const emission = [
    "--noEmit",
    "false",
    "--declaration",
    "--emitDeclarationOnly",
    "--rootDir",
    "src",
    "--outDir",
    TARGET,
  ];
  try {
    await run(`${ROOT}/node_modules/.bin/tsc`, ["-p", SOURCE, ...emission], { cwd: ROOT });
  } catch (cause) {
    // What the compiler finds it says on its output, which is no part of the error.
    if (cause instanceof Error && "stdout" in cause) console.error(cause.stdout);
    throw cause;
  }
}
