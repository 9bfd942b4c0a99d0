/** What the command line of the simulation says, and how it exits. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);

function run(...parameters: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/simulate.ts", ...parameters], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("npm run simulate", () => {
  it("plays so many steps of each seed from the first, and says what happened", () => {
    const { status, stdout } = run("--seed", "7", "--steps", "60", "--seeds", "2");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^seed 7: 60 steps, .*\nseed 8: 60 steps, .*: every rule held\n2 seeds, 120 steps, /);
  });

  it("draws a seed that it says when none is named", () => {
    expect(run("--steps", "20").stdout).toMatch(/^seed \d+: 20 steps/);
  });

  it.each([
    ["--seed", "x"],
    ["--steps", "-1"],
    ["--sed", "1"],
  ])("refuses %s %s with 2, and says how it is used", (...parameters) => {
    const { status, stderr } = run(...parameters);
    expect(status).toBe(2);
    expect(stderr).toContain("npm run simulate -- --seed 7 --steps 10000");
  });
});
