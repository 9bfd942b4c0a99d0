import { beforeAll, describe, expect, test } from "vitest";
import { SOCKET_HEADERS } from "../../src/owner/rpc.ts";
import type { Client } from "../owner/client.ts";
import { ask, defineOwner, openSocket } from "../support/api.ts";
import { tokenFor } from "../support/token.ts";

const ownOf = (owner: string) => ({ owners: [owner], features: ["Alter"] });
const subscription = (...targets: readonly object[]) => ({ Type: "Balances", Targets: targets });

async function deposit(owner: string, Value: number): Promise<void> {
  const body = JSON.stringify({
    Transaction: { Account: { AccountID: "1", OwnerID: owner } },
    Transfer: { Currency: "AUD", Value },
  });
  expect((await ask("POST", "/balance", { claims: ownOf(owner), body })).status).toBe(204);
}

/** What a socket shows of the balances there are, and of those that change while it waits. */
async function balancesSeen({ client }: { client: Client }, ...targets: readonly object[]): Promise<string> {
  client.send({ Type: "Subscribe", RequestID: "1", Subscription: subscription(...targets) });
  await client.until(
    ({ Type, Request }) => Type === "EventMessageType_SnapshotFinish" || Request?.Errors !== undefined,
  );
  await client.synchronise();
  client.close();
  return client.texts.join("\n");
}

beforeAll(async () => {
  for (const owner of ["S1", "S2", "S3", "S4", "S5", "P1", "P2", "P3", "P4", "P5", "Ünïcode 日本"])
    await defineOwner(owner);
});

describe("opening a socket", () => {
  test("the Owner is the only one that the caller may see, or the one that it names", async () => {
    await deposit("S1", 111);
    await deposit("S2", 222);
    expect(await balancesSeen(await openSocket("/streaming", { claims: ownOf("S1") }))).toContain('"Balance":111');
    const claims = { owners: ["S1", "S2"] };
    expect(await balancesSeen(await openSocket("/streaming?owner=S2", { claims }))).toContain('"Balance":222');
    const unsaid = await ask("GET", "/streaming", { claims, headers: { Upgrade: "websocket" } });
    expect([unsaid.status, unsaid.body]).toEqual([422, ["Field.Missing owner"]]);
  });

  test("a browser offers its token as a subprotocol and is answered oms.v1, never the token", async () => {
    await deposit("S3", 333);
    const token = await tokenFor(ownOf("S3"));
    const client = await openSocket("/streaming", {
      headers: { "Sec-WebSocket-Protocol": `oms.v1, bearer.${token}` },
    });
    expect(client.protocol).toBe("oms.v1");
    expect(await balancesSeen(client)).toContain('"Balance":333');
  });

  test("who offers no subprotocol is answered none", async () => {
    const { client, protocol } = await openSocket("/streaming", { claims: ownOf("S4") });
    expect(protocol).toBeNull();
    client.close();
  });

  test("400 for subprotocols without oms.v1, which a browser would hang up on", async () => {
    const headers = { Upgrade: "websocket", "Sec-WebSocket-Protocol": `bearer.${await tokenFor(ownOf("S4"))}` };
    const { status, body } = await ask("GET", "/streaming", { headers });
    expect([status, body]).toEqual([400, ["Field.Invalid Sec-WebSocket-Protocol"]]);
  });

  test.each<[string, Record<string, string>]>([
    ["without an upgrade", {}],
    ["with an upgrade to something else", { Upgrade: "h2c" }],
  ])("426 %s", async (_what, headers) => {
    const { status, body, headers: answered } = await ask("GET", "/streaming", { claims: ownOf("S4"), headers });
    expect([status, body, answered.get("Upgrade")]).toEqual([426, ["Message.Upgrade"], "websocket"]);
  });

  test("an Owner whose name is beyond ASCII is the same over HTTP and the socket", async () => {
    await deposit("Ünïcode 日本", 444);
    const path = `/streaming?owner=${encodeURIComponent("Ünïcode 日本")}`;
    expect(await balancesSeen(await openSocket(path, { claims: ownOf("Ünïcode 日本") }))).toContain('"Balance":444');
  });

  test("enums are short when the query asks for it", async () => {
    await deposit("S5", 1);
    const short = await balancesSeen(await openSocket("/streaming?compact=true", { claims: ownOf("S5") }));
    const full = await balancesSeen(await openSocket("/streaming?compact=false", { claims: ownOf("S5") }));
    expect(short).toContain('"Type":"SnapshotFinish"');
    expect(full).toContain('"Type":"EventMessageType_SnapshotFinish"');
  });
});

describe("a token for one Owner", () => {
  test("sees nothing of another, whatever headers the client sets", async () => {
    await deposit("P1", 555);
    await deposit("P2", 666);
    const headers = {
      [SOCKET_HEADERS.owner]: "P2",
      [SOCKET_HEADERS.permissions]: JSON.stringify({ Owners: ["P2"], Features: ["Admin"], Feeds: ["asx"] }),
    };
    const seen = await balancesSeen(await openSocket("/streaming", { claims: ownOf("P1"), headers }));
    expect(seen).toContain('"Balance":555');
    expect(seen).not.toContain('"Balance":666');
  });

  test("sees nothing of another, whatever targets it names", async () => {
    await deposit("P3", 777);
    await deposit("P4", 888);
    for (const target of [
      { Name: "Owner", Values: ["P4"] },
      { Name: "Account", Values: ["P4/1"] },
    ]) {
      const opened = await openSocket("/streaming", { claims: ownOf("P3") });
      const seeing = balancesSeen(opened, target);
      await deposit("P4", 0.5);
      expect(await seeing).not.toContain('"Balance":888');
    }
  });

  test("supplies no feed that it does not name, whatever headers the client sets", async () => {
    const headers = { [SOCKET_HEADERS.permissions]: JSON.stringify({ Owners: ["P5"], Feeds: ["asx"] }) };
    const { client } = await openSocket("/streaming", { claims: { ...ownOf("P5"), feeds: ["nyse"] }, headers });
    client.feed("asx", "Open");
    await client.synchronise();
    expect(client.errors).toEqual([expect.stringMatching(/^Authority/)]);
    client.close();
    expect((await ask("GET", "/feed", { claims: ownOf("P5") })).body).toEqual([]);
  });
});
