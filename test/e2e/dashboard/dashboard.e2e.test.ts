/** The dashboard in a real browser, on a server of its own. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signToken } from "../../../scripts/support/bootstrap-token.ts";
import { browserProblem, launchBrowser, openPage, type WatchedPage } from "../../../scripts/support/browser.ts";
import {
  connect,
  createClient,
  Decimal,
  type ExternalAction,
  type Feed,
  type OrderState,
  type Session,
} from "../../../src/client/index.ts";
import { FEED, type RunningServer, SECRET, startTemporaryServer, tokenFor } from "../support.ts";
import { faultsOf } from "./accessibility.ts";

const OWNER = "DESK";
const MANY = 1_000;

let running: RunningServer;
let browser: Browser;
let session: Session;
let feed: Feed;
/** Reads everything, and may change nothing. */
let token: string;
let position = 0;

describe.skipIf(browserProblem() !== undefined)("the dashboard", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    running = await startTemporaryServer();
    const { url } = running.server;
    const altering = await tokenFor(url, OWNER);
    token = await signToken(SECRET, { identity: "reader", owners: [OWNER], features: ["Operator"] });
    session = connect({ url, token: altering, owner: OWNER });
    feed = session.feed(FEED, { agent: "e2e" });
    position = (await feed.supplying).position;
    const client = createClient({ url, token: altering });
    for (const AccountID of ["ALICE", "BOB"]) {
      const Account = { OwnerID: OWNER, AccountID };
      await client.accounts.define({ Account, Name: `${AccountID} & <b>Sons</b>`, DefaultCurrency: "AUD" });
      const Transfer = { Currency: "AUD", Value: Decimal.of("1000000.000000000000000001") };
      await client.balances.transfer({ Transaction: { TransactionID: `D-${AccountID}`, Account }, Transfer });
    }
    await trade("ALICE", "FIRST", 100);
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    session?.close();
    await running?.stop();
  });

  test("signs in by a link: the token leaves the address at once, and is kept in this tab alone", async () => {
    const { page, context, problems } = await signedIn();
    expect(page.url()).toBe(new URL("/", running.server.url).href);
    const kept = await page.evaluate(() => ({
      session: Object.values({ ...sessionStorage }),
      local: JSON.stringify({ ...localStorage }),
      cookies: document.cookie,
      length: history.length,
    }));
    expect(kept).toMatchObject({ session: expect.arrayContaining([token]), cookies: "" });
    expect(kept.local).not.toContain(token);
    expect(await page.content()).not.toContain(token);
    await page.reload();
    await balanceOf(page, "ALICE").waitFor();
    const other = await context.newPage();
    await other.goto(running.server.url.href);
    await other.getByLabel("Access token").waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  test("signs in by a pasted token, says for how long, and forgets it on signing out", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(running.server.url.href);
    await page.getByLabel("Access token").fill(`Bearer ${token}\n`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await balanceOf(page, "ALICE").waitFor();
    expect(await page.locator(".identity").textContent()).toMatch(/^reader · expires in (?:59 minutes|1 hour)$/);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Access token").waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await context.close();
  });

  test("says why it cannot sign in: no token, an expired one, one that the server refuses", async () => {
    const expired = await signToken(SECRET, { identity: "late", expires: "-1h" });
    const foreign = await signToken("x".repeat(60), { identity: "stranger", owners: [OWNER] });
    const { page, context } = await openPage(browser);
    for (const [given, said] of [
      ["nonsense", /not a token/],
      [expired, /has expired/],
      [foreign, /server refuses/],
    ] as const) {
      await page.goto(running.server.url.href);
      await page.getByLabel("Access token").fill(given);
      await page.keyboard.press("Enter");
      await page.getByRole("alert").filter({ hasText: said }).waitFor();
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    }
    await context.close();
  });

  test("shows amounts with every digit, texts of others as texts, and moves as an adapter trades", async () => {
    const { page, context, problems } = await signedIn();
    expect(await cellOf(balanceOf(page, "BOB"), 3)).toBe("1,000,000.000000000000000001");
    expect(await page.getByLabel("Account", { exact: true }).innerText()).toContain("ALICE & <b>Sons</b>");
    const before = await cellOf(balanceOf(page, "ALICE"), 2);
    await trade("ALICE", "LIVE", 10);
    await expect.poll(() => cellOf(balanceOf(page, "ALICE"), 2)).not.toBe(before);
    const [balance] = (await session.client.balances.list({ owner: OWNER, account: "ALICE" })) ?? [];
    const { Balance, UnbookedTransactions, UnfilledBuys } = balance ?? {};
    const available = (Balance ?? Decimal.ZERO)
      .plus(UnbookedTransactions ?? Decimal.ZERO)
      .minus(UnfilledBuys ?? Decimal.ZERO);
    await expect
      .poll(async () => (await cellOf(balanceOf(page, "ALICE"), 2)).replaceAll(",", ""))
      .toBe(available.toString());
    await grid(page, "Events").getByText("Trade T-LIVE: -100.00 AUD, +10 BHP").first().waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  test("narrows to an account", async () => {
    const { page, context } = await signedIn();
    await page.getByLabel("Account", { exact: true }).selectOption("BOB");
    await expect.poll(() => grid(page, "Balances").locator("tbody tr").count()).toBe(1);
    expect(await cellOf(grid(page, "Balances").locator("tbody tr"), 0)).toBe("BOB");
    await page.getByLabel("Account", { exact: true }).selectOption("");
    await expect.poll(() => grid(page, "Balances").locator("tbody tr").count()).toBe(2);
    await context.close();
  });

  test("holds the stream of events still while it is paused, and misses nothing of it", async () => {
    const { page, context } = await signedIn();
    await trade("BOB", "BEFORE", 1);
    await grid(page, "Events").getByText("Trade T-BEFORE").first().waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await trade("BOB", "DURING", 1);
    await page.getByText(/^\d+ new$/).waitFor();
    expect(await grid(page, "Events").getByText("Trade T-DURING").count()).toBe(0);
    await page.getByRole("button", { name: "Go on" }).click();
    await grid(page, "Events").getByText("Trade T-DURING").first().waitFor();
    await page.getByLabel("About").selectOption("Transaction");
    await expect
      .poll(async () => new Set(await grid(page, "Events").locator("tbody td:nth-child(2)").allTextContents()))
      .toEqual(new Set(["Transaction"]));
    await context.close();
  });

  test("says at once when the connection is lost, when it tries again, and goes on when the server is back", async () => {
    const { page, context, problems } = await signedIn();
    const said = page.locator(".connection [role=status]");
    const states: (string | null)[] = [];
    await page.exposeFunction("told", (text: string) => states.push(text));
    await page.evaluate(() => {
      const status = document.querySelector(".connection [role=status]");
      const told: unknown = Reflect.get(window, "told");
      if (status === null || typeof told !== "function") throw new Error("nothing to watch");
      new MutationObserver(() => told(status.textContent)).observe(status, { subtree: true, characterData: true });
    });
    await running.server.kill();
    await expect.poll(() => states.some((text) => text?.startsWith("Connection lost"))).toBe(true);
    await expect.poll(() => said.textContent(), { timeout: 20_000 }).toBe("Connected: what is shown is live");
    await trade("ALICE", "AFTER", 10);
    await grid(page, "Events").getByText("Trade T-AFTER").first().waitFor();
    // Read out are the changes of state alone, and not every second that passes.
    expect(states.length).toBeLessThan(20);
    expect(problems).toEqual([]);
    await context.close();
  });

  test(`is of use at ${MANY} open orders: draws those in view, sorts, filters, and goes to the last`, async () => {
    const submitted: Promise<void>[] = [];
    for (let number = 1; number <= MANY; number++) {
      await feed.ready();
      submitted.push(submit({ Order: order("BOB", `O${String(number).padStart(4, "0")}`, number) }));
    }
    await Promise.all(submitted);
    const { page, context, problems } = await signedIn();
    const orders = grid(page, "Orders");
    await expect.poll(async () => Number(await orders.getAttribute("aria-rowcount"))).toBeGreaterThan(MANY);
    const length = Number(await orders.getAttribute("aria-rowcount"));
    expect(await orders.locator("tbody tr").count()).toBeLessThan(100);
    await orders.getByRole("button", { name: "Quantity" }).click();
    await orders.focus();
    await page.keyboard.press("End");
    const last = orders.locator("[aria-selected=true]");
    await expect.poll(() => last.getAttribute("aria-rowindex")).toBe(String(length));
    expect(await cellOf(last, 5)).toBe("1,000");
    expect(await isInView(last)).toBe(true);
    expect(await orders.getAttribute("aria-activedescendant")).toBe(await last.getAttribute("id"));
    await page.keyboard.press("Home");
    await expect.poll(() => last.getAttribute("aria-rowindex")).toBe("2");
    expect(await isInView(last)).toBe(true);
    // A wheel goes where the keys go.
    await orders.hover({ position: { x: 60, y: 60 } });
    await page.mouse.wheel(0, 10_000);
    await orders.getByText("O0375").waitFor();
    await page.getByLabel("Filter orders").fill("buy o0777");
    await expect.poll(() => orders.locator("tbody tr").count()).toBe(1);
    expect(await cellOf(orders.locator("tbody tr"), 5)).toBe("777");
    expect(problems).toEqual([]);
    await context.close();
  });

  test("shows any moment of the past, clearly marked, and is back in the present with one press", async () => {
    const { page, context, problems } = await signedIn();
    const now = await cellOf(balanceOf(page, "ALICE"), 2);
    await page.getByLabel("Filter events").fill("none");
    await page.getByLabel("Reach of the slider").selectOption({ label: "Everything" });
    await expect
      .poll(() => page.getByLabel("Moment", { exact: true }).evaluate((slider: HTMLInputElement) => Number(slider.min)))
      .toBeLessThan(Date.now() - 1_000);
    await page.getByLabel("Moment", { exact: true }).focus();
    await page.keyboard.press("Home");
    await page.getByText(/^The past: as at/).waitFor();
    await expect.poll(() => grid(page, "Balances").locator("tbody tr").count()).toBe(0);
    // From change to change: the accounts, the deposits, the first order, the first trade.
    const next = page.getByRole("button", { name: "Next change" });
    const seen: string[] = [];
    for (let press = 0; press < 12 && !seen.some((each) => each.startsWith("998,")); press++) {
      const note = await page.locator(".past-note").textContent();
      await next.click();
      await expect.poll(() => page.locator(".past-note").textContent()).not.toBe(note);
      await page.locator(".workspace[aria-busy=false]").waitFor();
      const row = balanceOf(page, "ALICE");
      if ((await row.count()) > 0) seen.push(await cellOf(row, 2));
    }
    expect(seen[0]).toBe("1,000,000.000000000000000001");
    expect(seen.at(-1)).toBe("998,000.000000000000000001");
    expect(await page.locator(".workspace").getAttribute("data-past")).toBe("true");
    await page.getByRole("button", { name: "Previous change" }).click();
    await expect.poll(() => cellOf(balanceOf(page, "ALICE"), 2)).not.toBe(seen.at(-1));
    await page.keyboard.press("Escape");
    await expect.poll(() => cellOf(balanceOf(page, "ALICE"), 2)).toBe(now);
    expect(await page.getByRole("button", { name: "Live" }).getAttribute("aria-pressed")).toBe("true");
    expect(problems).toEqual([]);
    await context.close();
  });

  test("shows the past, with its orders, also to who is no Operator", async () => {
    const { page, context, problems } = await openPage(browser);
    const plain = await signToken(SECRET, { identity: "client", owners: [OWNER] });
    await page.goto(`${running.server.url.href}#token=${plain}`);
    await grid(page, "Orders").locator("tbody tr").first().waitFor();
    await page.getByRole("button", { name: "Previous change" }).click();
    await page.locator(".workspace[data-past=true][aria-busy=false]").waitFor();
    expect(await grid(page, "Orders").locator("tbody tr").count()).toBeGreaterThan(0);
    expect(await page.locator(".past-note").textContent()).not.toContain("cannot be shown");
    expect(problems).toEqual([]);
    await context.close();
  });

  test("draws a balance through time, loaded only then, with the update that caused each step, by keyboard", async () => {
    const { page, context, problems, asked } = await signedIn();
    expect(asked.filter((path) => path.includes("chart"))).toEqual([]);
    await grid(page, "Balances").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    const record = page.getByRole("dialog", { name: "AUD of ALICE" });
    await record.locator("canvas").waitFor();
    expect(asked.filter((path) => path.includes("chart"))).toHaveLength(1);
    await record.getByLabel("Span of time").selectOption({ label: "Everything" });
    const steps = record.getByRole("grid", { name: "Steps" });
    const cause = record.getByRole("region", { name: "The update that caused this step" });
    await steps.focus();
    await expect
      .poll(async () => {
        await page.keyboard.press("End");
        return (await cause.count()) > 0 ? await cause.textContent() : "";
      })
      .toContain("Cash transfer D-ALICE: +1,000,000.000000000000000001 AUD");
    await page.keyboard.press("ArrowUp");
    await cause.getByText("Order FIRST (new): Buy 200 BHP at 10.00: New").waitFor();
    await page.keyboard.press("ArrowUp");
    await cause.getByText("Bought 100 BHP at 10.00 (trade T-FIRST of order FIRST)").waitFor();
    await trade("ALICE", "DRAWN", 10);
    await steps.getByText("trade T-DRAWN").waitFor();
    // What is selected stays so, whatever comes.
    expect(await cause.textContent()).toContain("T-FIRST");
    await record.getByRole("button", { name: "Unbooked" }).click();
    await cause.getByText("T-FIRST").first().waitFor();
    await page.keyboard.press("Escape");
    await record.waitFor({ state: "hidden" });
    expect(problems).toEqual([]);
    await context.close();
  });

  test("is worked with the keyboard alone, from signing in to a record and back", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(running.server.url.href);
    await tabTo(page, "Access token");
    await page.keyboard.insertText(token);
    await page.keyboard.press("Enter");
    await balanceOf(page, "ALICE").waitFor();
    for (const name of [
      "Owner",
      "Account",
      "Previous change",
      "Moment",
      "Date and time",
      "Filter balances",
      "Balances",
    ]) {
      await tabTo(page, name);
      const outline = await page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === null) return "none";
        const around = focused.parentElement === null ? "" : getComputedStyle(focused.parentElement).boxShadow;
        return `${getComputedStyle(focused).outlineStyle} ${around}`;
      });
      // The focus is seen: an outline, or around what scrolls.
      expect([name, /^(?:auto|solid)|rgb/.test(outline)]).toEqual([name, true]);
    }
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^AUD of/ }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => focusedName(page)).toBe("Balances");
    await context.close();
  });

  describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
    test.each([
      ["wide", { width: 1440, height: 900 }],
      ["narrow", { width: 390, height: 844 }],
    ] as const)("has names, roles and contrast for everybody, %s", async (_width, viewport) => {
      const { page, context } = await openPage(browser, { viewport, colorScheme });
      await page.goto(running.server.url.href);
      await page.getByLabel("Access token").fill("nonsense");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").filter({ hasText: "not a token" }).waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.goto(`${running.server.url.href}#token=${token}`);
      await page.reload();
      await balanceOf(page, "ALICE").waitFor();
      expect(await faultsOf(page)).toEqual([]);
      // Nothing of the page lies beside it.
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await grid(page, "Balances").focus();
      await page.keyboard.press("Home");
      expect(await faultsOf(page)).toEqual([]);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").locator("canvas").waitFor();
      await page.getByRole("dialog").getByRole("grid").locator("tbody tr").first().waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Previous change" }).click();
      await page.getByText(/^The past: as at/).waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await context.close();
    });
  });

  test("is dark or light by the system, or as it is told, and remembers that", async () => {
    const { page, context } = await signedIn({ colorScheme: "dark" });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await ground();
    await page.getByLabel("Colours").selectOption("light");
    await expect.poll(ground).not.toBe(dark);
    const light = await ground();
    await page.reload();
    await balanceOf(page, "ALICE").waitFor();
    expect(await ground()).toBe(light);
    await page.getByLabel("Colours").selectOption("system");
    await expect.poll(ground).toBe(dark);
    await context.close();
  });

  test("shows one panel at a time on a phone, and every panel by its tab", async () => {
    const { page, context, problems } = await signedIn({ viewport: { width: 390, height: 844 }, hasTouch: true });
    expect(await page.getByRole("grid").count()).toBe(1);
    for (const name of ["Holdings", "Orders", "Requests", "Events", "Feeds"]) {
      await page.getByRole("tab", { name }).tap();
      await grid(page, name).waitFor();
      expect(await page.getByRole("grid").count()).toBe(1);
    }
    await page.getByRole("tab", { name: "Holdings" }).tap();
    await grid(page, "Holdings").locator("tbody tr").first().tap();
    await page.getByRole("dialog").locator("canvas").waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });
});

