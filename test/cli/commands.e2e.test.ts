/** Every family of commands against a real server, as its users type them: what is shown, and the exit code. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { MarketAdapter } from "../../scripts/support/market-adapter.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { connect, type Session } from "../../src/client/index.ts";
import { type RunningServer, SECRET, startTemporaryServer } from "../e2e/support.ts";
import { oms, type Ran, wordsOf } from "./support/oms.ts";

let running: RunningServer;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  running = await startTemporaryServer();
  const features = ["Alter", "Admin", "Operator", "Audit", "Query"] as const;
  const token = await signToken(SECRET, { identity: "typist", owners: ["XS"], features, feeds: ["ASX", "Bank"] });
  environment = { OMS_URL: running.server.url.href, OMS_TOKEN: token, OMS_OWNER: "XS" };
}, 60_000);
afterAll(() => running.stop());

const run = (line: string, input = ""): Promise<Ran> => oms(wordsOf(line), environment, input);

/** A command, what it shows, and what it ends with where that is not 0. */
type Row = readonly [line: string, stdout: string | RegExp, code?: number, stderr?: RegExp];

/** Runs commands one after another: each stands on those before it. */
function inTurn(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    it.each(rows.map(([line, stdout, code = EXIT.ok, stderr = /^$/]) => ({ line, stdout, code, stderr })))(
      "oms $line",
      async ({ line, stdout, code, stderr }) => {
        const ran = await run(line);
        expect(ran.stderr.trimEnd()).toMatch(stderr);
        if (typeof stdout === "string") expect(ran.stdout.trimEnd()).toBe(stdout);
        else expect(ran.stdout).toMatch(stdout);
        expect(ran.code).toBe(code);
      },
    );
  });
}

const lines = (...texts: string[]): string => texts.join("\n");

inTurn("hub", [
  ["hub ping", "OK"],
  ["hub health", "Healthy"],
  ["hub channels -o csv", /^Channel\n(?:.+\n)*order\n/],
]);

