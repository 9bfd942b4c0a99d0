/** The command line, from `src/cli/` into `dist/cli/oms.js`: one file, beside which its packages stay as they are. */
import { chmod, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);
const TARGET = "dist/cli";

/** Builds it anew. Throws when a source cannot be compiled. */
export async function buildCommandLine(): Promise<void> {
  await rm(`${ROOT}/${TARGET}`, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/cli/main.ts"],
    outfile: `${TARGET}/oms.js`,
    bundle: true,
    // The packages read files of their own, such as the argument parser's words.
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node22",
    charset: "utf8",
    logLevel: "warning",
  });
  await chmod(`${ROOT}/${TARGET}/oms.js`, 0o755);
}