/** A page that is signed in by a link and shows what there is. */
async function signedIn(options: Parameters<typeof openPage>[1] = {}): Promise<WatchedPage> {
  const opened = await openPage(browser, options);
  await opened.page.goto(`${running.server.url.href}#token=${token}`);
  await balanceOf(opened.page, "ALICE").waitFor();
  return opened;
}

function grid(page: Page, name: string): Locator {
  return page.getByRole("grid", { name, exact: true });
}

function balanceOf(page: Page, account: string): Locator {
  return grid(page, "Balances").locator("tbody tr").filter({ hasText: account });
}

async function cellOf(row: Locator, index: number): Promise<string> {
  return (await row.locator("td").nth(index).textContent()) ?? "";
}

function isInView(row: Locator): Promise<boolean> {
  return row.evaluate((element) => {
    const [inner, outer] = [element.getBoundingClientRect(), element.closest(".scroll")?.getBoundingClientRect()];
    return outer !== undefined && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  });
}

/** Presses Tab until what has a name is reached. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let press = 0; press < 40; press++) {
    if ((await focusedName(page)) === name) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${name}`);
}

/** What is focused, by its label. */
function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    const labelled = focused?.getAttribute("aria-labelledby") ?? "";
    const label = focused instanceof HTMLElement && "labels" in focused ? focused.labels : undefined;
    const first = label instanceof NodeList ? label[0] : undefined;
    const own = first instanceof Element ? (first.querySelector("span")?.textContent ?? first.textContent) : undefined;
    return focused?.getAttribute("aria-label") ?? document.getElementById(labelled)?.textContent ?? own ?? "";
  });
}

