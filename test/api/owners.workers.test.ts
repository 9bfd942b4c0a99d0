import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { newOwner } from "../owner/object.ts";
import { ask, openSocket, someOwner } from "../support/api.ts";
import type { Claims } from "../support/token.ts";
import { audit, get, headPosition, OPERATOR, post, remove, seen, testCommonResource } from "./common-resource.ts";

const PATH = "/owner";
const pathOf = (name: string) => `${PATH}/byid/${encodeURIComponent(name)}`;
const patch = (path: string, body: object = {}, claims = OPERATOR) =>
  ask("PATCH", path, { claims, body: JSON.stringify(body) });
const account = (OwnerID: string, AccountID = "1") => ({ Account: { OwnerID, AccountID } });
const cash = (OwnerID: string) => ({
  Transaction: account(OwnerID),
  Transfer: { Currency: "AUD", Value: 10 },
});
/** Admin and Alter of some Owners alone. */
const ruling = (...owners: readonly string[]) => ({ owners, features: ["Admin", "Alter"] });

describe("an Owner", () => {
  testCommonResource({
    path: PATH,
    pathOf,
    details: (OwnerID) => ({
      OwnerID,
      Name: "A broker",
      Destinations: [{ ExDestination: "BANK", Route: "bank" }],
      Metadata: { LocationHint: "oc", colour: "blue" },
    }),
    change: { Name: "Another broker", Destinations: undefined },
    nameless: ["Field.Missing OwnerID"],
    absent: { read: "Owner.Unknown", removed: (name) => `Owner.Unknown ${name}` },
  });

  const destination = (change: object) => ({
    OwnerID: "E",
    Destinations: [{ ExDestination: "A", Route: "a" }, change],
  });

  test.each<[object, number, string]>([
    [{ OwnerID: "" }, 422, "Field.Missing OwnerID"],
    [{ OwnerID: 1 }, 400, "Field.Invalid OwnerID"],
    [destination({}), 422, "Field.Missing Destinations[1].ExDestination"],
    [destination({ ExDestination: "A", Route: "b" }), 400, "Field.Invalid Destinations[1].ExDestination"],
    [destination({ ExDestination: "B" }), 422, "Field.Missing Destinations[1].Route"],
    [destination({ ExDestination: "B", Route: "oms" }), 400, "Field.Invalid Destinations[1].Route"],
    [{ OwnerID: "E", Metadata: { LocationHint: "moon" } }, 400, "Field.Invalid Metadata.LocationHint"],
    [{ OwnerID: "E", Metadata: { Jurisdiction: "moon" } }, 400, "Field.Invalid Metadata.Jurisdiction"],
  ])("%j is refused", async (body, status, code) => {
    expect(seen(await post(PATH, body))).toEqual([status, [code]]);
    expect((await get(pathOf("E"))).status).toBe(404);
  });

  test.each(["a/b", "a@b", ".", "..", "a\u0000b", "x".repeat(LIMITS.OWNER_ID_CHARACTERS + 1)])(
    "%j cannot be its name",
    async (OwnerID) => {
      expect(seen(await post(PATH, { OwnerID }))).toEqual([400, ["Field.Invalid OwnerID"]]);
    },
  );

  test("of the longest name, and of any letters, is taken and reached", async () => {
    for (const OwnerID of ["x".repeat(LIMITS.OWNER_ID_CHARACTERS), "Müller & Söhne 100%", "日本 ?#"]) {
      expect((await post(PATH, { OwnerID })).status).toBe(204);
      expect(seen(await get(pathOf(OwnerID)))).toEqual([200, { OwnerID }]);
      expect((await post("/account", account(OwnerID))).status).toBe(204);
      expect((await get(`/account/byid/${encodeURIComponent(OwnerID)}/1`)).status).toBe(200);
    }
  });

  test("does not move from one jurisdiction to another", async () => {
    const OwnerID = await someOwner();
    const moved = await post(PATH, { OwnerID, Metadata: { Jurisdiction: "eu" } });
    expect(seen(moved)).toEqual([400, ["Field.Invalid Metadata.Jurisdiction"]]);
  });

  test("is told of its redefinition as a whole", async () => {
    const OwnerID = await someOwner();
    await post(PATH, { OwnerID, Name: "first", Metadata: { colour: "blue" } });
    await post(PATH, { OwnerID, Name: "second" });
    expect((await get(pathOf(OwnerID))).body).toEqual({ OwnerID, Name: "second" });
  });
});

