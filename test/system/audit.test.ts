import { expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { Installation, status } from "./installation.ts";

test("a page of the System's log holds no more than an answer may, and the pages together are all of it", async () => {
  const installation = new Installation();
  for (let count = 0; count < 10; count++) {
    await installation.change(status("Large", `${count}`.padEnd(LIMITS.UPDATE_BYTES - 1024, "x")));
  }
  const { system, store } = installation;
  const last = store.head().positions.get("system") ?? 0;

  const positions: number[] = [];
  const sizes: number[] = [];
  for (let after = 0; after < last; after = positions.at(-1) ?? last) {
    const page = system.audit(after, last, LIMITS.DELIVERY_RECORDS);
    sizes.push(page.reduce((sum, { text }) => sum + text.length, 0));
    positions.push(...page.map(({ position }) => position));
  }

  expect(positions).toEqual(Array.from({ length: last }, (_, index) => index + 1));
  expect(Math.max(...sizes)).toBeLessThan(LIMITS.DELIVERY_CHARACTERS + LIMITS.UPDATE_BYTES);
});
