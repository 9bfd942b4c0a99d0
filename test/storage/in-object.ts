/// <reference types="@cloudflare/vitest-plugin/types" />
/** Runs tests on the database of a Durable Object. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

let objects = 0;

/** Runs a function on a database that nothing was written to. */
export function onNewDatabase(body: (storage: DurableObjectStorage) => void): Promise<void> {
  const stub = env.STORAGE.getByName(`object ${objects++}`);
  return runInDurableObject(stub, (_object, state) => body(state.storage));
}