describe("who may see which Owners", () => {
  test("GET /owner shows those that the caller may see and that exist, in order", async () => {
    const [one, two, three] = [await someOwner(), await someOwner(), await someOwner()];
    const shown = async (claims: Claims) => {
      const { body } = await ask("GET", PATH, { claims });
      return Array.isArray(body) ? body.map(({ OwnerID }) => OwnerID) : body;
    };
    expect(await shown({ owners: [three, "nobody", one] })).toEqual([one, three].sort());
    expect(await shown({ owners: [two], features: ["Admin", "Operator"] })).toEqual([two]);
    expect(await shown({ features: ["Alter", "Audit", "Query"] })).toEqual([]);
    expect(await shown({ owners: ["nobody"] })).toEqual([]);
    for (const feature of ["Admin", "Operator"]) {
      expect(await shown({ features: [feature] })).toEqual(expect.arrayContaining([one, two, three]));
    }
  });

  test("as at a moment, those that existed then", async () => {
    const owner = newOwner();
    const position = await headPosition();
    await post(PATH, { OwnerID: owner });
    const shown = async (query: string) => (await ask("GET", PATH + query, { claims: { owners: [owner] } })).body;
    expect(await shown(`?asAt[system]=${position}`)).toEqual([]);
    expect(await shown(`?asAt[system]=${position + 1}`)).toEqual([{ OwnerID: owner }]);
    await remove(pathOf(owner));
    expect(await shown("")).toEqual([]);
    expect(await shown(`?asAt[system]=${position + 1}`)).toEqual([{ OwnerID: owner }]);
  });

  test("who is limited to some cannot define, undefine or rename others, nor give one a name that is not theirs", async () => {
    const [own, other] = [await someOwner(), await someOwner()];
    const head = await headPosition();
    const claims = ruling(own);
    expect(seen(await post(PATH, { OwnerID: newOwner() }, claims))).toEqual([403, ["Authority"]]);
    expect(seen(await post(PATH, { OwnerID: other, Name: "mine" }, claims))).toEqual([403, ["Authority"]]);
    expect(seen(await remove(pathOf(other), claims))).toEqual([404, ["Owner.Unknown"]]);
    expect(seen(await remove(`${pathOf(other)}?force=true`, claims))).toEqual([404, ["Owner.Unknown"]]);
    expect(seen(await patch(`${pathOf(other)}?newOwner=${own}`, {}, claims))).toEqual([404, ["Owner.Unknown"]]);
    expect(seen(await patch(`${pathOf(own)}?newOwner=elsewhere`, {}, claims))).toEqual([403, ["Authority"]]);
    expect(seen(await ask("GET", pathOf(other), { claims }))).toEqual([404, ["Owner.Unknown"]]);
    expect(await headPosition()).toBe(head);
    expect((await post(PATH, { OwnerID: own, Name: "mine" }, claims)).status).toBe(204);
    expect((await remove(pathOf(own), claims)).status).toBe(204);
  });
});

