import { beforeAll, describe, expect, test } from "vitest";
import { type Client, Decimal } from "../../src/client/index.ts";
import { someOwner, supply } from "../support/api.ts";
import { all, clientOf, clientWith, refusalOf } from "./worker.ts";

/** Transfers that a feed brought, at positions from 1 on. */
const TRANSFERS = 5;
const SINCE = "2026-01-01";

let owner: string;
let other: string;
let client: Client;
/** Sees both. */
let auditor: Client;

beforeAll(async () => {
  [owner, other] = [await someOwner(), await someOwner()];
  client = clientOf(owner);
  auditor = clientOf(owner, other);
  for (const each of [owner, other]) {
    const order = (Code: string) => ({
      OrderID: `O${Code}`,
      Account: { OwnerID: each, AccountID: "1" },
      Code,
      Exchange: "asx",
      Currency: "AUD",
      Side: "BUY",
      Price: 2,
      Quantity: 3,
      ExecutedQuantity: 1,
      ExecutedValue: 2,
    });
    const transfers = Array.from({ length: TRANSFERS }, (_, index) => ({
      Type: "ExternalActionType_CashTransfer",
      Transaction: { TransactionID: `T${index}`, Account: { OwnerID: each, AccountID: String(index % 2) } },
      CashTransfer: { Currency: "AUD", Value: "0.10" },
    }));
    const trade = {
      Type: "ExternalActionType_Trade",
      Order: order("BHP"),
      Trade: { TradeID: "B1", Type: "Trade", Price: 2, Quantity: 1 },
    };
    await supply(each, "asx", [...transfers, trade]);
  }
});

interface Placed {
  readonly Sequence?: string | undefined;
  readonly ID?: number | undefined;
}

const ofFeed = (records: readonly Placed[]) =>
  records.filter(({ Sequence }) => Sequence?.endsWith("asx")).map(({ ID }) => ID);

