/** What holds for every resource that is common to all Owners, whatever it is. */
import { expect, test } from "vitest";
import { FEATURES } from "../../src/domain/permissions.ts";
import { type Answer, ask } from "../support/api.ts";
import type { Claims } from "../support/token.ts";

/** Who may do everything, everywhere. */
export const OPERATOR: Claims = { sub: "operator", features: FEATURES };

export interface CommonResource {
  /** Where all are listed, and where one is defined. */
  readonly path: string;
  /** Where one is read and removed. */
  readonly pathOf: (name: string) => string;
  /** One that was not there before, as it is shown. */
  readonly details: (name: string) => object;
  /** What another definition of it says in addition. */
  readonly change: object;
  /** The codes of a body that does not say which one is meant. */
  readonly nameless: readonly string[];
  /** What is answered when there is none. */
  readonly absent: { readonly read: string; readonly removed: (name: string) => string };
}

export function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return ask("GET", path, { claims: OPERATOR, headers });
}

export function post(path: string, body: object, claims: Claims = OPERATOR): Promise<Answer> {
  return ask("POST", path, { claims, body: JSON.stringify(body) });
}

export function remove(path: string, claims: Claims = OPERATOR): Promise<Answer> {
  return ask("DELETE", path, { claims });
}

/** The status of an answer and what it says. */
export function seen({ status, body }: Answer): readonly [number, unknown] {
  return [status, body];
}

/** When an answer was read, or an update recorded. */
export function atOf({ headers }: Answer): string {
  return headers.get("X-OMS-At") ?? "";
}

export interface Line {
  readonly ID: number;
  readonly Timestamp: string;
  readonly Update?: { readonly Operation?: { readonly Type?: string; readonly [details: string]: unknown } };
  readonly Authority?: object;
}

