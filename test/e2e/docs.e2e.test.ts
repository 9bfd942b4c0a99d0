/** The pages of the reference in a real browser, under the policy that they are served with. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { browserProblem, launchBrowser } from "../../scripts/support/browser.ts";
import { FEATURES } from "../../src/domain/permissions.ts";
import { tokenFor } from "../support/token.ts";
import { type RunningServer, SECRET, startTemporaryServer } from "./support.ts";

const problem = browserProblem();

describe.skipIf(problem !== undefined)("the pages of the reference", { timeout: 60_000 }, () => {
  let running: RunningServer;
  let browser: Browser;
  let page: Page;
  /** What the browser objected to, or could not load. */
  let complaints: string[];

  const address = (path: string) => new URL(path, running.server.url).href;

  beforeAll(async () => {
    running = await startTemporaryServer();
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await running.stop();
  });

  beforeEach(async () => {
    complaints = [];
    page = await browser.newPage({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("requestfailed", (request) => complaints.push(request.url()));
    page.on("request", (request) => {
      if (!request.url().startsWith(running.server.url.href) && !request.url().startsWith("data:"))
        complaints.push(request.url());
    });
  });
  afterEach(() => page.close());

  test("show every operation, ask nobody else for anything, and break no policy", async () => {
    await page.goto(address("/docs"));
    await page.waitForSelector(".opblock");
    const { paths } = JSON.parse(await (await fetch(address("/docs/openapi.json"))).text());
    const operations = Object.values<object>(paths).flatMap((methods) => Object.keys(methods));
    expect(await page.locator(".opblock").count()).toBe(operations.length);
    expect(complaints).toEqual([]);
  });

  test("are dark where the reader's device is, and follow it when it changes", async () => {
    const brightnessOfText = () =>
      page.evaluate(
        `getComputedStyle(document.querySelector('.info .title')).color.match(/\\d+/g).reduce((sum, part) => sum + Number(part), 0)`,
      );
    await page.goto(address("/docs"));
    await page.waitForSelector(".opblock");
    expect(await brightnessOfText()).toBeGreaterThan(450);
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForSelector("html:not(.dark-mode)");
    expect(await brightnessOfText()).toBeLessThan(300);
  });

  test("try a call with a token, and without one", async () => {
    await page.goto(address("/docs#/Owners/listOwners"));
    const operation = page.locator("#operations-Owners-listOwners");
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.locator(".live-responses-table").getByText("Unauthenticated").first().waitFor();

    const claims = { features: FEATURES };
    const token = await tokenFor(claims, SECRET);
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const body = JSON.stringify({ OwnerID: "XS" });
    expect((await fetch(address("/owner"), { method: "POST", headers, body })).status).toBe(204);
    await page.getByRole("button", { name: "Authorize", exact: true }).click();
    await page.locator(".auth-container input").fill(token);
    await page.locator(".auth-container").getByRole("button", { name: "Apply credentials" }).click();
    await page.locator(".auth-container").getByRole("button", { name: "Close" }).click();
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.locator(".live-responses-table").getByText('"XS"').first().waitFor();
  });

  test("ask with positions as the server reads them", async () => {
    const token = await tokenFor({ features: FEATURES, owners: ["XS"] }, SECRET);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(decodeURIComponent(request.url())));
    await page.goto(address("/docs#/Audit/listAuditFromPosition"));
    const operation = page.locator("#operations-Audit-listAuditFromPosition");
    await page.getByRole("button", { name: "Authorize", exact: true }).click();
    await page.locator(".auth-container input").fill(token);
    await page.locator(".auth-container").getByRole("button", { name: "Apply credentials" }).click();
    await page.locator(".auth-container").getByRole("button", { name: "Close" }).click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.locator('tr[data-param-name="from[…]"] textarea').fill('{"from[oms]": 0}');
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.locator(".live-responses-table .response-col_status").getByText("200").waitFor();
    expect(asked.some((url) => url.includes("/audit/fromposition?from[oms]=0"))).toBe(true);
  });

  test.each([
    ["/docs", ".opblock"],
    ["/docs/socket", "#Subscribe"],
  ])("fit on a phone: %s", async (path, ready) => {
    await page.goto(address(path));
    await page.waitForSelector(ready);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  });

  test("of the socket lead from every name to what it stands for", async () => {
    await page.goto(address("/docs/socket"));
    const dangling = await page.evaluate(
      `[...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute("href")).filter((href) => document.getElementById(href.slice(1)) === null)`,
    );
    expect(dangling).toEqual([]);
    expect(await page.locator("section pre").count()).toBeGreaterThan(25);
    expect(complaints).toEqual([]);
  });

  test("are there without a token, with their documents, and with no map of their sources", async () => {
    for (const path of ["/docs", "/docs/socket", "/docs/openapi.json", "/docs/asyncapi.json"]) {
      const answer = await fetch(address(path));
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get("Content-Security-Policy")).toContain("script-src 'self'");
      const text = await answer.text();
      expect(text).not.toContain("https://cdn");
      for (const [, file = ""] of text.matchAll(/(?:src|href)="(\/docs\/[^"#]+\.(?:js|css))"/g)) {
        const source = await fetch(address(file));
        expect([file, source.status]).toEqual([file, 200]);
        expect(await source.text()).not.toContain("sourceMappingURL=");
      }
    }
  });
});
