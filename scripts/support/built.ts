/** What `npm run build` makes, for those who cannot begin without it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ASSETS = fileURLToPath(new URL("../../dist/assets/index.html", import.meta.url).href);
const BUILD = fileURLToPath(new URL("../build.ts", import.meta.url).href);

/** Builds everything, in a second or two. Throws when that fails; its reason is on the screen then. */
export function buildAll(): void {
  const { status } = spawnSync(process.execPath, [BUILD], { stdio: "inherit" });
  if (status !== 0) throw new Error("what is in dist/ cannot be built");
}

/** Builds everything where nothing has been built: in a checkout whose `npm ci` was not run, or left out scripts. */
export function buildIfMissing(): void {
  if (!existsSync(ASSETS)) buildAll();
}
