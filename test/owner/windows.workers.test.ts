import { describe, expect, it } from "vitest";
import { deposit } from "./actions.ts";
import { Client } from "./client.ts";
import { between, MODES, newOwner } from "./object.ts";

/** A market of one adapter, whose deposits each become durable, and a frame, of their own. */
async function market() {
  const owner = newOwner();
  const adapter = await Client.connect(owner, { feeds: ["asx"], identity: "adapter" });
  await adapter.open("asx");
  let position = 0;
  const depositOne = async () => {
    adapter.feed("asx", "Action", ++position, deposit(owner, `D${position}`, 1));
    await adapter.synchronise();
  };
  return { owner, depositOne };
}

async function subscriber(owner: string, options: object = {}): Promise<Client> {
  const client = await Client.connect(owner);
  client.send({ Type: "Subscribe", Subscription: { Type: "Balances", ...options } });
  await client.synchronise();
  return client;
}

/** How many frames of the stream came. */
function receivedBy({ received }: Client): number {
  return received.filter(({ Type = "" }) => /_(Snapshot(Start|Finish)|Update|Bookmark)$/.test(Type)).length;
}

async function acknowledge(client: Client, Received = receivedBy(client)): Promise<void> {
  client.send({ Type: "Acknowledge", Received });
  await client.synchronise();
}

function balancesOf({ events }: Client): readonly number[] {
  return events.map(({ Balance }) => Number(Balance?.Balance?.toString()));
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe.each(MODES)("windows (%s)", (mode) => {
  it("let a socket that acknowledges nothing have so many frames and no more, and delay nobody beside it", async () => {
    const { owner, depositOne } = await market();
    const stalled = await subscriber(owner, { Window: 5 });
    const unbounded = await subscriber(owner);
    const reading = await subscriber(owner, { Window: 3 });
    await acknowledge(reading);
    for (let made = 1; made <= 20; made++) {
      await depositOne();
      await between(mode, owner);
      await acknowledge(reading);
      await unbounded.synchronise();
      await stalled.synchronise();
      expect(balancesOf(reading)).toEqual(upTo(made));
      expect(balancesOf(unbounded)).toEqual(upTo(made));
      expect(receivedBy(stalled)).toBe(Math.min(5, 2 + made));
    }
    expect(stalled.closed).toBeUndefined();
  });

  it("lose nothing and repeat nothing when their client goes on after a while, from the log and then live", async () => {
    const { owner, depositOne } = await market();
    const client = await subscriber(owner, { Window: 4 });
    for (let made = 0; made < 10; made++) await depositOne();
    expect(balancesOf(client)).toEqual([1, 2]);
    for (let before = -1; before < balancesOf(client).length; ) {
      before = balancesOf(client).length;
      await between(mode, owner);
      await acknowledge(client);
    }
    expect(balancesOf(client)).toEqual(upTo(10));
    await between(mode, owner);
    await depositOne();
    await client.synchronise();
    expect(balancesOf(client)).toEqual(upTo(11));
    await between(mode, owner);
    await acknowledge(client, receivedBy(client) + 1);
    expect(client.errors).toEqual(["Field.Invalid Received"]);
  });
});
