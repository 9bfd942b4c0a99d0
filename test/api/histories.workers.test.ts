import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type At, KINDS } from "../../src/domain/records.ts";
import { Owner } from "../../src/owner/owner.ts";
import { Past } from "../../src/owner/past.ts";
import { chainHash } from "../../src/storage/commit-body.ts";
import { trade, update } from "../owner/actions.ts";
import { ask, open, openSocket } from "../support/api.ts";
import type { Claims } from "../support/token.ts";
import { type PastOwners, pastOwners, seen, type Told, tell } from "./past-owners.ts";

let past: PastOwners;

beforeAll(async () => {
  past = await pastOwners();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the history of one record", () => {
  /** The states that were told, each as `shows` says. */
  const statesIn = (told: readonly Told[], kind: string, field: string) =>
    told.map(({ json }) => Object(Object(json.Event)[kind])[field]);

  const accountIn = ({ Event }: Told["json"]) => Object(Object(Event).Order).Account.AccountID;

  test("of a balance is every state that it had, each with the update that caused it", async () => {
    const { x, one } = past;
    const path = `/balance/for/${x}/A/AUD/history`;
    const told = await tell(path, one);
    const states = statesIn(told, "Balance", "Balance");
    expect(states.slice(0, 3)).toEqual([100, 200, 300]);
    const [, [present]] = (await seen(`/balance/for/${x}/A`, one)) as [number, readonly { Balance: number }[]];
    expect(states.at(-1)).toBe(present?.Balance);
    const audited = await tell("/audit/fromdate?from=1970-01-01", one);
    for (const { at, sequence, position, json } of told) {
      const cause = audited.find((each) => each.sequence === sequence && each.position === position);
      expect([cause?.at, cause?.json.Update]).toEqual([at, json.Update]);
    }
  });

  test("of a holding and of an order", async () => {
    const { x, one } = past;
    const holding = await tell(`/holding/for/${x}/A/ASX/BHP/history`, one);
    expect(statesIn(holding, "Holding", "Quantity").at(-1)).toBe(40);
    const order = await tell(`/order/for/${x}/A/O1/history`, one);
    expect(order.map(({ sequence, position }) => `${sequence} ${position}`)).toEqual(["asx 7", "asx 8"]);
  });

  test("in a range, by times and positions, and a page at a time", async () => {
    const { x, one } = past;
    const path = `/balance/for/${x}/A/AUD/history`;
    const whole = await tell(path, one);
    const [first, second, third] = whole;
    expect(await tell(`${path}?from=${first?.at}&to=${third?.at}`, one)).toEqual([second, third]);
    expect(await tell(`${path}?from[asx]=1&to[asx]=3`, one)).toEqual([second]);
    expect(await tell(`${path}?from[${x}/asx]=1&to=${third?.at}`, one)).toEqual([second, third]);
    expect(await tell(`${path}?to=1970-01-01`, one)).toEqual([]);
    const paged: Told[] = [];
    for (let from = "1970-01-01"; ; from = paged.at(-1)?.at ?? "") {
      const page = await tell(`${path}?from=${from}&count=2`, one);
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(whole);
  });

  test("of an order goes back through the accounts that it was moved from", async () => {
    const { y, both } = past;
    const { client } = await openSocket("/streaming", { claims: { sub: "mover", owners: [y], feeds: ["nzx"] } });
    await client.open("nzx");
    client.feed("nzx", "Action", 1, update(y, "M1"));
    const moved = {
      Type: "Update",
      Order: { ...update(y, "M1", { AccountID: "B" }).Action.Order },
      Update: { PreviousAccount: { OwnerID: y, AccountID: "A" } },
    };
    client.feed("nzx", "Action", 2, { Action: moved });
    client.feed("nzx", "Action", 3, trade(y, "M1", "T9", 1, 10, { AccountID: "B", ExecutedQuantity: 1 }));
    await client.synchronise();
    const told = await tell(`/order/for/${y}/B/M1/history`, both);
    // What moved it took it out of one account and put it into the other.
    expect(told.map(({ position }) => position)).toEqual([1, 2, 2, 3]);
    expect(told.map(({ json }) => accountIn(json))).toEqual(["A", "A", "B", "B"]);
    client.close();
  });

  test("says the sequences barely, spells short if asked, and tells when it was read", async () => {
    const { x, both } = past;
    const path = `/balance/for/${x}/A/AUD/history`;
    const { headers, body } = await ask("GET", path, { claims: both, headers: { "X-OMS-Compact": "true" } });
    expect(headers.get("X-OMS-At")).toMatch(/^20..-.*Z$/);
    const [first] = Array.isArray(body) ? body : [];
    expect(first).toMatchObject({
      Sequence: "asx",
      Update: { Type: "Action", Action: { Type: "CashTransfer" } },
      Event: { Type: "Balance" },
    });
  });

  test.each<[string, number, string]>([
    ["/balance/for/{x}/A/NZD/history", 404, "Unknown A/NZD"],
    ["/holding/for/{x}/A/ASX/CBA/history", 404, "Unknown A/ASX/CBA"],
    ["/order/for/{x}/A/O9/history", 404, "Unknown A/O9"],
    ["/order/for/{x}/B/O1/history", 404, "Unknown B/O1"],
    ["/balance/for/{x}/A/AUD/history?from=2026-01-02&to=2026-01-01", 400, "Field.Invalid from"],
    ["/balance/for/{x}/A/AUD/history?from[nosuch]=1", 422, "Feed nosuch"],
    ["/balance/for/{x}/A/AUD/history?from[{y}/oms]=1", 404, "Owner.Unknown {y}"],
    ["/balance/for/{x}/A/AUD/history?from=2026-01-01&from[oms]=1", 400, "Field.Invalid from"],
    ["/balance/for/{x}/A/AUD/history?count=0", 400, "Field.Invalid count"],
    ["/balance/for/{x}/A/AUD/history?asAt=2026-01-01", 400, "Field.Unknown asAt"],
  ])("%s is refused: %i %s", async (path, status, code) => {
    const named = (text: string) => text.replace("{x}", past.x).replace("{y}", past.y);
    expect(await seen(named(path), past.both)).toEqual([status, [named(code)]]);
  });
});

describe("what came by a feed", () => {
  const frames = async (query: string, claims: Claims = past.one) => {
    const [status, body] = await seen(`/feed/byid/asx/updates${query}`, claims);
    if (status !== 200 || !Array.isArray(body)) throw new Error(JSON.stringify(body));
    return body.map(({ Position }) => Position.Position);
  };
  const upTo = (last: number, from = 0) => Array.from({ length: last - from }, (_, index) => from + index + 1);

  test("is told as the frames that the adapter sent, with their positions", async () => {
    const [, body] = await seen("/feed/byid/asx/updates?count=1", past.one);
    expect(body).toMatchObject([
      {
        Type: "FeedRequestType_Action",
        Position: { Sequence: "asx", Position: 1 },
        Action: { Type: "ExternalActionType_CashTransfer", Transaction: { TransactionID: "D0" } },
      },
    ]);
  });

  test("positions: from is exclusive, to inclusive; without them everything, and nothing of other sequences", async () => {
    expect(await frames("")).toEqual(upTo(10));
    expect(await frames("?from=0&to=10")).toEqual(upTo(10));
    expect(await frames("?from=3&to=7")).toEqual(upTo(7, 3));
    expect(await frames("?from=7&to=7")).toEqual([]);
    expect(await frames("?from=10")).toEqual([]);
    expect(await frames("?from=1000000000")).toEqual([]);
    expect(await frames("?to=0")).toEqual([]);
    expect(await frames("?to=9007199254740991")).toEqual(upTo(10));
    expect(await frames("?from=2&count=3")).toEqual([3, 4, 5]);
    expect(await frames("?count=1000000000")).toEqual(upTo(10));
    const paged: number[] = [];
    for (let last = 0; last < 10; last = paged.at(-1) ?? 10) paged.push(...(await frames(`?from=${last}&count=3`)));
    expect(paged).toEqual(upTo(10));
  });

  test("from a time on", async () => {
    const audited = await tell("/audit/between?from[asx]=0&to[asx]=10", past.one);
    const at = (position: number) => audited.find((each) => each.position === position)?.at;
    expect(await frames("/fromdate?from=1970-01-01")).toEqual(upTo(10));
    expect(await frames(`/fromdate?from=${at(4)}`)).toEqual(upTo(10, 4));
    expect(await frames(`/fromdate?from=${at(4)}&to=6`)).toEqual([5, 6]);
    expect(await frames(`/fromdate?from=${at(4)}&to=3`)).toEqual([]);
    expect(await frames(`/fromdate?from=${at(4)}&count=2`)).toEqual([5, 6]);
    expect(await frames("/fromdate?from=2999-01-01")).toEqual([]);
  });

  test("one Owner must be meant", async () => {
    expect(await seen("/feed/byid/asx/updates", past.both)).toEqual([422, ["Field.Missing owner"]]);
    expect(await frames(`?owner=${past.y}`, past.both)).toEqual(upTo(10));
  });

  test.each<[string, number, string]>([
    ["/feed/byid/nosuch/updates", 404, "Unknown nosuch"],
    ["/feed/byid/nosuch/updates?from=1&to=2", 404, "Unknown nosuch"],
    ["/feed/byid/oms/updates", 404, "Unknown oms"],
    ["/feed/byid/system/updates/fromdate?from=1970-01-01", 404, "Unknown system"],
    ["/feed/byid/asx/updates/fromdate", 422, "Field.Missing from"],
    ["/feed/byid/asx/updates/fromdate?from=1", 400, "Field.Invalid from"],
    ["/feed/byid/asx/updates/fromdate?from=1970-01-01&to=1970-01-02", 400, "Field.Invalid to"],
    ["/feed/byid/asx/updates?from=1970-01-01", 400, "Field.Invalid from"],
    ["/feed/byid/asx/updates?from=5&to=4", 400, "Field.Invalid from"],
    ["/feed/byid/asx/updates?from=-1", 400, "Field.Invalid from"],
    ["/feed/byid/asx/updates?count=0", 400, "Field.Invalid count"],
    ["/feed/byid/asx/updates?from[asx]=1", 400, "Field.Unknown from[asx]"],
  ])("%s is refused: %i %s", async (path, status, code) => {
    expect(await seen(path, past.one)).toEqual([status, [code]]);
  });
});

describe("channels", () => {
  test("are the kinds of record that an Owner keeps", async () => {
    const kinds = KINDS.filter((kind) => kind !== "source" && kind !== "identity");
    expect(await seen("/diagnostics/channel", past.one)).toEqual([200, kinds]);
  });

  test("each shows its raw records, with the positions and the moment that they were read at", async () => {
    const { x, one } = past;
    const { status, headers, body } = await ask("GET", "/diagnostics/channel/balance", { claims: one });
    const [, balances] = await seen(`/balance/for/${x}`, one);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      At: headers.get("X-OMS-At"),
      Position: { asx: 10 },
      Records: (balances as readonly object[]).map((State) => ({ State })),
    });
    for (const kind of KINDS.filter((each) => each !== "source" && each !== "identity")) {
      expect(await seen(`/diagnostics/channel/${kind}`, one)).toEqual([
        200,
        expect.objectContaining({ Records: expect.any(Array) }),
      ]);
    }
  });

  test("as at a moment", async () => {
    const { y, both } = past;
    const path = `/diagnostics/channel/balance?owner=${y}`;
    expect(await seen(`${path}&asAt=1970-01-01`, both)).toMatchObject([200, { Records: [] }]);
    expect(await seen(`${path}&asAt[asx]=1`, both)).toMatchObject([
      200,
      { Position: { asx: 1 }, Records: [{ State: { Balance: 100 } }] },
    ]);
  });

  test.each<[string, number, string]>([
    ["/diagnostics/channel/nosuch", 404, "Unknown"],
    ["/diagnostics/channel/identity", 404, "Unknown"],
    ["/diagnostics/channel/source", 404, "Unknown"],
    ["/diagnostics/channel/Balance", 404, "Unknown"],
    ["/diagnostics/channel/toString", 404, "Unknown"],
    ["/diagnostics/channel/balance?asAt[nosuch]=1", 422, "Feed nosuch"],
    ["/diagnostics/channel?owner=X", 400, "Field.Unknown owner"],
  ])("%s is refused: %i %s", async (path, status, code) => {
    expect(await seen(path.replace("X", past.x), past.one)).toEqual([status, [code]]);
  });
});

