import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { buildIfMissing } from "./scripts/support/built.ts";
import { TEST_SECRET } from "./test/support/token.ts";

const COMPATIBILITY_DATE = "2026-10-01";

/** Milliseconds after which a test counts as stuck: long enough for thousands of random runs on a busy machine. */
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000 };

// The Worker is bound to the pages that it serves.
buildIfMissing();

export default defineConfig({
  test: {
    // Many a test waits: for an idle object, for a killed server. Two at a time also where there are two cores.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...PATIENCE,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.workers.test.ts", "test/**/*.e2e.test.ts"],
        },
      },
      {
        // The storage runs in an object of its own, so that its suite shows the storage and nothing else.
        plugins: [
          cloudflareTest({
            main: "./test/storage/storage-object.ts",
            miniflare: {
              compatibilityDate: COMPATIBILITY_DATE,
              compatibilityFlags: ["nodejs_compat"],
              durableObjects: { STORAGE: { className: "StorageObject", useSQLite: true } },
            },
          }),
        ],
        test: { ...PATIENCE, name: "storage", include: ["test/storage/**/*.workers.test.ts"] },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: { bindings: { OMS_BOOTSTRAP_SECRET: TEST_SECRET, OMS_LOG_LEVEL: "warn" } },
          }),
        ],
        test: {
          ...PATIENCE,
          name: "workers",
          include: ["test/**/*.workers.test.ts"],
          exclude: ["test/storage/**"],
        },
      },
      { test: { ...PATIENCE, name: "e2e", include: ["test/**/*.e2e.test.ts"] } },
    ],
  },
});
