import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundleDashboard } from "../../scripts/build/dashboard.ts";

const MOST_BYTES = 60_000;

test("the dashboard weighs at most 60 kB compressed, and the chart, which is loaded when it is opened, is not in it", async () => {
  const { outputFiles } = await bundleDashboard();
  const files = outputFiles.map(({ path, contents, text }) => ({
    name: basename(path),
    bytes: gzipSync(contents).length,
    text,
  }));
  const chart = files.filter(({ name }) => name.startsWith("chart-"));
  const page = files.filter(({ name }) => !name.startsWith("chart-"));
  expect(chart).toHaveLength(1);
  expect(page.length).toBeGreaterThanOrEqual(3);
  // uPlot calls its own parts so; its style sheet is small, and belongs to the page.
  expect(chart[0]?.text).toContain("u-over");
  expect(page.filter(({ name, text }) => name.endsWith(".js") && text.includes("u-over"))).toEqual([]);
  expect(page.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(MOST_BYTES);
});
