import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { app } from "../../src/api/app.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { beginHour, passTime } from "../support/installation.ts";
import { tokenFor } from "../support/token.ts";

// Health of the Worker itself asks no Owner.
const OWNERS = {
  idFromName: (name: string) => ({ name }),
  get: () => {
    throw new Error("asked an Owner");
  },
};

/** How often the System was asked. */
let asked = 0;

/** A System with so many identity sources. */
function systemWith(sources: number | "none that answers", status = "Healthy") {
  const health = async () => {
    if (sources === "none that answers") throw new Error("Network connection lost.");
    asked++;
    return { status, bytesUsed: 0, head: 0, sources };
  };
  return { idFromName: (name: string) => ({ name }), get: () => ({ health }) };
}

const secretOf = (bytes: number) => "s".repeat(bytes);

async function healthWith(
  secret: string | undefined,
  sources: number | "none that answers" = 0,
  status = "Healthy",
): Promise<readonly [number, string]> {
  const environment = {
    OWNERS,
    SYSTEM: systemWith(sources, status),
    ...(secret !== undefined && { OMS_BOOTSTRAP_SECRET: secret }),
  };
  const response = await app.request("/diagnostics/health", {}, environment);
  return [response.status, await response.text()];
}

beforeEach(() => {
  beginHour();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("health of the Worker, for anybody", () => {
  test.each([
    ["no secret", undefined],
    ["an empty secret", ""],
    ["a secret that can be guessed", secretOf(LIMITS.SECRET_BYTES - 1)],
  ])("503 Unhealthy with %s, for nobody can be let in; the log says why, without the secret", async (_what, secret) => {
    expect(await healthWith(secret)).toEqual([503, "Unhealthy"]);
    const logged = vi.mocked(console.error).mock.calls.flat().join(" ");
    expect(logged).toContain("OMS_BOOTSTRAP_SECRET");
    if (secret) expect(logged).not.toContain(secret);
  });

  test("Healthy with one that is long enough", async () => {
    expect(await healthWith(secretOf(LIMITS.SECRET_BYTES))).toEqual([200, "Healthy"]);
  });

  test("Healthy without a secret when there is an identity source", async () => {
    expect(await healthWith(undefined, 1)).toEqual([200, "Healthy"]);
    expect(console.error).not.toHaveBeenCalled();
  });

  test("Degraded with one that can be guessed beside an identity source; the log says why", async () => {
    expect(await healthWith(secretOf(LIMITS.SECRET_BYTES - 1), 1)).toEqual([200, "Degraded"]);
    expect(vi.mocked(console.error).mock.calls.flat().join(" ")).toContain("OMS_BOOTSTRAP_SECRET");
  });

  test.each([undefined, secretOf(LIMITS.SECRET_BYTES)])(
    "503 Unhealthy when the System does not answer",
    async (secret) => {
      expect(await healthWith(secret, "none that answers")).toEqual([503, "Unhealthy"]);
    },
  );

  test("Degraded when the System is", async () => {
    expect(await healthWith(secretOf(LIMITS.SECRET_BYTES), 1, "Degraded")).toEqual([200, "Degraded"]);
  });

  test("the System is asked once in HEALTH_REMEMBERED_MS, however often anybody asks", async () => {
    asked = 0;
    const ask = () => healthWith(secretOf(LIMITS.SECRET_BYTES));
    await ask();
    passTime(LIMITS.HEALTH_REMEMBERED_MS - 1);
    await ask();
    expect(asked).toBe(1);
    passTime(1);
    await ask();
    expect(asked).toBe(2);
  });

  test("an Owner's is not told under a secret that can be guessed, even with the right token", async () => {
    const secret = secretOf(LIMITS.SECRET_BYTES - 1);
    const headers = { Authorization: `Bearer ${await tokenFor({ owners: ["XS"] }, secret)}` };
    const environment = { OWNERS, SYSTEM: systemWith(0), OMS_BOOTSTRAP_SECRET: secret };
    const response = await app.request("/diagnostics/health?owner=XS", { headers }, environment);
    expect([response.status, await response.text()]).toEqual([503, "Unhealthy"]);
  });
});
