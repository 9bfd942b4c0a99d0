import { afterEach, describe, expect, test, vi } from "vitest";
import { type Client, type ClientOptions, createClient, Decimal, OmsError } from "../../src/client/index.ts";
import { answers, breaksOff, done, fails, type Happening, refuses, Script, tells } from "./script.ts";

const AT_ONCE = { firstDelay: 0, longestDelay: 0 };
const TRANSFER = {
  Transaction: { Account: { OwnerID: "XS", AccountID: "A1" } },
  Transfer: { Currency: "AUD", Value: Decimal.of("0.10") },
};

function playing(script: Script, options: Partial<ClientOptions> = {}): Client {
  return createClient({ url: "http://oms.test/base/", token: "T", fetch: script.fetch, retry: AT_ONCE, ...options });
}

async function thrown(promise: Promise<unknown>): Promise<OmsError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OmsError) return error;
  throw new Error(`not an OmsError: ${error}`);
}

async function drawn<Item>(rows: AsyncIterable<Item>, into: Item[] = []): Promise<Item[]> {
  for await (const row of rows) into.push(row);
  return into;
}

const codesOf = (client: Client) => drawn(client.audit.fromDate("2026-01-01")).then((rows) => rows.map(({ ID }) => ID));

afterEach(() => {
  vi.useRealTimers();
});

describe("a call that does no harm when it is made twice", () => {
  const LIST: readonly [string, Happening, (client: Client) => Promise<unknown>] = [
    "a read",
    answers("[]"),
    (client) => client.balances.list({ owner: "XS" }),
  ];
  const REPEATABLE: readonly (typeof LIST)[] = [
    LIST,
    ["a read of many by POST", answers("[]"), (client) => client.accounts.getMany(manyNames)],
    ["a transfer", done, (client) => client.balances.transfer(TRANSFER)],
    ["a definition", done, (client) => client.owners.define({ OwnerID: "XS" })],
    ["a removal", done, (client) => client.accounts.undefine({ owner: "XS", account: "A1" })],
    ["a client request", answers("{}"), (client) => client.requests.make({ Type: "ClientRequestType_New" })],
    ["a settlement", done, (client) => client.balances.settle([])],
    ["a rename of a currency", done, (client) => client.transforms.renameCurrency({ code: "A", newCode: "B" })],
  ];
  const manyNames = Array.from({ length: 21 }, (_, index) => ({ owner: "XS", account: String(index) }));

  describe.each(REPEATABLE)("%s", (_what, succeeds, make) => {
    test.each<[string, Happening]>([
      ["503", refuses(503, ["Retry"])],
      ["429", refuses(429, [])],
      ["502 of a gateway", () => new Response("<h1>Bad Gateway</h1>", { status: 502 })],
      ["a failure of the network", fails],
      ["an answer that breaks off", breaksOff()],
    ])("is made again after %s, and is the same call", async (_fault, fault) => {
      const script = new Script(fault, fault, succeeds);
      await make(playing(script));
      expect(script.calls).toHaveLength(3);
      expect(new Set(script.calls.map((call) => JSON.stringify(call))).size).toBe(1);
    });

    test("is given up after its attempts, with the last failure", async () => {
      const script = new Script(fails, refuses(503, ["Storage.Full"]), fails, refuses(503, ["Retry"]));
      const error = await thrown(make(playing(script, { retry: { ...AT_ONCE, attempts: 3 } })));
      expect(error).toMatchObject({ kind: "unreachable", isRetryable: true });
      expect(script.calls).toHaveLength(3);
    });

    test("is not made again when it is refused", async () => {
      const script = new Script(refuses(422, ["Account XS/A1"]));
      const error = await thrown(make(playing(script)));
      expect(error).toMatchObject({ kind: "refused", status: 422, codes: ["Account XS/A1"], isRetryable: false });
    });
  });

  test("a transfer without an id gets one, so that both attempts have the same; one with an id keeps it", async () => {
    const script = new Script(fails, done, done);
    const client = playing(script);
    await client.balances.transfer(TRANSFER);
    await client.balances.transfer({ ...TRANSFER, Transaction: { ...TRANSFER.Transaction, TransactionID: "mine" } });
    const ids = script.calls.map(({ body }) => JSON.parse(String(body)).Transaction.TransactionID);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids).toEqual([ids[0], ids[0], "mine"]);
  });

  test("a removal that is repeated and finds nothing was done the first time; one that was not is refused", async () => {
    const gone = refuses(404, ["Unknown"]);
    await expect(playing(new Script(fails, gone)).statuses.undefine("Gone")).resolves.toEqual({});
    const error = await thrown(playing(new Script(gone)).statuses.undefine("Gone"));
    expect(error).toMatchObject({ status: 404, codes: ["Unknown"] });
  });
});

