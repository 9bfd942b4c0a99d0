/** What `npm run demo` plays: a market that anybody may place an order on while it trades. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { playLive } from "../../scripts/demo/live.ts";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { createClient } from "../../src/client/index.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import { eventually, type RunningServer, SECRET, startTemporaryServer } from "./support.ts";

const OWNER = "DEMO";
let running: RunningServer;

beforeAll(async () => {
  running = await startTemporaryServer();
}, 60_000);
afterAll(() => running.stop());

test("an order that is placed while the demo runs trades with the market, and may be cancelled before it does", {
  timeout: 60_000,
}, async () => {
  const { url } = running.server;
  const playing = playLive({ url, secret: SECRET, owner: OWNER, seconds: 6 });
  const token = await signToken(SECRET, { identity: "trader", owners: [OWNER], features: ["Operator"] });
  const client = createClient({ url, token });
  const Account = { OwnerID: OWNER, AccountID: "ALICE" };
  const orderOf = async (id: string) =>
    (await client.orders.list({ owner: OWNER })).find(({ RequestID }) => RequestID === id);
  await eventually(async () => (await client.orders.list({ owner: OWNER }).catch(() => [])).length > 0);

  const buy = (RequestID: string, price: number) =>
    client.requests.make({
      Type: "ClientRequestType_New",
      RequestID,
      Account,
      New: {
        Code: "BHP",
        Exchange: "DEMO",
        Side: "SIDE_BUY",
        OrderType: "ORDERTYPE_LIMIT",
        Price: Decimal.of(price),
        Quantity: Decimal.of(5),
        Lifetime: "LIFETIME_GOOD_TILL_CANCEL",
      },
    });
  const [dear, cheap] = [await buy("dear", 500), await buy("cheap", 1)];
  expect([dear.Status, cheap.Status]).toEqual(["Completed", "Completed"]);
  await eventually(async () => (await orderOf("dear"))?.Status === "Filled");
  expect(await orderOf("dear")).toMatchObject({ OrderID: dear.OrderID, Status: "Filled", IsCompleted: true });
  expect(await orderOf("cheap")).toMatchObject({ OrderID: cheap.OrderID, Status: "Open" });
  const cancel = { OrderID: cheap.OrderID ?? "" };
  const cancelled = await client.requests.make({
    Type: "ClientRequestType_Cancel",
    RequestID: "no more",
    Account,
    Cancel: cancel,
  });
  expect(cancelled).toMatchObject({ Status: "Completed", OrderID: cheap.OrderID });
  expect(await orderOf("no more")).toMatchObject({ OrderID: cheap.OrderID, Status: "Cancelled" });
  await playing;
});
