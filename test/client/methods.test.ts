import { describe, expect, test } from "vitest";
import { app } from "../../src/api/app.ts";
import { type Client, createClient } from "../../src/client/index.ts";
import { METHODS } from "./method-table.ts";

/** Sockets are the sessions' (`connect`), and the contract is for who has no client. */
const NOT_CALLS: readonly string[] = ["GET /streaming", "GET /proto"];

const LITERAL = /[.*+?^${}()|[\]\\]/g;

/** The paths that a route stands for. */
function pattern(route: string): RegExp {
  const parts = route.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : part.replace(LITERAL, "\\$&")));
  return new RegExp(`^${parts.join("/")}$`);
}

/** The method and path that a call is sent to. */
async function sentBy(call: (client: Client) => unknown): Promise<readonly string[]> {
  const sent: string[] = [];
  const client = createClient({
    url: "http://oms.test",
    fetch: async (url, { method }) => {
      sent.push(`${method} ${new URL(url).pathname}`);
      return new Response('["Unknown"]', { status: 404 });
    },
  });
  const told = call(client);
  if (isAsyncIterable(told))
    await told[Symbol.asyncIterator]()
      .next()
      .catch(() => undefined);
  else await Promise.resolve(told).catch(() => undefined);
  return sent;
}

function isAsyncIterable(told: unknown): told is AsyncIterable<unknown> {
  return typeof told === "object" && told !== null && Symbol.asyncIterator in told;
}

/** The names of the methods of a resource, and of those within it. */
function methodsOf(name: string, resource: object): readonly string[] {
  const own: string[] = [];
  for (let level: object = resource; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    own.push(...Object.getOwnPropertyNames(level).filter((key) => key !== "constructor"));
  }
  return own.flatMap((key) => {
    const member: unknown = Reflect.get(resource, key);
    if (typeof member === "function") return [`${name}.${key}`];
    return typeof member === "object" && member !== null ? methodsOf(`${name}.${key}`, member) : [];
  });
}

test("every method of the client is in the table, and no other", () => {
  const client = createClient({ url: "http://oms.test" });
  const methods = Object.entries(client).flatMap(([name, resource]) => methodsOf(name, resource));
  expect(Object.keys(METHODS).sort()).toEqual([...methods].sort());
});

test("every route of the app has a method that calls it", () => {
  const called = new Set(Object.values(METHODS).flatMap((uses) => uses.map(([route]) => route)));
  const routes = new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
  expect([...routes].filter((route) => !called.has(route) && !NOT_CALLS.includes(route))).toEqual([]);
});

describe.each(Object.entries(METHODS))("%s", (_name, uses) => {
  test.each(uses)("calls %s", async (route, call) => {
    const [method, path = ""] = route.split(" ");
    const sent = await sentBy(call);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(new RegExp(`^${method} `));
    expect(sent[0]?.slice(`${method} `.length)).toMatch(pattern(path));
  });
});