/** Records of the System's log. */
export async function audit(query = ""): Promise<readonly Line[]> {
  const { status, body } = await get(`/audit/system${query}`);
  if (status !== 200 || !Array.isArray(body)) throw new Error(`no audit: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** The last position of the sequence `system`. */
export async function headPosition(): Promise<number> {
  return (await audit()).at(-1)?.ID ?? 0;
}

/** The tests of a resource. Each call's names are its own. */
export function testCommonResource(resource: CommonResource): void {
  const { path, pathOf, details, change, absent } = resource;
  const listed = async (query = "") => {
    const { status, body } = await get(path + query);
    if (status !== 200 || !Array.isArray(body)) throw new Error(`no list: ${status} ${JSON.stringify(body)}`);
    return body;
  };

  test("is defined, listed, read, redefined as a whole, and removed; each is a record", async () => {
    const first = details("one");
    const second = { ...first, ...change };
    const head = await headPosition();
    expect(seen(await get(pathOf("one")))).toEqual([404, [absent.read]]);
    expect(seen(await post(path, first))).toEqual([204, undefined]);
    expect(await listed()).toContainEqual(first);
    expect(seen(await get(pathOf("one")))).toEqual([200, first]);
    expect(seen(await post(path, second))).toEqual([204, undefined]);
    expect(seen(await get(pathOf("one")))).toEqual([200, second]);
    expect(await listed()).not.toContainEqual(first);
    expect(seen(await post(path, first))).toEqual([204, undefined]);
    expect(seen(await get(pathOf("one")))).toEqual([200, first]);
    expect(seen(await remove(pathOf("one")))).toEqual([204, undefined]);
    expect(seen(await get(pathOf("one")))).toEqual([404, [absent.read]]);
    expect(await listed()).not.toContainEqual(first);
    expect(await headPosition()).toBe(head + 4);
  });

  test("204 for the same once more, without a record", async () => {
    const one = details("same");
    await post(path, one);
    const head = await headPosition();
    const at = atOf(await get(path));
    expect(seen(await post(path, one))).toEqual([204, undefined]);
    expect(await headPosition()).toBe(head);
    expect(atOf(await get(path))).toBe(at);
  });

  test("404 for the removal of what is not there, without a record", async () => {
    const head = await headPosition();
    expect(seen(await remove(pathOf("none")))).toEqual([404, [absent.removed("none")]]);
    await post(path, details("gone"));
    await remove(pathOf("gone"));
    expect(seen(await remove(pathOf("gone")))).toEqual([404, [absent.removed("gone")]]);
    expect(await headPosition()).toBe(head + 2);
  });

  test("a body that does not say which is meant, or cannot be read, is refused with the path in it", async () => {
    const head = await headPosition();
    expect((await post(path, {})).body).toEqual(resource.nameless);
    expect(seen(await post(path, { ...details("two"), Prise: 1 }))).toEqual([400, ["Field.Unknown Prise"]]);
    expect(seen(await post(path, { ...details("two"), Metadata: { a: 1 } }))).toEqual([400, expect.any(Array)]);
    expect(seen(await post(path, [details("two")]))).toEqual([400, ["Field.Invalid"]]);
    const asked = { claims: OPERATOR, body: JSON.stringify(details("two")) };
    expect(seen(await ask("POST", path, { ...asked, headers: { "Content-Type": "text/plain" } }))).toEqual([
      415,
      ["Message.MediaType"],
    ]);
    expect(seen(await ask("POST", path, { ...asked, body: "{" }))).toEqual([400, ["Message.Unreadable not JSON"]]);
    expect(await headPosition()).toBe(head);
  });

  test("is read as at any moment: by time, and by position", async () => {
    const first = details("then");
    const second = { ...first, ...change };
    const before = atOf(await get(path));
    const defined = atOf(await post(path, first));
    const position = await headPosition();
    const redefined = atOf(await post(path, second));
    const removed = atOf(await remove(pathOf("then")));
    const now = await headPosition();
    const as = async (query: string) => {
      const { status, body } = await get(`${pathOf("then")}?${query}`);
      const list = await listed(`?${query}`);
      if (status === 200) expect(list).toContainEqual(body);
      else expect(JSON.stringify(list)).not.toContain(JSON.stringify(first).slice(0, -1));
      return status === 200 ? body : status;
    };
    const moment = (time: string) => `asAt=${encodeURIComponent(time)}`;
    expect(await as("asAt=2001-01-01T00:00:00Z")).toBe(404);
    expect(await as(moment(before))).toBe(404);
    expect(await as(moment(defined))).toEqual(first);
    expect(await as(moment(redefined))).toEqual(second);
    expect(await as(moment(removed))).toBe(404);
    expect(await as("asAt=2999-01-01T00:00:00Z")).toBe(404);
    expect(await as("asAt[system]=0")).toBe(404);
    expect(await as(`asAt[system]=${position - 1}`)).toBe(404);
    expect(await as(`asAt[system]=${position}`)).toEqual(first);
    expect(await as(`asAt%5Bsystem%5D=${position + 1}`)).toEqual(second);
    expect(await as(`asAt[system]=${now}`)).toBe(404);
    expect(await as(`asAt[system]=${now + 1_000_000}`)).toBe(404);
  });

  test("asking again with the X-OMS-At of an answer gives the same answer, whatever has happened since", async () => {
    await post(path, details("again"));
    const list = await get(path);
    const one = await get(pathOf("again"));
    await post(path, { ...details("again"), ...change });
    await remove(pathOf("again"));
    for (const [asked, answer] of [
      [path, list],
      [pathOf("again"), one],
    ] as const) {
      const same = await get(`${asked}?asAt=${encodeURIComponent(atOf(answer))}`);
      expect(seen(same)).toEqual([200, answer.body]);
      expect(atOf(same)).toBe(atOf(answer));
    }
  });

  test.each([
    ["asAt=yesterday", "Field.Invalid asAt"],
    ["asAt=", "Field.Invalid asAt"],
    ["asAt=2026-01-01T00:00:00Z&asAt=2026-01-01T00:00:00Z", "Field.Invalid asAt"],
    ["asAt=2026-01-01T00:00:00Z&asAt[system]=1", "Field.Invalid asAt"],
    ["asAt[system]=1&asAt[asx]=1", "Field.Invalid asAt"],
    ["asAt[system]=1&asAt[system]=1", "Field.Invalid asAt[system]"],
    ["asAt[system]=-1", "Field.Invalid asAt[system]"],
    ["asAt[system]=1.5", "Field.Invalid asAt[system]"],
    ["asAt[system]=9007199254740993", "Field.Invalid asAt[system]"],
    ["asAt[system]=", "Field.Invalid asAt[system]"],
    ["asAt[]=1", "Field.Unknown asAt[]"],
    ["asAt[system]", "Field.Invalid asAt[system]"],
    ["asat=2026-01-01T00:00:00Z", "Field.Unknown asat"],
    ["count=1", "Field.Unknown count"],
  ])("the query %s is refused: %s", async (query, code) => {
    expect(seen(await get(`${path}?${query}`))).toEqual([400, [code]]);
    expect(seen(await get(`${pathOf("any")}?${query}`))).toEqual([400, [code]]);
  });
}
