import { beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { ask } from "../support/api.ts";
import { RegisteredIssuer } from "../support/registered.ts";
import { atOf, audit, get, headPosition, type Line, post, remove, seen } from "./common-resource.ts";

const PATH = "/audit/system";
const ids = (lines: readonly Line[]) => lines.map(({ ID }) => ID);
const from1to = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
/** More statuses than one reading of the log takes. */
const MANY = LIMITS.DELIVERY_RECORDS + 20;

beforeAll(async () => {
  await Promise.all(from1to(MANY).map((index) => post("/status/request", { Code: `S${index}` })));
});

test("begins with what the System itself defined, on its own authority", async () => {
  const [first] = await audit("?count=1");
  expect(first).toMatchObject({
    Sequence: "system",
    ID: 1,
    Update: { Type: "UpdateEventType_Operation", Operation: { Type: "OperationType_DefineRequestStatus" } },
    Authority: { Type: "IdentityType_System" },
  });
});

test("shows every change once, in order, with who made it and when", async () => {
  const issuer = await RegisteredIssuer.define("auditors");
  await issuer.permit("User:eve", { features: ["Admin", "Alter"] });
  const head = await headPosition();
  const before = Date.now();
  const claims = { sub: undefined, client_id: "robot", features: ["Admin", "Alter"] };
  const defined = await post("/exchange", { Exchange: "AUDITED" }, claims);
  const headers = { Authorization: `Bearer ${await issuer.sign({ sub: "eve" })}` };
  const removed = await ask("DELETE", "/exchange/byid/AUDITED", { headers });
  expect([defined.status, removed.status]).toEqual([204, 204]);
  const operation = (Type: string) => ({
    Type: "UpdateEventType_Operation",
    Operation: { Type, ExchangeDetails: { Exchange: "AUDITED" } },
  });
  const lines = await audit(`?from=${head}`);
  expect(lines).toEqual([
    {
      Sequence: "system",
      ID: head + 1,
      Timestamp: atOf(defined),
      Update: operation("OperationType_DefineExchange"),
      Authority: { Type: "IdentityType_Service", Identity: "Client:robot", Source: "bootstrap" },
    },
    {
      Sequence: "system",
      ID: head + 2,
      Timestamp: atOf(removed),
      Update: operation("OperationType_UndefineExchange"),
      Authority: { Type: "IdentityType_Operator", Identity: "User:eve", Source: "auditors" },
    },
  ]);
  expect(Date.parse(lines[0]?.Timestamp ?? "")).toBeGreaterThanOrEqual(before);
});

test("shows nothing of what was refused", async () => {
  const head = await headPosition();
  await post("/exchange", {});
  await remove("/exchange/byid/none");
  await post("/exchange", { Exchange: "X" }, { features: ["Alter"] });
  expect(await audit(`?from=${head}`)).toEqual([]);
});

test("spells enums short for who asks for it", async () => {
  const { body } = await get(`${PATH}?count=1`, { "X-OMS-Compact": "true" });
  expect(body).toMatchObject([
    { Update: { Type: "Operation", Operation: { Type: "DefineRequestStatus" } }, Authority: { Type: "System" } },
  ]);
});

describe("positions: from is exclusive, to inclusive", () => {
  const wanted = async (query: string) => ids(await audit(query));

  test("without them everything is shown, also more than is read at once", async () => {
    const head = await headPosition();
    expect(head).toBeGreaterThan(MANY);
    expect(await wanted("")).toEqual(from1to(head));
    expect(await wanted("?from=0")).toEqual(from1to(head));
  });

  test("ranges", async () => {
    const head = await headPosition();
    expect(await wanted("?from=2&to=5")).toEqual([3, 4, 5]);
    expect(await wanted("?from=5&to=5")).toEqual([]);
    expect(await wanted("?from=4&to=5")).toEqual([5]);
    expect(await wanted("?to=0")).toEqual([]);
    expect(await wanted("?to=1")).toEqual([1]);
    expect(await wanted(`?from=${head - 1}`)).toEqual([head]);
    expect(await wanted(`?from=${head}`)).toEqual([]);
    expect(await wanted(`?from=${head + 1}`)).toEqual([]);
    expect(await wanted(`?to=${head + 1}`)).toEqual(from1to(head));
    expect(await wanted(`?from=${Number.MAX_SAFE_INTEGER}`)).toEqual([]);
  });

  test.each([1, LIMITS.DELIVERY_RECORDS - 1, LIMITS.DELIVERY_RECORDS, LIMITS.DELIVERY_RECORDS + 1])(
    "count=%i shows so many",
    async (count) => {
      expect(await wanted(`?count=${count}`)).toEqual(from1to(count));
      expect(await wanted(`?from=3&count=${count}`)).toEqual(from1to(count).map((id) => id + 3));
    },
  );

  test("a count of more than there are, or than could ever be, shows all of them", async () => {
    const head = await headPosition();
    for (const count of [head, head + 1, 1_000_000_000, Number.MAX_SAFE_INTEGER]) {
      expect(await wanted(`?count=${count}`)).toEqual(from1to(head));
    }
    expect(await wanted("?from=2&to=9&count=3")).toEqual([3, 4, 5]);
    expect(await wanted("?from=2&to=4&count=9")).toEqual([3, 4]);
  });

  test.each([
    ["from=5&to=4", "Field.Invalid from"],
    ["from=-1", "Field.Invalid from"],
    ["to=1.5", "Field.Invalid to"],
    ["to=9007199254740992", "Field.Invalid to"],
    ["count=many", "Field.Invalid count"],
    ["count=0", "Field.Invalid count"],
    ["count=-1", "Field.Invalid count"],
    ["count=", "Field.Invalid count"],
    ["from=1&from=2", "Field.Invalid from"],
    ["from[system]=1", "Field.Unknown from[system]"],
    ["owner=A", "Field.Unknown owner"],
  ])("the query %s is refused", async (query, code) => {
    expect(seen(await get(`${PATH}?${query}`))).toEqual([400, [code]]);
  });
});