describe("undefining an Owner", () => {
  test("is refused while it has live records, unless it is forced; then its sockets close with 4404", async () => {
    const owner = await someOwner();
    await post("/balance", cash(owner));
    const { client } = await openSocket("/streaming", { claims: { owners: [owner] } });
    const head = await headPosition();
    for (const query of ["", "?force=false"]) {
      expect(seen(await remove(pathOf(owner) + query))).toEqual([422, [`Owner.Occupied ${owner}`]]);
    }
    expect(await headPosition()).toBe(head);
    await client.synchronise();
    expect((await get(`/balance/for/${owner}`)).body).toMatchObject([{ Balance: 10 }]);
    expect((await remove(`${pathOf(owner)}?force=true`)).status).toBe(204);
    expect((await client.untilClosed()).code).toBe(4404);
    expect(seen(await get(`/balance/for/${owner}`))).toEqual([404, ["Owner.Unknown"]]);
    expect(seen(await post("/balance", cash(owner)))).toEqual([404, ["Owner.Unknown"]]);
  });

  test("its name, defined anew, leads to an empty Owner", async () => {
    const owner = await someOwner();
    await post("/balance", cash(owner));
    await remove(`${pathOf(owner)}?force=true`);
    await post(PATH, { OwnerID: owner });
    expect(seen(await get(`/balance/for/${owner}`))).toEqual([200, []]);
    expect((await get(`/feed?owner=${owner}`)).body).toEqual([]);
  });

  test.each([
    ["force=yes", "Field.Invalid force"],
    ["force=", "Field.Invalid force"],
    ["force=true&force=true", "Field.Invalid force"],
    ["forced=true", "Field.Unknown forced"],
  ])("the query %s is refused", async (query, code) => {
    const owner = await someOwner();
    expect(seen(await remove(`${pathOf(owner)}?${query}`))).toEqual([400, [code]]);
    expect((await get(pathOf(owner))).status).toBe(200);
  });
});

describe("renaming an Owner", () => {
  test("its records go with it under the new name, and the old one leads nowhere", async () => {
    const [owner, renamed] = [await someOwner(), newOwner()];
    await post("/balance", cash(owner));
    const { client } = await openSocket("/streaming", { claims: { owners: [owner] } });
    const answer = await patch(`${pathOf(owner)}?newOwner=${renamed}`, { TransformID: "T1", Comments: "sold" });
    expect(seen(answer)).toEqual([204, undefined]);
    expect((await client.untilClosed()).code).toBe(4404);
    expect(seen(await get(pathOf(owner)))).toEqual([404, ["Owner.Unknown"]]);
    expect(seen(await get(`/balance/for/${owner}`))).toEqual([404, ["Owner.Unknown"]]);
    expect((await get(pathOf(renamed))).body).toEqual({ OwnerID: renamed });
    await expect
      .poll(async () => (await get(`/balance/for/${renamed}`)).body)
      .toMatchObject([{ Account: { OwnerID: renamed, AccountID: "1" }, Balance: 10 }]);
    const [record] = (await audit()).slice(-1);
    expect(record?.Update?.Operation).toEqual({
      Type: "OperationType_TransformOwner",
      OwnerTransform: {
        Type: "OwnerTransformType_Rename",
        TransformID: "T1",
        Parameters: { newOwner: renamed },
        Text: "sold",
        OwnerID: owner,
      },
    });
  });

  test("is refused for a name that is missing, no name, taken, or of nobody", async () => {
    const [owner, taken] = [await someOwner(), await someOwner()];
    const head = await headPosition();
    const to = (query: string, from = owner, body = {}) => patch(`${pathOf(from)}${query}`, body).then(seen);
    expect(await to("")).toEqual([422, ["Field.Missing newOwner"]]);
    expect(await to("?newOwner=")).toEqual([400, ["Field.Invalid newOwner"]]);
    expect(await to("?newOwner=a%2Fb")).toEqual([400, ["Field.Invalid newOwner"]]);
    expect(await to(`?newOwner=${"x".repeat(LIMITS.OWNER_ID_CHARACTERS + 1)}`)).toEqual([
      400,
      ["Field.Invalid newOwner"],
    ]);
    expect(await to(`?newOwner=b&newOwner=c`)).toEqual([400, ["Field.Invalid newOwner"]]);
    expect(await to(`?newOwner=${taken}`)).toEqual([409, [`Owner.Taken ${taken}`]]);
    expect(await to(`?newOwner=${owner}`)).toEqual([409, [`Owner.Taken ${owner}`]]);
    expect(await to("?newOwner=b", "nobody")).toEqual([404, ["Owner.Unknown nobody"]]);
    expect(await to("?newOwner=b", owner, { Prise: 1 })).toEqual([400, ["Field.Unknown Prise"]]);
    expect(await headPosition()).toBe(head);
    expect((await get(pathOf(owner))).status).toBe(200);
  });
});