describe("a call of which it is not known what it did is made once", () => {
  test.each<[string, (client: Client) => Promise<unknown>]>([
    ["a replacement of an order", (client) => client.orders.replace({ owner: "XS", account: "A1", order: "O1" }, {})],
    ["a rename of an Owner", (client) => client.owners.rename("XS", "XT")],
    ["a question to an adapter", (client) => client.feeds.query("asx", "depth")],
  ])("%s", async (_what, make) => {
    for (const fault of [fails, refuses(503, ["Retry"])]) {
      const script = new Script(fault, answers("{}"));
      expect(await thrown(make(playing(script)))).toMatchObject({ isRetryable: true });
      expect(script.calls).toHaveLength(1);
    }
  });
});

describe("waiting", () => {
  test("takes as long as Retry-After says", async () => {
    vi.useFakeTimers();
    const script = new Script(refuses(503, ["Retry"], { "Retry-After": "30" }), answers("[]"));
    const listed = playing(script).owners.list();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(script.calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await listed).toEqual([]);
  });

  test("a server that asks for more than a minute is not waited for, and the error says how long", async () => {
    const script = new Script(refuses(429, [], { "Retry-After": "3600" }), answers("[]"));
    expect(await thrown(playing(script).owners.list())).toMatchObject({ retryAfter: 3_600_000, isRetryable: true });
  });

  test("is ended by the signal, with its reason", async () => {
    const controller = new AbortController();
    const script = new Script(refuses(503, ["Retry"], { "Retry-After": "30" }), answers("[]"));
    const listed = playing(script).owners.list({ signal: controller.signal });
    await vi.waitFor(() => expect(script.calls).toHaveLength(1));
    controller.abort(new Error("enough"));
    await expect(listed).rejects.toThrow(/^enough$/);
    expect(script.calls).toHaveLength(1);
  });
});

