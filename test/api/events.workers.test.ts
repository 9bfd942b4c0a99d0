import { beforeAll, describe, expect, test } from "vitest";
import { decode } from "../../src/protocol/codec.ts";
import { EventMessage } from "../../src/protocol/messages/index.ts";
import { ask, openSocket } from "../support/api.ts";
import type { Claims } from "../support/token.ts";
import { type PastOwners, pastOwners, seen, type Told, tell } from "./past-owners.ts";

const ALL = "fromdate?from=1970-01-01";
const VIEWS = ["Balances", "Holdings", "Orders", "Requests", "Transactions", "Updates", "Metadata", "Status"];

let past: PastOwners;

beforeAll(async () => {
  past = await pastOwners();
});

type Json = Readonly<Record<string, unknown>>;

function isJson(content: unknown): content is Json {
  return typeof content === "object" && content !== null;
}

/** The events that were told, in order, each as JSON. */
function eventsIn(told: readonly Told[]): readonly Json[] {
  return told.flatMap(({ json }) => (Array.isArray(json.Updates) ? json.Updates.filter(isJson) : []));
}

/** The kinds of event that were told. */
function typesIn(told: readonly Told[]): readonly unknown[] {
  return [...new Set(eventsIn(told).map(({ Type }) => Type))].sort();
}

/** Every `owner/account` that a text names. */
function accountsIn(content: unknown): readonly string[] {
  const found = new Set<string>();
  JSON.stringify(content, (_name, value: unknown) => {
    if (isJson(value) && "AccountID" in value && "OwnerID" in value) found.add(`${value.OwnerID}/${value.AccountID}`);
    return value;
  });
  return [...found].sort();
}

const events = (query = "", claims: Claims = past.both) => tell(`/event/${ALL}${query}`, claims);
const audited = (query = "", claims: Claims = past.both) => tell(`/event/audit/${ALL}${query}`, claims);

describe("for", () => {
  test("names the views, by number, full name or short name, joined", async () => {
    const balances = await events("&for=Balances");
    expect(typesIn(balances)).toEqual(["UpdateEventType_Balance"]);
    expect(await events("&for=22")).toEqual(balances);
    expect(await events("&for=SubscriptionType_Balances&for=Balances")).toEqual(balances);
    expect(typesIn(await events("&for=Balances&for=Orders"))).toEqual([
      "UpdateEventType_Balance",
      "UpdateEventType_Order",
    ]);
    expect(typesIn(await audited("&for=Transactions"))).toEqual(["UpdateEventType_Transaction"]);
  });

  test("when it names none, all views are told but that of a feed", async () => {
    expect(await events()).toEqual(await events(VIEWS.map((view) => `&for=${view}`).join("")));
    expect(typesIn(await events())).toEqual([
      "UpdateEventType_Action",
      "UpdateEventType_Balance",
      "UpdateEventType_Holding",
      "UpdateEventType_Operation",
      "UpdateEventType_Order",
      "UpdateEventType_Status",
      "UpdateEventType_Transaction",
    ]);
  });

  test("in the audit, when it names none, every event is told", async () => {
    const every = await audited();
    expect(eventsIn(every).length).toBeGreaterThanOrEqual(eventsIn(await events()).length);
    const wanted = new Set(eventsIn(every).map((event) => JSON.stringify(event)));
    for (const event of eventsIn(await events())) expect(wanted).toContain(JSON.stringify(event));
  });

  test.each(["Feed", "40", "SubscriptionType_Feed", "Recent", "Unknown", "0", "99", "balances", ""])(
    "%j is no view that is told",
    async (view) => {
      expect(await seen(`/event/${ALL}&for=${view}`, past.both)).toEqual([400, ["Field.Invalid for"]]);
      expect(await seen(`/event/audit/${ALL}&for=Orders&for=${view}`, past.both)).toEqual([400, ["Field.Invalid for"]]);
    },
  );
});

