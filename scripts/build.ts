/**
 * `npm run build`, also at the end of `npm ci`: makes in `dist/` what is not run from its sources. Every part is built
 * from nothing, so that what is there is never of two minds.
 */

import { buildCommandLine } from "./build/cli.ts";
import { buildClient } from "./build/client.ts";
import { buildDashboard } from "./build/dashboard.ts";
import { buildDocs } from "./build/docs.ts";

interface Part {
  readonly name: string;
  build(): Promise<void>;
}

const PARTS: readonly Part[] = [
  { name: "SDK", build: buildClient },
  { name: "command line", build: buildCommandLine },
  { name: "dashboard", build: buildDashboard },
  { name: "API reference", build: buildDocs },
];

for (const { name, build } of PARTS) {
  try {
    await build();
  } catch (error) {
    console.error(`The ${name} cannot be built.`);
    throw error;
  }
}
