import { expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { exchange, Installation, owner } from "./installation.ts";

test("the alarm does not go off for each Owner that is reached while others are overdue", async () => {
  const installation = new Installation();
  for (let count = 0; count < 10; count++) await installation.change(owner(`O${count}`));
  const { object: last } = installation.entryOf("O9");
  installation.fateOf = (object) => (object === last ? "stuck" : "done");
  const changed = installation.ask(exchange("ASX"));
  while (!installation.store.timerOf("delivery", "O9")) await installation.turn();
  installation.now += 2 * LIMITS.DELIVERY_RETRY_MS;
  installation.system.alarm();
  const rested = installation.now + LIMITS.DELIVERY_RETRY_MS;

  const set = new Set<number | undefined>();
  while (await installation.turn()) set.add(installation.alarmAt);

  expect([...set]).toEqual([rested]);
  await changed;
});
