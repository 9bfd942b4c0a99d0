import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { app } from "../../src/api/app.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { tokenFor } from "../support/token.ts";

// Health of the Worker itself asks no Owner.
const OWNERS = {
  idFromName: (name: string) => ({ name }),
  get: () => {
    throw new Error("asked an Owner");
  },
};

const SYSTEM = { idFromName: (name: string) => ({ name }), get: () => ({ sources: async () => "[]" }) };

const secretOf = (bytes: number) => "s".repeat(bytes);

async function healthWith(secret: string | undefined): Promise<readonly [number, string]> {
  const environment = { OWNERS, SYSTEM, ...(secret !== undefined && { OMS_BOOTSTRAP_SECRET: secret }) };
  const response = await app.request("/diagnostics/health", {}, environment);
  return [response.status, await response.text()];
}

beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
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

  test("an Owner's is not told under a secret that can be guessed, even with the right token", async () => {
    const secret = secretOf(LIMITS.SECRET_BYTES - 1);
    const headers = { Authorization: `Bearer ${await tokenFor({ owners: ["XS"] }, secret)}` };
    const environment = { OWNERS, SYSTEM, OMS_BOOTSTRAP_SECRET: secret };
    const response = await app.request("/diagnostics/health?owner=XS", { headers }, environment);
    expect([response.status, await response.text()]).toEqual([503, "Unhealthy"]);
  });
});