describe("the token", () => {
  const bearer = ({ calls }: Script) => calls.map(({ token }) => token);
  const tokens = (...given: readonly string[]) => {
    const left = [...given];
    return vi.fn(async () => left.shift() ?? "none");
  };
  const expired = refuses(401, ["Unauthenticated"]);

  test("a function is asked once, however many calls there are", async () => {
    const token = tokens("one", "two");
    const script = new Script(answers("[]"), answers("[]"), answers("[]"));
    const client = playing(script, { token });
    await Promise.all([client.owners.list(), client.exchanges.list()]);
    await client.statuses.list();
    expect(bearer(script)).toEqual(["Bearer one", "Bearer one", "Bearer one"]);
    expect(token).toHaveBeenCalledTimes(1);
  });

  test("after a 401 it is asked again, once, and the call is made with the new one", async () => {
    const token = tokens("one", "two");
    const script = new Script(expired, done, answers("[]"));
    const client = playing(script, { token });
    await client.orders.replace({ owner: "XS", account: "A1", order: "O1" }, {}).catch(() => undefined);
    await client.owners.list();
    expect(bearer(script)).toEqual(["Bearer one", "Bearer two", "Bearer two"]);
    expect(token).toHaveBeenCalledTimes(2);
  });

  test("calls that are refused at the same time share one new token", async () => {
    const token = tokens("one", "two", "three");
    const script = new Script(expired, expired, answers("[]"), answers("[]"));
    const client = playing(script, { token });
    await Promise.all([client.owners.list(), client.exchanges.list()]);
    expect(bearer(script).slice(2)).toEqual(["Bearer two", "Bearer two"]);
  });

  test("one that is refused again is told", async () => {
    const script = new Script(expired, expired);
    const error = await thrown(playing(script, { token: tokens("one", "two") }).owners.list());
    expect(error).toMatchObject({ status: 401, codes: ["Unauthenticated"], isRetryable: false });
  });

  test.each<[string, ClientOptions["token"]]>([
    ["a text", "one"],
    ["a function that has no other", () => "one"],
  ])("%s is not sent twice", async (_what, token) => {
    const script = new Script(expired);
    expect(await thrown(playing(script, { token }).owners.list())).toMatchObject({ status: 401 });
  });

  test("a function that fails is told as such, and asked again by the next call", async () => {
    const token = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error("the issuer is away"));
    token.mockResolvedValue("two");
    const script = new Script(answers("[]"));
    const client = playing(script, { token });
    const error = await thrown(client.owners.list());
    expect(error).toMatchObject({ kind: "token", message: "The token function failed: the issuer is away" });
    expect(await client.owners.list()).toEqual([]);
  });

  test("is not asked for, and not sent, where none is needed", async () => {
    const token = tokens("one");
    const script = new Script(answers("OK"), answers("Healthy"));
    const client = playing(script, { token });
    await client.diagnostics.ping();
    expect(await client.diagnostics.health()).toBe("Healthy");
    expect(bearer(script)).toEqual([undefined, undefined]);
    expect(token).not.toHaveBeenCalled();
  });
});

describe("a long answer", () => {
  const records = (...ids: readonly number[]) => ids.map((ID) => JSON.stringify({ Sequence: "asx", ID }));

  test("is told as it comes, however it is cut", async () => {
    const script = new Script(tells("[", '{"Sequence":"asx","I', 'D":1}', ',\n{"Sequence":"a]sx\\"","ID":2', "}", "]"));
    expect(await codesOf(playing(script))).toEqual([1, 2]);
  });

  test("that breaks off throws after what has come, and is not asked for again", async () => {
    const script = new Script(breaksOff(`[${records(1, 2).join(",")},{"Seq`));
    const rows: unknown[] = [];
    const error = await thrown(drawn(playing(script).audit.fromDate("2026-01-01"), rows));
    expect(error).toMatchObject({ kind: "unreachable", isRetryable: true });
    expect(error.message).toBe("GET /audit/fromdate: the answer broke off (terminated)");
    expect(rows).toHaveLength(2);
  });

  test.each(["[", "[{}", "[{},", ""])("that ends as %j, without its last bracket, throws too", async (text) => {
    const script = new Script(...Array.from({ length: 5 }, () => tells(text)));
    const client = playing(script);
    expect(await thrown(codesOf(client))).toMatchObject({ kind: "unreachable" });
  });

  test("a line that has no end throws: the log may have been cut there", async () => {
    const lines: string[] = [];
    const error = await thrown(drawn(playing(new Script(tells("one\ntw", "o\nthr"))).audit.export(), lines));
    expect(error.kind).toBe("unreachable");
    expect(lines).toEqual(["one", "two"]);
  });

  test("as one array is asked for again from its beginning when it breaks off", async () => {
    const script = new Script(breaksOff(`[${records(1).join(",")},`), tells(`[${records(1, 2).join(",")}]`));
    expect(await playing(script).audit.fromDate("2026-01-01").toArray()).toHaveLength(2);
  });

  test("that is left in the middle is transferred no further", async () => {
    const cancelled = vi.fn();
    let pulled = 0;
    const endless = () =>
      new Response(
        new ReadableStream(
          {
            pull: (controller) => {
              const [record] = records(++pulled);
              controller.enqueue(new TextEncoder().encode(`${pulled === 1 ? "[" : ","}${record}`));
            },
            cancel: cancelled,
          },
          { highWaterMark: 0 },
        ),
      );
    for await (const { ID } of playing(new Script(endless)).audit.fromDate("2026-01-01")) if (ID === 2) break;
    expect(cancelled).toHaveBeenCalledTimes(1);
    expect(pulled).toBeLessThanOrEqual(4);
  });

  test("is ended by the signal, with its reason", async () => {
    const controller = new AbortController();
    const rows = playing(new Script(tells("[", records(1).join(), ",", records(2).join(), "]"))).audit.fromDate(
      "2026-01-01",
      {
        signal: controller.signal,
      },
    );
    const read = async () => {
      for await (const _ of rows) controller.abort(new Error("enough"));
    };
    await expect(read()).rejects.toThrow(/^enough$/);
  });

  test.each([
    ["no list", '{"Sequence":"asx"}'],
    ["an unknown field", '[{"Colour":"red"}]'],
    ["no JSON", "[{oops}]"],
  ])("of %s is not understood", async (_what, text) => {
    expect(await thrown(codesOf(playing(new Script(answers(text)))))).toMatchObject({
      kind: "unreadable",
      isRetryable: false,
    });
  });
});

