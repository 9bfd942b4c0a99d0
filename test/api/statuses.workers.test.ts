import { describe, expect, test } from "vitest";
import { BUILT_IN_STATUSES } from "../../src/domain/request-statuses.ts";
import { get, headPosition, post, remove, seen, testCommonResource } from "./common-resource.ts";

const PATH = "/status/request";

test("an installation begins with the statuses that the OMS itself gives", async () => {
  const { body } = await get(PATH);
  expect(body).toEqual([...BUILT_IN_STATUSES].sort((left, right) => ((left.Code ?? "") < (right.Code ?? "") ? -1 : 1)));
});

describe("a request status", () => {
  testCommonResource({
    path: PATH,
    pathOf: (name) => `${PATH}/byid/${name}`,
    details: (Code) => ({ Code, Name: "Held by hand", IsManual: true, CanCancel: true }),
    change: { IsManual: undefined, CanAmend: true },
    nameless: ["Field.Missing Code"],
    absent: { read: "Unknown", removed: (name) => `Unknown ${name}` },
  });

  test.each([
    [{ Code: "x".repeat(257) }, 400, "Field.Invalid Code"],
    [{ Code: "" }, 422, "Field.Missing Code"],
    [{ Code: "C", IsNormal: "yes" }, 400, "Field.Invalid IsNormal"],
    [{ Code: "C", CanMove: true }, 400, "Field.Unknown CanMove"],
    [{ Code: 1 }, 400, "Field.Invalid Code"],
  ])("%j is refused", async (body, status, code) => {
    expect(seen(await post(PATH, body))).toEqual([status, [code]]);
  });

  test("of 256 characters is taken, and is read under its escaped name", async () => {
    const Code = `a/b %é${"x".repeat(250)}`;
    expect((await post(PATH, { Code })).status).toBe(204);
    expect(seen(await get(`${PATH}/byid/${encodeURIComponent(Code)}`))).toEqual([200, { Code }]);
    expect((await remove(`${PATH}/byid/${encodeURIComponent(Code)}`)).status).toBe(204);
  });
});

describe("a status that is built in", () => {
  test.each(BUILT_IN_STATUSES.map(({ Code = "" }) => Code))("%s is redefined but never removed", async (Code) => {
    const [, before] = seen(await get(`${PATH}/byid/${Code}`));
    expect((await post(PATH, { Code, Name: "renamed" })).status).toBe(204);
    expect(seen(await get(`${PATH}/byid/${Code}`))).toEqual([200, { Code, Name: "renamed" }]);
    const head = await headPosition();
    expect(seen(await remove(`${PATH}/byid/${Code}`))).toEqual([422, [`Operation ${Code}`]]);
    expect(await headPosition()).toBe(head);
    await post(PATH, Object(before));
  });
});
