/** The secret that signs bootstrap tokens on a developer's machine, in the file where wrangler looks for it too. */
import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const NAME = "OMS_BOOTSTRAP_SECRET";
const LINE = new RegExp(`^\\s*(?:export\\s+)?${NAME}\\s*=\\s*(["']?)(.*?)\\1\\s*$`, "m");

/** Where the secret is kept: OMS_SECRET_FILE, else `.dev.vars` beside wrangler.toml. */
export function secretFile(): string {
  return process.env.OMS_SECRET_FILE ?? fileURLToPath(new URL("../../.dev.vars", import.meta.url).href);
}

/** The secret in a file; undefined when the file or the line is not there. */
export function readSecret(file: string = secretFile()): string | undefined {
  if (!existsSync(file)) return undefined;
  const secret = LINE.exec(readFileSync(file, "utf8"))?.[2];
  return secret === "" ? undefined : secret;
}

/** The secret in a file; makes one, readable by its owner alone, when there is none. */
export function readOrMakeSecret(file: string = secretFile()): { readonly secret: string; readonly made: boolean } {
  const known = readSecret(file);
  if (known !== undefined) return { secret: known, made: false };
  const secret = randomBytes(32).toString("hex");
  const separator = existsSync(file) && !readFileSync(file, "utf8").endsWith("\n") ? "\n" : "";
  appendFileSync(file, `${separator}${NAME}="${secret}"\n`, { mode: 0o600 });
  return { secret, made: true };
}