/** A line of an export. */
interface Commit {
  readonly Commit: number;
  readonly Last: number;
  readonly Previous: string;
  readonly Hash: string;
  readonly Body: string;
}

async function exported(query = "", claims: Claims = past.one): Promise<readonly Commit[]> {
  const { status, headers, body } = await ask("GET", `/audit/export${query}`, { claims });
  expect([status, headers.get("Content-Type")]).toEqual([200, "application/x-ndjson"]);
  const text = String(body ?? "");
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

describe("the chain of commits", () => {
  test("is exported a commit a line, each following from the one before", async () => {
    const commits = await exported();
    expect(commits.length).toBeGreaterThan(3);
    let previous = "";
    for (const { Previous, Hash, Body } of commits) {
      expect(Previous).toBe(previous);
      expect(Hash).toBe(chainHash(Previous, Body));
      previous = Hash;
    }
  });

  test("is exported after a commit, so many at a time", async () => {
    const whole = await exported();
    const paged: Commit[] = [];
    for (let from = 0; ; from = paged.at(-1)?.Commit ?? 0) {
      const page = await exported(`?from=${from}&count=2`);
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(whole);
    expect(await exported("?from=9007199254740991")).toEqual([]);
    expect(await exported(`?owner=${past.y}&count=1`, past.both)).toHaveLength(1);
  });

  test("HEAD of an export has no body", async () => {
    const { status, headers, body } = await ask("HEAD", "/audit/export", { claims: past.one });
    expect([status, headers.get("Content-Type"), body]).toEqual([200, "application/x-ndjson", undefined]);
  });

  test("is verified as a whole", async () => {
    const commits = await exported();
    const verdict = { Commits: commits.length, Head: commits.at(-1)?.Hash, Broken: null };
    expect(await seen("/audit/verify", past.one)).toEqual([200, verdict]);
    expect(await seen(`/audit/verify?owner=${past.x}`, past.both)).toEqual([200, verdict]);
  });

  test("is verified stretch by stretch, as long as the reader waits, up to what is broken", async () => {
    let walked = 0;
    vi.spyOn(Owner.prototype, "verify").mockImplementation(async (_address, after) => {
      expect(after).toEqual(walked === 0 ? undefined : { id: walked, commits: walked, hash: `hash ${walked}` });
      walked++;
      const place = { id: walked, commits: walked, hash: `hash ${walked}` };
      return walked < 4 ? { ...place, isDone: false } : { ...place, isDone: true, broken: 5 };
    });
    expect(await seen("/audit/verify", past.one)).toEqual([200, { Commits: 4, Head: "hash 4", Broken: 5 }]);
    expect(walked).toBe(4);
  });

  test.each<[string, number, string]>([
    ["/audit/verify", 422, "Field.Missing owner"],
    ["/audit/verify?owner=nobody", 404, "Owner.Unknown"],
    ["/audit/export", 422, "Field.Missing owner"],
    ["/audit/export?owner=X&count=0", 400, "Field.Invalid count"],
    ["/audit/export?owner=X&from=-1", 400, "Field.Invalid from"],
    ["/audit/export?owner=X&from=2026-01-01", 400, "Field.Invalid from"],
    ["/audit/export?owner=X&to=1", 400, "Field.Unknown to"],
  ])("%s is refused: %i %s", async (path, status, code) => {
    expect(await seen(path.replace("X", past.x), past.both)).toEqual([status, [code]]);
  });
});

describe("a client that goes away", () => {
  /** Every log tells this without end, until it is let go. */
  function tellingEndlessly(line: (turn: number) => string) {
    const work = { turns: 0, ended: 0 };
    vi.spyOn(Past.prototype, "log").mockImplementation(() => ({ at: HEAD, pieces: endless() }));
    return work;

    function* endless(): Generator<string, void> {
      try {
        for (;;) yield line(++work.turns);
      } finally {
        work.ended++;
      }
    }
  }

  const HEAD = 1_000_000 as At;
  const idle = () => new Promise((resolve) => setTimeout(resolve, 20));

  test.each(["one", "both"] as const)(
    "%s: ends the work at the Owners, which is never far ahead of it",
    async (scope) => {
      const work = tellingEndlessly((turn) => `${turn} 1 {"turn":${turn}}\n`);
      const answer = await open("/audit/fromdate?from=1970-01-01", past[scope]);
      const reader = answer.body?.getReader();
      for (let read = 0; read < 3; read++) await reader?.read();
      await idle();
      const turns = work.turns;
      expect(turns).toBeGreaterThan(2);
      expect(turns).toBeLessThan(100);
      await reader?.cancel();
      await vi.waitFor(() => expect(work.ended).toBe(scope === "one" ? 1 : 2));
      expect(work.turns - turns).toBeLessThanOrEqual(2);
    },
  );

  test.each(["one", "both"] as const)("%s: also while nothing is found to tell it", async (scope) => {
    const work = tellingEndlessly(() => "");
    const answer = await open("/audit/fromdate?from=1970-01-01", past[scope]);
    const reader = answer.body?.getReader();
    // The reader is told that it has gone away, or that there is no more.
    reader?.read().catch(() => undefined);
    await idle();
    expect(work.turns).toBeGreaterThan(2);
    await reader?.cancel();
    await vi.waitFor(() => expect(work.ended).toBe(scope === "one" ? 1 : 2));
    const turns = work.turns;
    await idle();
    expect(work.turns).toBe(turns);
  });

  test("ends the walk along a chain", async () => {
    let walked = 0;
    vi.spyOn(Owner.prototype, "verify").mockImplementation(async () => {
      walked++;
      return { id: walked, commits: walked, hash: "", isDone: false };
    });
    const reader = (await open("/audit/verify", past.one)).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await idle();
    const turns = walked;
    await idle();
    expect(walked).toBe(turns);
  });
});
