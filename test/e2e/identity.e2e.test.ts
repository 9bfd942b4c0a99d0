/** What only the runtime shows: requests of one isolate that share the reading of an issuer's keys, and hang up. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { sourceOf } from "../support/installation.ts";
import { type Issuer, startIssuer } from "../support/issuer.ts";
import { json, makeSigningKey, PublishedKeys, status } from "../support/published-keys.ts";
import { eventually } from "./support.ts";

const WORKER = fileURLToPath(new URL("identity-worker.ts", import.meta.url).href);
const HOST = "127.0.0.1";
const key = await makeSigningKey({ kid: "1" });
const bundled = await build({ entryPoints: [WORKER], bundle: true, write: false, format: "esm", target: "es2024" });
const script = bundled.outputFiles[0]?.text ?? "";

let published: PublishedKeys;
let real: Issuer;
let miniflare: Miniflare;
let url: URL;

beforeEach(async () => {
  published = await PublishedKeys.start();
  published.publish(key);
  real = await startIssuer({ audience: "oms", clients: ["adapter"] });
  const SOURCES = JSON.stringify([sourceOf(published.url, {}, "published"), sourceOf(real.url, {}, "real")]);
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => undefined,
      workers: [
        {
          name: "identity",
          modules: true,
          script,
          compatibilityDate: "2026-10-01",
          bindings: { SOURCES },
          unsafeDirectSockets: [{ host: HOST, port: 0 }],
        },
      ],
    }),
  );
  await miniflare.ready;
  url = await miniflare.unsafeGetDirectURL("identity");
}, 60_000);
afterEach(async () => {
  await miniflare.dispose();
  await Promise.all([published.stop(), real.stop()]);
});

function ask(token: string, signal?: AbortSignal): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}` };
  return fetch(new URL("/any", url), { headers, ...(signal !== undefined && { signal }) });
}
const statusWith = async (token: string) => {
  const response = await ask(token);
  await response.body?.cancel();
  return response.status;
};

test("a real issuer's program and person are let in", { timeout: 30_000 }, async () => {
  const program = await ask(await real.tokenOfClient("adapter"));
  expect(await program.json()).toMatchObject({ permissions: { Identity: "Client:adapter", Source: "real" } });
  const person = await ask(await real.tokenOfUser("alice"));
  expect(await person.json()).toMatchObject({ permissions: { Identity: "User:alice", Source: "real" } });
});

test("calls that come at once share one reading of the keys", { timeout: 30_000 }, async () => {
  published.answers.set("/keys", (response) => setTimeout(() => json({ keys: [key.published] })(response), 300));
  const token = await published.token(key);
  expect(await Promise.all(Array.from({ length: 20 }, () => statusWith(token)))).toEqual(
    Array.from({ length: 20 }, () => 200),
  );
  expect([published.configurationAsked, published.keysAsked]).toEqual([1, 1]);
});

test("who hangs up while the keys are read does not keep the others out", { timeout: 30_000 }, async () => {
  let release: () => void = () => undefined;
  published.answers.set("/keys", (response) => {
    release = () => json({ keys: [key.published] })(response);
  });
  const token = await published.token(key);
  const client = new AbortController();
  const hungUp = ask(token, client.signal).catch((error: unknown) => error);
  await eventually(() => published.keysAsked === 1);
  const waiting = statusWith(token);
  client.abort();
  expect(await hungUp).toHaveProperty("name", "AbortError");
  // Time for the runtime to notice that nobody waits for the first answer any more.
  await new Promise((resolve) => setTimeout(resolve, 500));
  release();
  expect(await waiting).toBe(200);
  expect(published.keysAsked).toBe(1);
});

test("503 for an issuer that redirects, and it is asked once", { timeout: 30_000 }, async () => {
  published.answers.set("/elsewhere", json({ keys: [key.published] }));
  published.answers.set("/keys", status(302, { Location: `${published.url}/elsewhere` }));
  const token = await published.token(key);
  expect([await statusWith(token), await statusWith(token)]).toEqual([503, 503]);
  expect(published.asked).toEqual(["/.well-known/openid-configuration", "/keys"]);
});

test("503 for an issuer that begins an answer and does not end it, for all that wait", {
  timeout: 30_000,
}, async () => {
  published.answers.set("/keys", (response) => response.writeHead(200).write('{"keys":['));
  const token = await published.token(key);
  const first = statusWith(token);
  await eventually(() => published.keysAsked === 1);
  const began = performance.now();
  expect(await Promise.all([first, statusWith(token), statusWith(token)])).toEqual([503, 503, 503]);
  expect(performance.now() - began).toBeLessThan(2 * LIMITS.ISSUER_TIMEOUT_MS);
  expect(published.keysAsked).toBe(1);
});

test("503 for an issuer that sends without end", { timeout: 30_000 }, async () => {
  published.answers.set("/keys", (response) => {
    const send = (): void => {
      if (!response.destroyed) response.write(" ".repeat(64 * 1024), () => setTimeout(send, 1));
    };
    response.writeHead(200);
    send();
  });
  expect(await statusWith(await published.token(key))).toBe(503);
});
