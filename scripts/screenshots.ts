/**
 * `npm run screenshots`: pictures of every page of the dashboard, light and dark, wide and narrow, in
 * `scripts/screenshots/`. They are taken in a real browser, on a server of their own on which the demo trades.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { buildDashboard } from "./build/dashboard.ts";
import { playEndlessly } from "./demo/endless.ts";
import { signToken } from "./support/bootstrap-token.ts";
import { browserProblem, launchBrowser, openPage } from "./support/browser.ts";
import { startServer } from "./support/server.ts";

const FOLDER = fileURLToPath(new URL("screenshots", import.meta.url).href);
const SECRET = "screenshots".repeat(6);
const OWNER = "MARKET";
/** For how long the market trades, quicker than usual, before the first picture. */
const TRADED_MS = 40_000;
const COLOURS = ["light", "dark"] as const;
const SIZES = { wide: { width: 1440, height: 860 }, narrow: { width: 390, height: 780 } } as const;

const problem = browserProblem();
if (problem === undefined) await takeAll();
else {
  console.error(`No pictures: ${problem}.`);
  process.exitCode = 1;
}

async function takeAll(): Promise<void> {
  await buildDashboard();
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const state = await mkdtemp(join(tmpdir(), "edge-oms-screenshots-"));
  const server = await startServer({ port: 0, state, secret: SECRET });
  const end = new AbortController();
  const market = playEndlessly({
    url: server.url,
    secret: SECRET,
    owner: OWNER,
    printsPerSecond: 4,
    signal: end.signal,
  });
  const browser = await launchBrowser();
  try {
    await wait(TRADED_MS);
    const token = await signToken(SECRET, { identity: "dashboard", features: ["Operator"], expires: "1d" });
    for (const colour of COLOURS) {
      for (const size of ["wide", "narrow"] as const) await takeOne(browser, server.url, token, colour, size);
    }
  } finally {
    end.abort();
    await market;
    await browser.close();
    await server.dispose();
    await rm(state, { recursive: true, force: true });
  }
}

/** Every page, in one colour and size. */
async function takeOne(
  browser: Browser,
  url: URL,
  token: string,
  colorScheme: (typeof COLOURS)[number],
  size: keyof typeof SIZES,
): Promise<void> {
  const { page, context } = await openPage(browser, { viewport: SIZES[size], colorScheme, timezoneId: "UTC" });
  const take = async (name: string): Promise<void> => {
    const file = `${name}-${colorScheme}-${size}.webp`;
    await writeFile(join(FOLDER, file), await compressed(browser, await page.screenshot()));
    console.log(file);
  };
  await page.goto(url.href);
  await page.getByLabel("Access token").waitFor();
  await take("sign-in");
  await page.goto(`${url.href}#token=${token}`);
  await page.reload();
  await rowsOf(page, "Balances").first().waitFor();
  // Long enough for some events.
  await wait(4_000);
  await take("desk");
  if (size === "narrow") {
    await page.getByRole("tab", { name: "Orders" }).click();
    await rowsOf(page, "Orders").first().waitFor();
    await take("orders");
    await page.getByRole("tab", { name: "Balances" }).click();
  }
  await rowsOf(page, "Balances").first().click();
  await page.getByRole("dialog").locator("canvas").waitFor();
  await rowsOf(page, "Steps").nth(3).click();
  await wait(500);
  await take("record");
  await page.keyboard.press("Escape");
  await page.getByLabel("Moment", { exact: true }).focus();
  for (let press = 0; press < 15; press++) await page.keyboard.press("ArrowLeft");
  await page.locator(".workspace[data-past=true][aria-busy=false]").waitFor();
  await wait(300);
  await take("past");
  await context.close();
}

/** A picture a fifth as large, and as sharp to the eye: the browser knows how. */
async function compressed(browser: Browser, png: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  try {
    const url = await page.evaluate(
      async (source) => {
        const picture = new Image();
        picture.src = source;
        await picture.decode();
        const canvas = document.createElement("canvas");
        canvas.width = picture.width;
        canvas.height = picture.height;
        canvas.getContext("2d")?.drawImage(picture, 0, 0);
        return canvas.toDataURL("image/webp", 0.8);
      },
      `data:image/png;base64,${png.toString("base64")}`,
    );
    return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  } finally {
    await page.close();
  }
}

function rowsOf(page: Page, name: string) {
  return page.getByRole("grid", { name, exact: true }).locator("tbody tr");
}
