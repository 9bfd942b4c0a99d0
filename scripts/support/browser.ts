/** A real browser, for tests of pages and pictures of them. There may be none, and then the reason is printed. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Why no browser can be started; undefined when one can. REQUIRE_BROWSER=1 makes a missing one a failure. */
export function browserProblem(): string | undefined {
  if (existsSync(CHROMIUM)) return undefined;
  const problem = `there is no browser at ${CHROMIUM} (CHROMIUM names another)`;
  if (process.env.REQUIRE_BROWSER === "1") throw new Error(problem);
  console.warn(`Pages are not tested: ${problem}.`);
  return problem;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM });
}

/** A page, and all that went wrong in it: errors, and whatever its Content-Security-Policy forbade. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly problems: readonly string[];
  /** The paths that it asked the server for. */
  readonly asked: readonly string[];
}

/** Opens an empty page of a browser that knows nothing yet. */
export async function openPage(browser: Browser, options: Parameters<Browser["newContext"]>[0] = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  const asked: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error.stack)));
  page.on("console", (message) => {
    // What the network does not give is told here too, and is expected when a server is killed.
    const text = message.text();
    if (message.type() !== "error") return;
    if (/Content Security Policy/.test(text) || !/net::ERR|WebSocket|status of 40[13]/.test(text)) problems.push(text);
  });
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  return { page, context, problems, asked } satisfies WatchedPage;
}