describe("an answer", () => {
  test("carries the moment that it was read at, which is no part of what is sent", async () => {
    const at = "2026-11-22T10:00:00.000001Z";
    const headers = { "X-OMS-At": at };
    const script = new Script(answers("[]", headers), answers('{"OwnerID":"XS"}', headers), done);
    const client = playing(script);
    const list = await client.owners.list();
    const owner = await client.owners.get("XS");
    expect([list.readAt, owner.readAt]).toEqual([at, at]);
    await client.owners.define(owner);
    expect(script.calls[2]?.body).toBe('{"OwnerID":"XS"}');
  });

  test("holds every digit, also those of a decimal that is longer than one that may be sent", async () => {
    const digits = "1".repeat(70);
    const object = Decimal.stored(`${digits}.${digits}`).toObject();
    const script = new Script(answers(JSON.stringify([{ Currency: "AUD", Balance: object, Margin: 0.1 }])));
    const [balance] = await playing(script).balances.list();
    expect(balance?.Balance?.toString()).toBe(`${digits}.${digits}`);
    expect(balance?.Margin?.toString()).toBe("0.1");
  });

  test("of something before the OMS is told by its status", async () => {
    const gateway = () => new Response("<html>", { status: 403, statusText: "Forbidden" });
    const error = await thrown(playing(new Script(gateway)).owners.list());
    expect(error).toMatchObject({ codes: [], status: 403, message: "GET /owner: Forbidden (403)" });
  });

  test("reads well when it is a refusal, or there is none", async () => {
    const refusal = await thrown(playing(new Script(refuses(422, ["Account XS/A1", "Side"]))).owners.list());
    expect(refusal.message).toBe("GET /owner: Account XS/A1, Side (422)");
    expect([refusal.has("Account"), refusal.has("Side"), refusal.has("Order")]).toEqual([true, true, false]);
    const silence = await thrown(playing(new Script(fails), { retry: { attempts: 1 } }).owners.list());
    expect(silence.message).toBe("GET /owner: no answer (fetch failed: connect ECONNREFUSED 127.0.0.1:8787)");
  });

  test("a name that can be in no path is refused before anything is sent", async () => {
    const script = new Script();
    const error = await thrown(playing(script).balances.list({ owner: "XS", account: ".." }));
    expect(error).toMatchObject({ kind: "refused", isRetryable: false });
    expect(script.calls).toEqual([]);
  });

  test("the server may be below a path", async () => {
    const script = new Script(answers("[]"));
    await playing(script).owners.list();
    expect(script.calls[0]?.url).toBe("http://oms.test/base/owner");
  });
});
