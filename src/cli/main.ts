#!/usr/bin/env node
/** `oms`: asks and tells an Edge OMS from a terminal. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EXIT, failureOf } from "./exit-codes.ts";
import { run } from "./program.ts";
import { processTerminal } from "./terminal.ts";

// Whoever reads the output may have enough of it: that is no error, and nothing is left to be done.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.brokenPipe);
});
process.stderr.on("error", () => process.exit(EXIT.brokenPipe));
// Nothing needs to be tidied up: what was sent is on disk at the server, or may be sent again.
process.once("SIGINT", () => process.exit(EXIT.interrupted));

try {
  await run(process.argv.slice(2), {
    terminal: processTerminal(),
    environment: process.env,
    version: ownVersion(),
  });
} catch (error) {
  const failure = failureOf(error);
  if (failure === undefined) console.error("A mistake in this program:", error);
  for (const line of failure?.lines ?? []) console.error(`oms: ${line}`);
  process.exitCode = failure?.code ?? EXIT.internal;
}

/** From `package.json`, which is as far from the sources as from what is built of them. */
function ownVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(fileURLToPath(new URL("../../package.json", import.meta.url).href), "utf8"),
  );
  const version = typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, "version") : undefined;
  return typeof version === "string" ? version : "unknown";
}