describe("owner and account, joined by OR", () => {
  test("owner: all of that Owner's events", async () => {
    const alone = await events("", past.one);
    expect(await events(`&owner=${past.x}`)).toEqual(alone);
  });

  test("account: what concerns that account, and of the views that do so", async () => {
    const { x } = past;
    const told = await events(`&account=${x}/A`);
    const ofA = (event: Json) => accountsIn(event).includes(`${x}/A`);
    expect(accountsIn(eventsIn(told))).toEqual([`${x}/A`]);
    expect(eventsIn(told).filter(ofA)).toEqual(eventsIn(await events("", past.one)).filter(ofA));
    // As to a socket, what is common to all accounts is told to whoever is told of metadata.
    const others = eventsIn(told).filter((event) => !ofA(event));
    expect(others.map(({ Type }) => Type)).toEqual(others.map(() => "UpdateEventType_Operation"));
    expect(typesIn(told)).not.toContain("UpdateEventType_Status");
  });

  test("several of either: whatever one of them says, merged by time", async () => {
    const { x, y } = past;
    const told = await events(`&account=${x}/A&owner=${y}`);
    const ofX = told.filter(({ sequence }) => sequence.startsWith(`${x}/`));
    const ofY = told.filter(({ sequence }) => sequence.startsWith(`${y}/`));
    expect(eventsIn(ofX)).toEqual(eventsIn(await events(`&account=${x}/A`)));
    expect(eventsIn(ofY)).toEqual(eventsIn(await events(`&owner=${y}`)));
    expect(told.map(({ at }) => at)).toEqual(told.map(({ at }) => at).sort());
    expect(await events(`&account=${x}/A&owner=${x}`)).toEqual(await events(`&owner=${x}`));
    const both = eventsIn(await events(`&account=${x}/A&account=${x}/B&account=${x}/A&for=Balances`));
    expect(both).toEqual(eventsIn(await events(`&owner=${x}&for=Balances`)));
  });

  test("an account that nothing happened to has no events", async () => {
    const ofAccounts = VIEWS.filter((view) => view !== "Metadata" && view !== "Status");
    expect(await events(`&account=${past.x}/nobody${ofAccounts.map((view) => `&for=${view}`).join("")}`)).toEqual([]);
  });

  test("a view that no account narrows is refused where accounts are named", async () => {
    expect(await seen(`/event/${ALL}&for=Status&account=${past.x}/A`, past.both)).toEqual([400, ["Field.Invalid for"]]);
    expect((await events(`&for=Status&owner=${past.x}`)).length).toBeGreaterThan(0);
  });

  test.each<[string, number, string]>([
    ["&owner=nobody", 404, "Owner.Unknown nobody"],
    ["&owner=X&owner=nobody", 404, "Owner.Unknown nobody"],
    ["&owner=X&account=nobody/A", 404, "Owner.Unknown nobody"],
    ["&owner=", 400, "Field.Invalid owner"],
    ["&account=", 400, "Field.Invalid account"],
    ["&account=X", 400, "Field.Invalid account"],
    ["&account=X/", 400, "Field.Invalid account"],
    ["&account=/A", 400, "Field.Invalid account"],
  ])("%s is refused: %i %s", async (query, status, code) => {
    for (const content of ["event", "trades"]) {
      expect(await seen(`/${content}/${ALL}${query.replaceAll("X", past.x)}`, past.both)).toEqual([status, [code]]);
    }
  });
});

describe("events are told as a subscriber was told them", () => {
  test("those of a record as one message, with its position and time", async () => {
    const whole = await events("", past.one);
    const places = whole.map(({ sequence, position }) => `${sequence} ${position}`);
    expect(new Set(places).size).toBe(places.length);
    for (const { json } of whole) expect(decode(EventMessage, json).Type).toBe("EventMessageType_Update");
  });

  test("a socket that resumes from the beginning receives the same events in the same order", async () => {
    const { x } = past;
    const { client } = await openSocket("/streaming", { claims: { owners: [x] } });
    const views = ["Balances", "Orders", "Transactions"];
    for (const Type of views) {
      client.send({ Type: "Subscribe", Subscription: { Type, From: { Positions: {} } } });
      await client.until(({ Type: type }) => type === "EventMessageType_Bookmark");
    }
    await client.synchronise();
    for (const view of views) {
      const kind = `UpdateEventType_${view.slice(0, -1)}`;
      const streamed = client.texts
        .map((text): unknown => JSON.parse(text))
        .flatMap((message) => (isJson(message) && Array.isArray(message.Updates) ? message.Updates : []))
        .filter((event) => event.Type === kind);
      expect(streamed.length).toBeGreaterThan(0);
      expect(streamed).toEqual(eventsIn(await events(`&for=${view}`, past.one)));
    }
    client.close();
  });

  test("enums in their short spelling for who asks for it", async () => {
    const headers = { "X-OMS-Compact": "true" };
    const [, body] = await seen(`/event/${ALL}&for=Balances&count=1`, past.one, headers);
    expect(body).toMatchObject([{ Type: "Update", Updates: [{ Type: "Balance" }] }]);
    const [, merged] = await seen(`/audit/${ALL}&count=1`, past.both, headers);
    expect(merged).toMatchObject([
      { Update: { Type: "Operation", Operation: { Type: expect.not.stringContaining("_") } } },
    ]);
    const [, trade] = await seen(`/trades/${ALL}&count=1`, past.both, headers);
    expect(trade).toMatchObject([{ Type: "Trade", Order: { Side: "BUY" } }]);
    expect(await seen(`/event/${ALL}`, past.one, { "X-OMS-Compact": "1" })).toEqual([
      400,
      ["Field.Invalid X-OMS-Compact"],
    ]);
  });

  test.each(["audit", "event", "event/audit", "trades"])(
    "HEAD of /%s answers as GET does, without the body",
    async (content) => {
      for (const claims of [past.one, past.both]) {
        const path = `/${content}/${ALL}`;
        const [head, get] = [await ask("HEAD", path, { claims }), await ask("GET", path, { claims })];
        expect([head.status, head.body, head.headers.get("Content-Type")]).toEqual([
          200,
          undefined,
          "application/json",
        ]);
        expect(head.headers.has("X-OMS-At")).toBe(get.headers.has("X-OMS-At"));
      }
      expect((await ask("HEAD", `/${content}/${ALL}&owner=nobody`, { claims: past.one })).status).toBe(404);
    },
  );
});

