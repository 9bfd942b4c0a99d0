/**
 * The pages that the Worker serves beside its routes: the dashboard at `/`, and whatever else was built into
 * `dist/assets`. They hold nothing of any Owner, so they need no token: what they show, they ask for with the token of
 * who reads them.
 */
import type { AssetStore, Call } from "./environment.ts";
import { refused } from "./refusals.ts";

/** Only our own files run, and they talk to us alone: a text of somebody's that gets into a page remains a text. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** A file whose name holds the hash of its content, as the build names it: `app-3XQ7LZ2M.js`. */
const HASHED = /-[A-Z0-9]{8}\.\w+$/;

/** Where pages are. No other path is looked for among the files. */
const PAGES = /^\/(?:$|dashboard\/|docs(?:$|\/))/;

/** The file at the path of a call; undefined when there is none, and the path is as unknown as any other. */
export async function answerAsset(call: Call): Promise<Response | undefined> {
  const { ASSETS } = call.env;
  const { method, path } = call.req;
  if (ASSETS === undefined || !PAGES.test(path)) return undefined;
  const found = await lookUp(ASSETS, call);
  if (found === undefined) return undefined;
  if (method === "GET" || method === "HEAD") return found;
  const headers = { Allow: "GET, HEAD, OPTIONS" };
  return method === "OPTIONS" ? new Response(null, { status: 204, headers }) : refused(["Message.Method"], headers);
}

async function lookUp(files: AssetStore, call: Call): Promise<Response | undefined> {
  const known = call.req.header("If-None-Match");
  const { origin, pathname } = new URL(call.req.url);
  // The token of who asks, and whatever else the call carries, is no business of a file's.
  const request = new Request(`${origin}${pathname}`, {
    method: call.req.method === "HEAD" ? "HEAD" : "GET",
    headers: known === undefined ? {} : { "If-None-Match": known },
    redirect: "manual",
  });
  const found = await files.fetch(request);
  if (found.status === 404) return undefined;
  const headers = new Headers(found.headers);
  for (const [name, content] of Object.entries(HEADERS)) headers.set(name, content);
  headers.set("Cache-Control", HASHED.test(pathname) ? "public, max-age=31536000, immutable" : "no-cache");
  return new Response(found.body, { status: found.status, headers });
}
