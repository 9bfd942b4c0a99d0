/** Names lead to the right object or to none, also while an object has yet to be told that it has lost one. */
import { expect, test } from "vitest";
import type { Delivery } from "../../src/owner/rpc.ts";
import { exchange, Installation, owner, renaming } from "./installation.ts";

test("an Owner that was renamed knows it before the answer", async () => {
  const installation = new Installation();
  await installation.change(owner("A"));
  const former = installation.entryOf("A");
  const renamed = installation.ask(renaming("A", "B"));
  let isAnswered = false;
  void renamed.then(() => {
    isAnswered = true;
  });
  while (!isAnswered) await installation.turn();

  expect(() => installation.engineOf(former.object).requireAddress(former)).toThrow("Owner.Unknown");
});

test("a renaming is answered as done although its object cannot be told of it", async () => {
  const installation = new Installation();
  await installation.change(owner("A"));
  installation.fateOf = (_, { delivery }) => (delivery === undefined ? "done" : "lost");

  expect(await installation.change(renaming("A", "B"))).toHaveProperty("updates");
});

test("a name is not given anew while the object that has lost it still answers to it", async () => {
  const installation = new Installation();
  await installation.change(owner("A"));
  await installation.change(owner("C"));
  const former = installation.entryOf("A");
  const isTold = (delivery: Delivery | undefined) => (delivery?.items.length ?? 0) > 0;
  installation.fateOf = (object, { delivery }) => (object === former.object && isTold(delivery) ? "lost" : "done");
  await installation.change(renaming("A", "B"));

  // Who remembers where A led would read and write what is B's.
  installation.engineOf(former.object).requireAddress(former);
  expect(await installation.change(owner("A"))).toEqual({ errors: ["Retry"], item: 0 });
  expect(await installation.change(renaming("C", "A"))).toEqual({ errors: ["Retry"], item: 0 });

  installation.fateOf = () => "done";
  await installation.rest();
  expect(() => installation.engineOf(former.object).requireAddress(former)).toThrow("Owner.Unknown");
  expect(await installation.change(owner("A"))).toHaveProperty("updates");
});

test("a name is free as soon as its renaming has been told, though other things have not", async () => {
  const installation = new Installation();
  await installation.change(owner("A"));
  const { object } = installation.entryOf("A");
  await installation.change(renaming("A", "B"));
  installation.fateOf = (asked) => (asked === object ? "lost" : "done");
  await installation.change(exchange("ASX"));

  expect(await installation.change(owner("A"))).toHaveProperty("updates");
});
