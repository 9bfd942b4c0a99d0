import { describe, expect, test } from "vitest";
import { SOCKET_HEADERS } from "../../src/owner/rpc.ts";
import { ask, Client, type Frame } from "../support/api.ts";
import { tokenFor } from "../support/token.ts";

const ownOf = (owner: string) => ({ owners: [owner], features: ["Alter"] });
const isResponse = ({ Type }: Frame) => Type === "EventMessageType_Response";
const isSnapshotFinish = ({ Type }: Frame) => Type === "EventMessageType_SnapshotFinish";
const subscribe = (Subscription: object) => ({ Type: "RequestMessageType_Subscribe", RequestID: "1", Subscription });

async function deposit(owner: string, Value: number): Promise<void> {
  const body = JSON.stringify({
    Transaction: { Account: { AccountID: "1", OwnerID: owner } },
    Transfer: { Currency: "AUD", Value },
  });
  expect((await ask("POST", "/balance", { claims: ownOf(owner), body })).status).toBe(204);
}

/** What a socket shows of the balances there are. */
async function balancesSeen(client: Client, targets: readonly object[] = []): Promise<string> {
  client.send(subscribe({ Type: "SubscriptionType_Balances", Targets: targets }));
  const frames = await client.until(isSnapshotFinish);
  client.close();
  return JSON.stringify(frames.filter(({ Type }) => Type === "EventMessageType_Update"));
}

describe("opening a socket", () => {
  test("the Owner is the only one that the caller may see, or the one that it names", async () => {
    await deposit("S1", 111);
    await deposit("S2", 222);
    expect(await balancesSeen(await Client.open("/streaming", { claims: ownOf("S1") }))).toContain('"Balance":111');
    const claims = { owners: ["S1", "S2"] };
    expect(await balancesSeen(await Client.open("/streaming?owner=S2", { claims }))).toContain('"Balance":222');
    const unsaid = await ask("GET", "/streaming", { claims, headers: { Upgrade: "websocket" } });
    expect([unsaid.status, unsaid.body]).toEqual([422, ["Field.Missing owner"]]);
  });

  test("a browser offers its token as a subprotocol and is answered oms.v1, never the token", async () => {
    await deposit("S3", 333);
    const token = await tokenFor(ownOf("S3"));
    const client = await Client.open("/streaming", {
      headers: { "Sec-WebSocket-Protocol": `oms.v1, bearer.${token}` },
    });
    expect(client.protocol).toBe("oms.v1");
    expect(await balancesSeen(client)).toContain('"Balance":333');
  });

  test("who offers no subprotocol is answered none", async () => {
    const client = await Client.open("/streaming", { claims: ownOf("S4") });
    expect(client.protocol).toBeNull();
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
    expect(await balancesSeen(await Client.open(path, { claims: ownOf("Ünïcode 日本") }))).toContain('"Balance":444');
  });

  test("enums are short when the query asks for it", async () => {
    const client = await Client.open("/streaming?compact=true", { claims: ownOf("S5") });
    client.send(subscribe({ Type: "Balances" }));
    expect((await client.next(() => true)).Type).toBe("Response");
    client.close();
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
    const seen = await balancesSeen(await Client.open("/streaming", { claims: ownOf("P1"), headers }));
    expect(seen).toContain('"Balance":555');
    expect(seen).not.toContain("666");
  });

  test("sees nothing of another, whatever targets it names", async () => {
    await deposit("P3", 777);
    await deposit("P4", 888);
    for (const target of [
      { Name: "Owner", Values: ["P4"] },
      { Name: "Account", Values: ["P4/1"] },
    ]) {
      const client = await Client.open("/streaming", { claims: ownOf("P3") });
      client.send(subscribe({ Type: "SubscriptionType_Balances", Targets: [target] }));
      const answer = await client.next(isResponse);
      expect(JSON.stringify(answer)).not.toContain("888");
      await deposit("P4", 1);
      client.send({ Type: "RequestMessageType_Synchronise", RequestID: "2" });
      const rest = await client.until((frame) => isResponse(frame));
      expect(JSON.stringify(rest)).not.toMatch(/"Balance":88[89]/);
      client.close();
    }
  });

  test("supplies no feed that it does not name, whatever headers the client sets", async () => {
    const headers = { [SOCKET_HEADERS.permissions]: JSON.stringify({ Owners: ["P5"], Feeds: ["asx"] }) };
    const client = await Client.open("/streaming", { claims: { ...ownOf("P5"), feeds: ["nyse"] }, headers });
    const Feed = { Type: "FeedRequestType_Open", Position: { Sequence: "asx" } };
    client.send({ Type: "RequestMessageType_FeedRequest", RequestID: "1", Feed });
    const answer = await client.next(isResponse);
    expect(answer).toMatchObject({ Request: { Errors: [expect.stringMatching(/^Authority/)] } });
    client.close();
    expect((await ask("GET", "/feed", { claims: ownOf("P5") })).body).toEqual([]);
  });
});
