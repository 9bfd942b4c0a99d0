/** What operators are told of the System. */
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { exchange, Installation, owner } from "./installation.ts";

async function installationOf(...names: readonly string[]): Promise<Installation> {
  const installation = new Installation();
  await installation.settle();
  for (const name of names) await installation.change(owner(name));
  await installation.rest();
  return installation;
}

describe("the System's figures", () => {
  it("are its Owners, and those that have yet to be handed down what is common", async () => {
    const installation = await installationOf("A", "B", "C");
    expect(installation.system.metrics()).toMatchObject({
      owners: 3,
      deliveries: { outstanding: 0, failing: 0, overdue: 0, failures: 0 },
    });
    installation.fateOf = (object) => (object.startsWith("B@") ? "lost" : "done");
    await installation.change(exchange("X"));
    await installation.settle();
    expect(installation.system.metrics().deliveries).toEqual({ outstanding: 1, failing: 1, overdue: 0, failures: 1 });
    await installation.ring();
    expect(installation.system.metrics().deliveries).toMatchObject({ outstanding: 1, failing: 1, failures: 1 });
    installation.fateOf = () => "done";
    await installation.rest();
    expect(installation.system.metrics().deliveries).toEqual({ outstanding: 0, failing: 0, overdue: 0, failures: 1 });
  });

  it("count its commits, its changes and what it refused", async () => {
    const installation = await installationOf("A");
    const before = installation.system.metrics().counts;
    await installation.change(exchange("X"));
    const refused = await installation.change({ Type: "OperationType_UndefineExchange" });
    expect(refused).toHaveProperty("errors");
    const { counts } = installation.system.metrics();
    expect(counts.updates - before.updates).toBe(1);
    expect(counts.refusals).toEqual({ "Field.Missing": 1 });
  });
});

describe("health of the System", () => {
  it("is Degraded while an Owner cannot be handed down what is common, and says so", async () => {
    const installation = await installationOf("A", "B");
    expect(installation.system.health()).toMatchObject({ status: "Healthy", reasons: [] });
    installation.fateOf = (object) => (object.startsWith("A@") ? "lost" : "done");
    await installation.change(exchange("X"));
    await installation.settle();
    expect(installation.system.health()).toMatchObject({ status: "Degraded", reasons: ["Deliveries"] });
    installation.fateOf = () => "done";
    await installation.rest();
    expect(installation.system.health()).toMatchObject({ status: "Healthy", reasons: [] });
  });

  it.each([
    [LIMITS.TIMER_LAG_DEGRADED_MS - 1, "Healthy", []],
    [LIMITS.TIMER_LAG_DEGRADED_MS, "Degraded", ["Timers", "Deliveries"]],
  ])("%d ms after one should have been tried, and nobody did: %s", async (late, status, reasons) => {
    const installation = await installationOf("A");
    installation.fateOf = () => "stuck";
    await installation.change(exchange("X"));
    const due = installation.store.nextTimer() ?? 0;
    // The object has forgotten what was under way, and its alarm was lost.
    installation.restart();
    installation.now = due + late;
    expect(installation.system.health()).toMatchObject({ status, reasons });
  });
});