describe("snapshot", () => {
  /** The messages of a kind that were told. */
  const ofType = (told: readonly Told[], type: string) =>
    told.filter(({ json }) => json.Type === `EventMessageType_${type}`);
  const middle = async (claims: Claims) => {
    const whole = await events("&for=Balances", claims);
    return whole[Math.floor(whole.length / 2)]?.at ?? "";
  };

  test("shows the state where the range begins, then the events that lead on from there", async () => {
    const from = await middle(past.one);
    const path = `/event/fromdate?from=${from}&for=Balances`;
    const told = await tell(`${path}&snapshot=true`, past.one);
    expect(told[0]?.json.Type).toBe("EventMessageType_SnapshotStart");
    const finish = told.findIndex(({ json }) => json.Type === "EventMessageType_SnapshotFinish");
    const shown = eventsIn(told.slice(0, finish)).map(({ Balance }) => Balance);
    const [, balances] = await seen(`/balance/for/${past.x}?asAt=${from}`, past.one);
    expect(shown).toEqual(balances);
    expect(told.slice(finish + 1)).toEqual(await tell(path, past.one));
  });

  test("of several Owners comes before the events of any, and is not counted", async () => {
    const from = await middle(past.both);
    const path = `/event/fromdate?from=${from}&for=Balances&for=Orders`;
    const told = await tell(`${path}&snapshot=true&count=2`, past.both);
    const starts = ofType(told, "SnapshotStart");
    expect(starts).toHaveLength(4);
    const last = told.findLastIndex(({ json }) => json.Type === "EventMessageType_SnapshotFinish");
    expect(told.slice(last + 1)).toEqual(await tell(`${path}&count=2`, past.both));
    const named = starts.flatMap(({ json }) =>
      isJson(json.Snapshot) && isJson(json.Snapshot.Positions) ? [json.Snapshot.Positions] : [],
    );
    expect(named.map((positions) => Object.keys(positions).every((name) => /^OWNER.*\//.test(name)))).toEqual(
      starts.map(() => true),
    );
  });

  test("is left out unless it is asked for, and is narrowed as the events are", async () => {
    expect(ofType(await events("&snapshot=false"), "SnapshotStart")).toEqual([]);
    const path = `/event/fromdate?from=${await middle(past.one)}&snapshot=true&account=${past.x}/B`;
    expect(accountsIn(eventsIn(await tell(path, past.one)))).toEqual([`${past.x}/B`]);
    expect(await seen(`/event/${ALL}&snapshot=yes`, past.one)).toEqual([400, ["Field.Invalid snapshot"]]);
  });

  test("in the audit shows every view when none is named", async () => {
    const told = await audited("&snapshot=true", past.one);
    expect(ofType(told, "SnapshotStart").length).toBeGreaterThan(3);
    expect(told.slice(-1)).toEqual((await audited("", past.one)).slice(-1));
  });
});

describe("trades", () => {
  const trades = (query = "", claims: Claims = past.both) => tell(`/trades/${ALL}${query}`, claims);
  const idsIn = (told: readonly Told[]) =>
    told.map(({ json }) => (isJson(json.Trade) ? json.Trade.TradeID : undefined));

  test("are told alone, as the actions that they were, with their places", async () => {
    const { x } = past;
    expect(idsIn(await trades("", past.one))).toEqual(["T1", "T2"]);
    expect((await trades("", past.one))[0]).toMatchObject({
      sequence: "asx",
      position: 8,
      json: { Type: "ExternalActionType_Trade", Order: { OrderID: "O1", Account: { OwnerID: x, AccountID: "A" } } },
    });
  });

  test("of Owners and accounts, joined by OR, merged by time", async () => {
    const { x, y } = past;
    expect(idsIn(await trades())).toEqual(["T1", "T2", "T1", "T2"]);
    expect(idsIn(await trades(`&account=${x}/B`))).toEqual(["T2"]);
    expect(idsIn(await trades(`&account=${x}/B&owner=${y}`))).toHaveLength(3);
    expect(idsIn(await trades(`&account=${x}/A&account=${y}/B`)).sort()).toEqual(["T1", "T2"]);
  });
});
