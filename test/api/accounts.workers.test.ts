import { describe, expect, test } from "vitest";
import { ask, someOwner } from "../support/api.ts";

const details = (OwnerID: string, Name: string, AccountID = "1") => ({ Account: { AccountID, OwnerID }, Name });

/** Defines an account; gives the moment at which it was so. */
async function define(owner: string, name: string, accountId?: string): Promise<string> {
  const claims = { owners: [owner], features: ["Alter"] };
  const body = JSON.stringify(details(owner, name, accountId));
  const { status, headers } = await ask("POST", "/account", { claims, body });
  expect(status).toBe(204);
  return headers.get("X-OMS-At") ?? "";
}

describe("accounts as at a moment", () => {
  test("are what they were then, however they are asked for", async () => {
    const owner = await someOwner();
    const claims = { owners: [owner] };
    const first = await define(owner, "first");
    const second = await define(owner, "second");
    await define(owner, "another", "2");
    const before = new Date(Date.parse(first) - 1000).toISOString();
    const one = `/account/byid/${owner}/1`;
    const name = async (asAt: string) => (await ask("GET", `${one}?${asAt}`, { claims })).body;
    expect(await name(`asAt=${first}`)).toMatchObject({ Name: "first" });
    expect(await name(`asAt=${second}`)).toMatchObject({ Name: "second" });
    expect(await name(`asAt=${before}`)).toEqual(["Unknown"]);
    expect(await name("asAt[oms]=1")).toMatchObject({ Name: "first" });
    expect(await name("asAt[oms]=2")).toMatchObject({ Name: "second" });
    expect(await name("asAt[oms]=99")).toMatchObject({ Name: "second" });
    for (const [method, path, body] of [
      ["GET", `/account?asAt=${first}`],
      ["GET", `/account/byid/${owner}?asAt=${first}`],
      ["GET", `/account/byid/${owner}?asAt[oms]=1`],
      ["GET", `/account/byids?id=${owner}/1&id=${owner}/2&asAt=${first}`],
      ["POST", `/account/byids?asAt=${first}`, JSON.stringify([`${owner}/1`, `${owner}/2`])],
    ] as const) {
      const answer = await ask(method, path, { claims, ...(body !== undefined && { body }) });
      expect([path, answer.body]).toEqual([path, [details(owner, "first")]]);
    }
  });

  test("say the moment that they were read at, and asking again with it gives the same", async () => {
    const owner = await someOwner();
    const claims = { owners: [owner] };
    const path = `/account/byid/${owner}`;
    await define(owner, "first");
    const { headers, body } = await ask("GET", path, { claims });
    await define(owner, "second");
    const again = await ask("GET", `${path}?asAt=${headers.get("X-OMS-At")}`, { claims });
    expect([again.body, again.headers.get("X-OMS-At")]).toEqual([body, headers.get("X-OMS-At")]);
  });

  test.each([
    ["/account?asAt[oms]=", 400, "Field.Invalid asAt[oms]"],
    ["/account?asAt=yesterday", 400, "Field.Invalid asAt"],
    ["/account/byid/OWNER?asAt[oms]=-1", 400, "Field.Invalid asAt[oms]"],
    ["/account/byid/OWNER?asAt[oms]=1&asAt=2026-01-01T00:00:00Z", 400, "Field.Invalid asAt"],
    ["/account/byid/OWNER?asAt[oms]=1&asAt[system]=1", 400, "Field.Invalid asAt"],
  ])("%s is refused: %s %s", async (path, status, code) => {
    const owner = await someOwner();
    const answer = await ask("GET", path.replace("OWNER", owner), { claims: { owners: [owner] } });
    expect([answer.status, answer.body]).toEqual([status, [code]]);
  });
});
