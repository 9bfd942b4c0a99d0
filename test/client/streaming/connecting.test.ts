import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OmsError } from "../../../src/client/index.ts";
import { settled } from "./support/fake-clock.ts";
import { outcomeOf, ScriptedServer } from "./support/scripted.ts";

const answering = (status: number, codes: readonly string[]) => () =>
  Promise.resolve(new Response(JSON.stringify(codes), { status, headers: { "Content-Type": "application/json" } }));

describe("connecting", () => {
  it("offers the protocol and the token, and names the Owner", async () => {
    const server = new ScriptedServer({ url: "https://oms.test/base/", owner: "X S", token: "abc" });
    await settled();
    expect(server.socket.url).toBe("wss://oms.test/base/streaming?owner=X%20S");
    expect(server.socket.protocols).toEqual(["oms.v1", "bearer.abc"]);
  });

  it("asks for a token before each connection", async () => {
    let asked = 0;
    const server = new ScriptedServer({ token: () => `token${++asked}` });
    await server.accept();
    server.socket.lose(1006);
    await server.clock.pass(250);
    expect(server.sockets.map(({ protocols }) => protocols[1])).toEqual(["bearer.token1", "bearer.token2"]);
  });

  it("tells its states, with the time of the next attempt and why", async () => {
    const server = new ScriptedServer({ backoff: { first: 1_000 } });
    await server.accept();
    server.socket.lose(1011, "restarting");
    const waiting = server.session.state.current;
    expect(waiting).toMatchObject({ name: "waiting", until: server.clock.now() + 500 });
    expect(waiting.name === "waiting" && waiting.why).toMatchObject({ kind: "unreachable", isRetryable: true });
    await server.clock.pass(500);
    expect(server.session.state.current).toEqual({ name: "connecting", attempt: 2 });
    await server.accept();
    server.session.close();
    expect(server.states.map(({ name }) => name)).toEqual([
      "connecting",
      "live",
      "waiting",
      "connecting",
      "live",
      "closed",
    ]);
    expect(server.socket.closedByClient?.code).toBe(1000);
  });

  it("gives its states to an iterator, the present one first", async () => {
    const server = new ScriptedServer();
    const names: string[] = [];
    const reading = (async () => {
      for await (const { name } of server.session.state) names.push(name);
    })();
    await server.accept();
    server.session.close();
    await reading;
    expect(names).toEqual(["connecting", "live", "closed"]);
  });

  it("waits at random up to a span that doubles with each failure, and no longer than the most", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 8 }),
        async (chances) => {
          const server = new ScriptedServer({ backoff: { first: 100, most: 1_000 } });
          for (const [failures, chance] of chances.entries()) {
            server.clock.chance = chance;
            await settled();
            server.socket.fail();
            await settled();
            const state = server.session.state.current;
            const span = Math.min(1_000, 100 * 2 ** failures);
            const delay = state.name === "waiting" ? state.until - server.clock.now() : undefined;
            expect(delay).toBe(Math.floor(chance * span));
            await server.clock.pass(delay ?? 0);
          }
          expect(server.sockets.length).toBe(chances.length + 1);
        },
      ),
      { numRuns: 30 },
    ));

  it("begins with the shortest span again after a connection that lasted, and only then", async () => {
    const server = new ScriptedServer({ backoff: { first: 1_000, most: 60_000 }, pulse: 60_000 });
    const delays: number[] = [];
    for (const lasted of [0, 4_999, 5_000, 0]) {
      await server.accept();
      await server.clock.pass(lasted);
      server.socket.lose(1006);
      const state = server.session.state.current;
      const delay = state.name === "waiting" ? state.until - server.clock.now() : -1;
      delays.push(delay);
      await server.clock.pass(delay);
    }
    expect(delays).toEqual([500, 1_000, 500, 1_000]);
  });

  it.each([
    [4403, 403, "Authority"],
    [4404, 404, "Owner.Unknown"],
    [4401, 401, "Unauthenticated"],
  ])("stops for good when it is closed with %s, which it cannot mend", async (code, status, word) => {
    const server = new ScriptedServer();
    await server.accept();
    const { ready } = server.session.subscribe("Balances");
    server.socket.lose(code);
    const state = server.session.state.current;
    expect(state).toMatchObject({ name: "closed", why: { status, codes: [word], isRetryable: false } });
    await server.clock.pass(120_000);
    expect(server.sockets.length).toBe(1);
    expect(await outcomeOf(ready)).toBe(state.name === "closed" && state.why);
    expect(() => server.session.subscribe("Orders")).toThrow(OmsError);
  });

  it("goes on with another token when one has expired that a function gave", async () => {
    const server = new ScriptedServer({ token: () => "token" });
    await server.accept();
    server.socket.lose(4401);
    await server.clock.pass(250);
    expect(server.sockets.length).toBe(2);
  });

  it.each([
    [401, "Unauthenticated"],
    [403, "Authority"],
    [404, "Owner.Unknown"],
  ])("finds out by REST why it was not let in, and stops for good after %s", async (status, code) => {
    const server = new ScriptedServer({ fetch: answering(status, [code]) });
    await settled();
    server.socket.fail();
    await settled();
    expect(server.session.state.current).toMatchObject({ name: "closed", why: { status, codes: [code] } });
  });

  it.each([
    [200, "token", "function"],
    [503, "token", "fixed"],
    [401, "token", "function"],
  ])("tries again when REST answers %s", async (status, token, kind) => {
    const given = kind === "function" ? () => token : token;
    const server = new ScriptedServer({ fetch: answering(status, ["Retry"]), token: given });
    await settled();
    server.socket.fail();
    await settled();
    expect(server.session.state.current.name).toBe("waiting");
  });

  it("tries again when the token function fails", async () => {
    let isDown = true;
    const token = () => (isDown ? Promise.reject(new Error("the issuer is down")) : "token");
    const server = new ScriptedServer({ token });
    await settled();
    expect(server.session.state.current).toMatchObject({ name: "waiting", why: { kind: "token" } });
    isDown = false;
    await server.clock.pass(30_000);
    await server.accept();
    expect(server.session.state.current.name).toBe("live");
  });

  it("notices a peer that says nothing any more, and one that never opens", async () => {
    const server = new ScriptedServer({ pulse: 1_000, backoff: { first: 0 } });
    await server.accept();
    await server.clock.pass(1_000);
    expect(server.socket.sent).toEqual(["ping"]);
    server.socket.receive("pong");
    await server.clock.pass(1_000);
    expect(server.sockets.length).toBe(1);
    await server.clock.pass(1_000);
    expect(server.sockets.length).toBe(2);
    expect(server.sockets[0]?.closedByClient?.reason).toBe("no sign of life");
    await server.clock.pass(15_000);
    expect(server.sockets.length).toBe(3);
  });

  it("is ended by its signal, also before it has begun", async () => {
    const control = new AbortController();
    const server = new ScriptedServer({ signal: control.signal });
    await server.accept();
    const subscription = server.session.subscribe("Balances");
    const feed = server.session.feed("asx");
    control.abort();
    expect(server.session.state.current).toEqual({ name: "closed" });
    expect(await outcomeOf(subscription.ready)).toMatchObject({ kind: "closed" });
    expect(await outcomeOf(feed.supplying)).toMatchObject({ kind: "closed" });
    expect(server.clock.waiting).toBe(0);
    const late = new ScriptedServer({ signal: control.signal });
    await settled();
    expect(late.sockets).toEqual([]);
  });

  it("connects again at once when it is told to", async () => {
    const server = new ScriptedServer();
    await server.accept();
    server.session.reconnect();
    await server.accept();
    expect(server.sockets.length).toBe(2);
    expect(server.session.state.current.name).toBe("live");
  });

  it("takes a refusal that names nothing as that of what it has asked, and connects again", async () => {
    const server = new ScriptedServer();
    await server.accept();
    server.session.subscribe("Balances");
    await server.tell("Response", { Request: { Errors: ["Retry"] } });
    expect(server.session.state.current.name).toBe("waiting");
  });
});