inTurn("owner, exchange, status, identity, identity-source", [
  ["owner define XS --name 'Example Securities' --metadata Region=apac", ""],
  ["owner list", lines("Owner  Name                Metadata", "XS     Example Securities  Region=apac")],
  ["owner get YS", "", EXIT.notFound, /^oms: Owner\.Unknown/],
  ["owner get XS -o json", /^\{\n {2}"OwnerID": "XS",\n/],
  ['exchange define ASX --destinations \'{"ExDestination":"ASX","Prise":1}\'', "", EXIT.usage, /Field\.Unknown/],
  ['exchange define ASX --destinations \'{"ExDestination":"ASX","Route":"ASX"}\' --metadata Country=AU', ""],
  [
    "exchange get ASX -o csv --columns Destinations",
    lines("Destinations", '"[{""ExDestination"":""ASX"",""Route"":""ASX""}]"'),
  ],
  ["exchange define ASX --metadata Country=AU", ""],
  ["exchange get ASX", lines("Exchange  Metadata    Statuses", "ASX       Country=AU         0")],
  ["exchange define GONE", ""],
  ["exchange undefine GONE", ""],
  ["exchange list -o csv --columns Exchange", lines("Exchange", "ASX")],
  ["status list -o csv --columns code,canamend", /^Code,CanAmend\nCompleted,\n/],
  ["status define Held --is-normal --can-cancel", ""],
  [
    "status get Held -o csv",
    lines("Code,Name,IsNormal,IsManual,IsTransition,IsCompleted,CanAmend,CanCancel", "Held,,true,,,,,true"),
  ],
  ["status undefine Held", ""],
  ["status get Held", "", EXIT.notFound, /^oms: Unknown/],
  [
    "identity-source define main --authentication jwt --parameters Issuer=https://login.example.com --parameters Audience=oms",
    "",
  ],
  ["identity-source get main -o csv --columns Code,Authentication", lines("Code,Authentication", "main,JWT")],
  ["identity define main User:alice --type Operator --owners XS --features Alter --features Audit", ""],
  [
    "identity list main",
    lines("Source  Identity    Type      Owners  Features", "main    User:alice  Operator  XS      Alter;Audit"),
  ],
  ["identity undefine main User:alice", ""],
  ["identity-source undefine main", ""],
  ["identity current -o csv --columns Identity,Owners", /^Identity,Owners\n.*typist.*,XS$/m],
  ["audit system --count 1 -o csv --columns Sequence,ID", lines("Sequence,ID", "system,1")],
]);

inTurn("account", [
  ["account define A1 --name 'First account' --default-currency AUD --categories Retail --categories Gold", ""],
  ["account define XS/A2 --attributes Vetting.Funds=true", ""],
  [
    "account get A1",
    lines("Account  Name           Currency  Categories", "XS/A1    First account  AUD       Retail;Gold"),
  ],
  [
    "account list -o csv --columns Account,Attributes",
    lines("Account,Attributes", "XS/A1,", "XS/A2,Vetting.Funds=true"),
  ],
  ["account rename A2 A3", ""],
  ["account get A2", "", EXIT.notFound, /^oms: Unknown/],
  ["account undefine A3", ""],
  ["account list -o csv --columns account", lines("Account", "XS/A1")],
]);

inTurn("balance", [
  ["balance transfer A1 AUD 10000.25 --transaction-id D1", ""],
  ["balance transfer A1 AUD 10000.25 --transaction-id D1", ""],
  ["balance transfer A1 AUD 1 --transaction-id D1", "", EXIT.refused, /^oms: Transaction\.Conflict D1$/],
  ["balance transfer A1 AUD much", "", EXIT.usage, /^oms: Field\.Invalid Transfer\.Value$/],
  ["balance transfer A1 AUD -707.98 --settlement unbooked", ""],
  ["balance transfer A1 AUD 50 --pool Margin", ""],
  [
    "balance list A1",
    lines(
      "Account  Currency   Balance  Unbooked  Reserved  Margin  Available",
      "XS/A1    AUD       10000.25   -707.98         0      50    9342.27",
    ),
  ],
  ["balance settle A1 AUD -700 --expected-balance 1 --id S1", "", EXIT.refused, /^oms: Settlement\.Balance 10000\.25/],
  ["balance settle A1 AUD -700 --expected-balance 10000.25 --id S1", ""],
  [
    "balance list -o csv --columns Balance,UnbookedTransactions",
    lines("Balance,UnbookedTransactions", "9300.25,-7.98"),
  ],
  ["balance list --as-at yesterday", "", EXIT.usage, /neither a time/],
  [
    "balance history A1 AUD -o csv --columns Sequence,Event.Balance.Balance",
    /^Sequence,Event\.Balance\.Balance\n(?:oms,10000\.25\n){3}oms,9300\.25\n$/,
  ],
  ["balance list -o json", /^\[\n\{"Account":\{"AccountID":"A1","OwnerID":"XS"\},"Currency":"AUD",.*\}\n\]\n$/],
]);

inTurn("holding", [
  ["holding transfer A1 ASX BHP 100 --price 45.12 --currency AUD --transaction-id H1", ""],
  ["holding transfer A1 ASX BHP -40", ""],
  [
    "holding list",
    lines(
      "Account  Exchange  Code  Quantity  For sale  Average  Currency",
      "XS/A1    ASX       BHP         60         0    45.12  AUD",
    ),
  ],
  ["holding history A1 ASX BHP -o csv --columns Event.Holding.Quantity", lines("Event.Holding.Quantity", "100", "60")],
  ["transform symbol ASX BHP BHPX", ""],
  ["holding list -o csv --columns Code,Quantity", lines("Code,Quantity", "BHPX,60")],
  ["transform symbol ASX BHPX BHP", ""],
]);

describe("with an exchange that trades", () => {
  let exchange: MarketAdapter;
  let bank: Session;

  beforeAll(async () => {
    const url = running.server.url;
    const token = environment.OMS_TOKEN ?? "";
    exchange = new MarketAdapter({ url, owner: "XS", token, feed: "ASX", agent: "test", prefix: "X", currency: "AUD" });
    await exchange.start();
    bank = connect({ url, owner: "XS", token });
    const feed = bank.feed("Bank", { onQuery: ({ Parameters }) => ({ Parameters: { Echo: Parameters?.Say ?? "" } }) });
    for await (const { name } of feed.state) if (name === "supplying") break;
  });
  afterAll(async () => {
    bank.close();
    await exchange.close();
  });

  inTurn("order, request, feed", [
    [
      "order send A1 ASX BHP buy 5 45 --id R1",
      /^Account {2}Request {2}Type {2}Order +Status\nXS\/A1 {4}R1 {7}New {3}XO1 +Completed\n$/,
    ],
    [
      "order list A1 -o csv --columns OrderID,Side,OrderType,Quantity,Price",
      lines("OrderID,Side,OrderType,Quantity,Price", "XO1,BUY,LIMIT,5,45"),
    ],
    // This exchange takes neither, and says so; what it was asked is in the log.
    ["order amend A1 XO1 --quantity 7 --id R2", /Amend/, EXIT.refused, /^oms: Rejected: Operation$/],
    ["audit list -o csv --columns Update.ClientRequest", /""Type"":""Amend"".*""Price"":45,""Quantity"":7,/],
    ["account define A9", ""],
    ["order move A1 XO1 A9 --id R4", /Move/, EXIT.refused, /^oms: Rejected: Operation$/],
    [
      "audit list -o csv --columns Update.ClientRequest",
      /""AccountID"":""A9"".*""PrevAccount"":\{""AccountID"":""A1""/,
    ],
    ["order replace A1 XO1 --group Desk", /XO1/],
    ["order get A1 XO1 -o csv --columns Group,Quantity,Price", lines("Group,Quantity,Price", "Desk,5,45")],
    ["order history A1 XO1 -o csv --columns Event.Order.Quantity", lines("Event.Order.Quantity", "5", "5")],
    ["order list --active --exchange ASX -o csv --columns OrderID", lines("OrderID", "XO1")],
    ["order cancel A1 XO1 --id R3", /Completed/],
    ["order cancel A1 NONE", /NONE|Order/, EXIT.refused, /^oms: Rejected: Order/],
    ["order send A1 NYSE BHP buy 5 45 --validate", /Exchange/, EXIT.refused, /Rejected: .*Exchange/],
    ["order send A1 ASX BHP buy 5 45 --queue desk --id Q1", /Queued/],
    ["request list -o csv --columns Request.RequestID,Status", lines("Request.RequestID,Status", "Q1,Queued")],
    ["request reject A1 Q1", /Completed/],
    ["request list A1 -o csv --columns Status", "Status"],
    ['request send \'{"Type":"New"}\'', "", EXIT.refused, /^oms: Field\.Missing/],
    ["feed list -o csv --columns FeedID,Status", lines("FeedID,Status", "ASX,ONLINE", "Bank,ONLINE")],
    ["feed get ASX -o csv --columns Status", lines("Status", "ONLINE")],
    ["feed updates ASX --count 1 -o csv --columns Type,Position.Position", lines("Type,Position.Position", "Action,1")],
    ["feed query Bank Echo -p Say=hello --tag mine", lines("Type  Tag   Parameters", "Echo  mine  Echo=hello")],
  ]);
});

inTurn("logs", [
  ["trade list", /^Time {2}Account/],
  ["transaction list --account A1 --count 2 -o csv --columns Details.TransactionID,CashTransfer.Value", /D1,10000\.25/],
  ["event list --view balances --from oms=0 --count 1 -o csv --columns Type", lines("Type", "Update")],
  ["event list --view nonsense", "", EXIT.usage, /The views are .*Balances/],
  ["audit latest", /^\d{4}-\d\d-\d\dT[\d:.]+Z\n$/],
  [
    "audit list --from oms=0 --to oms=1 -o csv --columns Sequence,ID,Update.Type",
    /^Sequence,ID,Update\.Type\n(?:.*\n)*oms,1,\w+\n/,
  ],
  ["audit verify", /^Commits {2}Head\n\d+ +[0-9a-f]{64}\n$/],
  ["audit export --count 1", /^\{.*\}\n$/],
  ["hub channel account", /"At": .*"Position": .*"Records": /s],
]);

inTurn("what goes wrong", [
  ["balance lst", "", EXIT.usage, /Did you mean list|Unknown/],
  ["balance list --outputt json", "", EXIT.usage, /Unknown argument: outputt/],
  ["balance list -o yaml", "", EXIT.usage, /yaml/],
  ["balance list --columns Prise", "", EXIT.usage, /There is no column 'Prise'/],
  ["balance list --url http://127.0.0.1:2 --token T", "", EXIT.unreachable, /^oms: No OMS answers: .*ECONNREFUSED/],
  ["balance list --token nonsense", "", EXIT.forbidden, /^oms: Unauthenticated/],
  ["balance list --token-command false", "", EXIT.forbidden, /'false' failed/],
  ["balance list --owner YS", "", EXIT.forbidden, /^oms: Authority/],
  ["feed query Bank Echo", "", EXIT.later, /^oms: Feed\.Offline/],
]);

describe("as at", () => {
  it("is a time or a position, and shows what was there then", async () => {
    const { stdout } = await run("balance history A1 AUD --count 1 -o csv --columns At,Position");
    const [, row = ""] = stdout.split("\n");
    const [at, position] = row.split(",");
    for (const moment of [at, `oms=${position}`]) {
      expect((await run(`balance export A1 --as-at ${moment} --columns Balance`)).stdout).toBe("Balance\n10000.25\n");
    }
    expect((await run("balance export A1 --as-at 2001-01-01 --columns Balance")).stdout).toBe("Balance\n");
  });
});

describe("what is exported", () => {
  it("is the same state after it was imported, and importing it again changes nothing", async () => {
    const [accounts, balances, holdings] = await Promise.all(
      ["account", "balance", "holding"].map((family) => run(`${family} export`)),
    );
    const cleared = [
      await run("balance clear A1 --yes"),
      await run("holding clear A1 -y"),
      await run("account undefine A1"),
      await run("account undefine A9"),
    ];
    expect(cleared.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect((await run("balance list -o csv --columns Balance")).stdout).toBe("Balance\n");
    for (const again of [false, true]) {
      expect(await run("account import", accounts?.stdout)).toMatchObject({ code: 0 });
      const made = await run("balance import", balances?.stdout);
      expect(made).toMatchObject({ code: 0, stderr: again ? "0 transfers made\n" : "3 transfers made\n" });
      expect(await run("holding import -", holdings?.stdout)).toMatchObject({ code: 0 });
      expect((await run("account export")).stdout).toBe(accounts?.stdout);
      expect((await run("balance export")).stdout).toBe(balances?.stdout);
      expect((await run("holding export")).stdout).toBe(holdings?.stdout);
    }
  });

  it("may be 1,200 transfers, of which those that are wrong are told by their lines, and the rest is taken once", async () => {
    const rows = Array.from({ length: 1200 }, (_, index) => {
      const value = index === 600 ? "much" : "1";
      return `T${index === 1000 ? "7,XS/B1,AUD,2" : `${index},XS/B1,AUD,${value}`}`;
    });
    const file = ["Transaction.TransactionID,Transaction.Account,Transfer.Currency,Transfer.Value", ...rows].join("\n");
    for (const _ of ["once", "again"]) {
      const ran = await run("balance transfer --file -", file);
      expect(ran.stderr).toBe(
        "line 602: Field.Invalid Transfer.Value\nline 1002: Transaction.Conflict T7 XS\noms: 1198 transfers taken, 2 refused\n",
      );
      expect(ran.code).toBe(EXIT.refused);
      expect((await run("balance list B1 -o csv --columns Balance")).stdout).toBe("Balance\n1198\n");
    }
    const stopped = await run(
      "balance transfer --stop --file -",
      file
        .replaceAll("B1", "B2")
        .split("\n")
        .slice(598)
        .join("\n")
        .replace(/^/, "Transaction.TransactionID,Transaction.Account,Transfer.Currency,Transfer.Value\n"),
    );
    expect(stopped.stderr).toMatch(/^line 5: Field\.Invalid Transfer\.Value\n.*stopped there\n$/s);
  });

  it("asks before it clears, and does nothing where there is nobody to ask", async () => {
    const ran = await run("balance clear B1");
    expect(ran).toMatchObject({ code: EXIT.usage, stderr: "oms: There is nobody to ask: say --yes.\n" });
    expect((await run("balance list B1 -o csv --columns Balance")).stdout).toBe("Balance\n1198\n");
  });

  it("is a batch of settlements that is taken as a whole or not at all, and once", async () => {
    const file = "Owner,Account,Currency,Settle\nXS,B1,AUD,-8\nXS,B3,AUD,8\n";
    expect(await run("balance settle --file -", file.replace("8\n", "eight\n"))).toMatchObject({ code: EXIT.refused });
    for (const _ of ["once", "again"]) {
      expect(await run("balance settle --file -", file)).toMatchObject({ code: 0 });
      expect((await run("balance list B1 -o csv --columns Balance")).stdout).toBe("Balance\n1190\n");
    }
  });
});