function order(AccountID: string, OrderID: string, quantity: number): OrderState {
  return {
    OrderID,
    Account: { OwnerID: OWNER, AccountID },
    Exchange: "ASX",
    Code: "BHP",
    Currency: "AUD",
    Side: "SIDE_BUY",
    OrderType: "ORDERTYPE_LIMIT",
    Price: Decimal.of(10),
    Quantity: Decimal.of(quantity),
    Status: "New",
  };
}

function submit({ Order, trade }: { readonly Order: OrderState; readonly trade?: string }): Promise<void> {
  const executed = Order.ExecutedQuantity;
  position++;
  const Action: ExternalAction =
    trade === undefined || executed === undefined
      ? {
          Type: "ExternalActionType_Update",
          Order,
          Update: { Type: "OrderUpdateType_Update", Reason: "OrderUpdateReason_New" },
        }
      : {
          Type: "ExternalActionType_Trade",
          Order,
          Trade: { TradeID: trade, Type: "OrderTradeType_Trade", Price: Decimal.of(10), Quantity: executed },
        };
  return feed.submit(position, { Type: "FeedRequestType_Action", Action });
}

/** Buys so much of twice as much that was ordered, at ten dollars. */
async function trade(account: string, id: string, quantity: number): Promise<void> {
  const Order = order(account, id, 2 * quantity);
  await submit({ Order });
  await submit({ Order: { ...Order, ExecutedQuantity: Decimal.of(quantity) }, trade: `T-${id}` });
}