describe("the audit", () => {
  test("is told between positions, after a time, after positions and up to positions", async () => {
    const { audit } = client;
    expect(ofFeed(await all(audit.between({ asx: 1 }, { asx: 3 })))).toEqual([2, 3]);
    expect(ofFeed(await all(audit.fromDate(SINCE)))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(ofFeed(await all(audit.fromDate(SINCE, { to: { asx: 2 } })))).toEqual([1, 2]);
    expect(ofFeed(await all(audit.fromPosition({ asx: 4 })))).toEqual([5, 6]);
    expect(ofFeed(await all(audit.fromPosition({ asx: 4 }, { to: new Date(0) })))).toEqual([]);
    expect(ofFeed(await all(audit.toPosition({ asx: 2 })))).toEqual([1, 2]);
    expect(ofFeed(await all(audit.toPosition({ asx: 2 }, { from: { asx: 1 } })))).toEqual([2]);
  });

  test("pages by count: nothing is skipped or repeated", async () => {
    const whole = await client.audit.fromDate(SINCE).toArray();
    const positions: Record<string, number> = { asx: 0 };
    const paged: Placed[] = [];
    for (;;) {
      const page = await client.audit.fromPosition(positions, { count: 2 }).toArray();
      if (page.length === 0) break;
      for (const { Sequence = "", ID = 0 } of page) positions[Sequence] = ID;
      paged.push(...page);
    }
    expect(paged).toEqual(whole);
    expect(whole.length).toBeGreaterThan(6);
  });

  test("of several Owners is merged by time, and narrowed by their names", async () => {
    const times = (await all(auditor.audit.fromDate(SINCE))).map(({ Timestamp }) => Timestamp);
    expect(times).toEqual([...times].sort());
    const sequences = async (owners: string | readonly string[]) =>
      [
        ...new Set((await all(auditor.audit.fromDate(SINCE, { owner: owners }))).map(({ Sequence }) => Sequence)),
      ].sort();
    const feeds = (await sequences([owner, other])).filter((name) => name?.endsWith("/asx"));
    expect(feeds).toEqual([`${owner}/asx`, `${other}/asx`].sort());
    expect(await sequences(owner)).toContain("asx");
    const positions = { [`${owner}/asx`]: 5, [`${other}/asx`]: 6 };
    expect(ofFeed(await all(auditor.audit.fromPosition(positions)))).toEqual([6]);
  });

  test("knows when the last update was, and nothing where there was none", async () => {
    const latest = await client.audit.latest();
    const records = await client.audit.fromDate(SINCE).toArray();
    expect(latest).toBe(records.at(-1)?.Timestamp);
    expect(await auditor.audit.latest({ owner })).toBe(latest);
    expect(await clientWith({ features: ["Audit"] }).audit.latest()).toBeUndefined();
  });

  test("is verified, and exported a commit a line", async () => {
    const { Commits, Head, Broken } = await client.audit.verify();
    expect(Broken).toBeNull();
    const lines = await all(auditor.audit.export({ owner }));
    expect(lines).toHaveLength(Commits);
    const last: unknown = JSON.parse(lines.at(-1) ?? "");
    expect(last).toMatchObject({ Hash: Head });
    const first: { readonly Commit: number } = JSON.parse(lines[0] ?? "");
    expect(await all(client.audit.export({ from: first.Commit, count: 2 }))).toEqual(lines.slice(1, 3));
    expect((await auditor.audit.verify({ owner })).Head).toBe(Head);
  });

  test("of the System is told by positions", async () => {
    const operator = clientOf();
    const whole = await all(operator.audit.system());
    expect(whole.map(({ ID }) => ID)).toEqual(whole.map((_, index) => index + 1));
    expect(await all(operator.audit.system({ from: 1, to: 4, count: 2 }))).toEqual(whole.slice(1, 3));
  });
});

describe("events", () => {
  const balances = (messages: readonly { readonly Updates?: readonly { readonly Balance?: object }[] }[]) =>
    messages.flatMap(({ Updates = [] }) => Updates.filter(({ Balance }) => Balance !== undefined));

  test("are told in the four forms, for some views, and for an auditor too", async () => {
    const options = { views: "SubscriptionType_Balances" } as const;
    for (const events of [client.events, client.events.audit]) {
      expect(balances(await all(events.between({ asx: 1 }, { asx: 3 }, options)))).toHaveLength(2);
      const whole = await all(events.fromDate(SINCE, options));
      expect(balances(whole).length).toBeGreaterThanOrEqual(TRANSFERS);
      expect(whole.flatMap(({ Updates = [] }) => Updates)).toEqual(balances(whole));
      expect(await all(events.fromPosition({ asx: 0 }, options))).toEqual(whole);
      expect(await all(events.toPosition({ asx: 6 }, options))).toEqual(whole);
      const [first] = balances(whole);
      expect(first).toMatchObject({ Balance: { Balance: Decimal.of("0.1") } });
    }
  });

  test("are narrowed to Owners and accounts, and begin with a snapshot if it is asked for", async () => {
    const account = `${owner}/1`;
    const options = { views: ["SubscriptionType_Balances", "SubscriptionType_Orders"], account } as const;
    const events = await all(client.events.fromPosition({ asx: 2 }, { ...options, snapshot: true }));
    expect(events.map(({ Type }) => Type)).toContain("EventMessageType_SnapshotStart");
    const accounts = events.flatMap(({ Updates = [] }) =>
      Updates.map(({ Balance, Order }) => (Balance ?? Order)?.Account),
    );
    expect(new Set(accounts.map((each) => each?.AccountID))).toEqual(new Set(["1"]));
    const ofOne = await all(auditor.events.audit.fromDate(SINCE, { owner, count: 3 }));
    expect(ofOne).toEqual(await all(client.events.audit.fromDate(SINCE, { count: 3 })));
  });

  test("for an auditor are for auditors alone", async () => {
    const reader = clientWith({ owners: [owner] });
    expect(await refusalOf(all(reader.events.audit.fromDate(SINCE)))).toEqual([403, ["Authority"]]);
    expect(balances(await all(reader.events.fromDate(SINCE))).length).toBeGreaterThan(0);
  });
});

test("trades are told in the four forms", async () => {
  const { trades } = client;
  const [trade, ...more] = await all(trades.fromDate(SINCE));
  expect(more).toEqual([]);
  expect(trade).toMatchObject({ Trade: { TradeID: "B1" }, Position: { Sequence: "asx", Position: 6 } });
  expect(await all(trades.between({ asx: 5 }, { asx: 6 }))).toEqual([trade]);
  expect(await all(trades.fromPosition({ asx: 5 }, { account: `${owner}/1` }))).toEqual([trade]);
  expect(await all(trades.fromPosition({ asx: 5 }, { account: `${owner}/0` }))).toEqual([]);
  expect(await all(trades.toPosition({ asx: 5 }))).toEqual([]);
  expect(await all(auditor.trades.fromDate(SINCE))).toHaveLength(2);
});

test("a long answer that is left in the middle leaves the Owner able to go on", async () => {
  for await (const { Sequence } of client.audit.fromDate(SINCE)) {
    expect(Sequence).toBeDefined();
    break;
  }
  expect(await client.audit.fromDate(SINCE, { count: 1 }).toArray()).toHaveLength(1);
});
