/** What is asked once more when a socket is open: an isolate may have let its caller in by what was so before. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Installation, RETRY, sourceOf, UNAUTHENTICATED } from "../support/installation.ts";
import { makeSigningKey, PublishedKeys } from "../support/published-keys.ts";

const key = await makeSigningKey({ kid: "1" });
const WHO = { Identity: "User:alice", Source: "main", Owners: ["XS"] };
let issuer: PublishedKeys;
let installation: Installation;

// Each test has an hour of its own: nothing is remembered for so long.
let hour = Date.parse("2031-01-01T00:00:00Z");
beforeEach(async () => {
  hour += 3_600_000;
  vi.useFakeTimers({ toFake: ["Date"], now: hour });
  vi.spyOn(console, "warn").mockReturnValue();
  issuer = await PublishedKeys.start();
  issuer.publish(key);
  installation = new Installation();
  installation.sources = [sourceOf(issuer.url)];
  installation.permissions = [WHO];
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await issuer.stop();
});

async function opened() {
  return await installation.askWith(await issuer.token(key), "/opened");
}

test("nothing has changed: the socket stays", async () => {
  expect(await opened()).toMatchObject({ status: 200 });
});

test("its permissions have changed meanwhile: it asks again", async () => {
  installation.meanwhile = () => {
    installation.permissions = [{ ...WHO, Features: ["Alter"] }];
  };
  expect(await opened()).toEqual(RETRY);
});

test("its source is not there any more: its token says nothing", async () => {
  installation.meanwhile = () => {
    installation.sources = [];
  };
  expect(await opened()).toEqual(UNAUTHENTICATED);
});

test("its source, under the same code, is another issuer or another audience by now: its token says nothing", async () => {
  installation.meanwhile = () => {
    installation.sources = [sourceOf("https://another.example")];
  };
  expect(await opened()).toEqual(UNAUTHENTICATED);
  hour += 60_000;
  vi.setSystemTime(hour);
  installation.sources = [sourceOf(issuer.url)];
  installation.meanwhile = () => {
    installation.sources = [sourceOf(issuer.url, { Audience: "another" })];
  };
  expect(await opened()).toEqual(UNAUTHENTICATED);
});
