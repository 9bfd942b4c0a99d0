/** The System's object and the Owners' objects inside workerd, as the platform runs them. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { type At, SYSTEM_SEQUENCE } from "../../src/domain/records.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { SYSTEM_NAME } from "../../src/system/rpc.ts";
import { type Answer, ask } from "../support/api.ts";

/** A caller who may do everything everywhere. */
export const ROOT = { sub: "root", features: ["Admin", "Alter", "Audit", "Operator"] };

export function systemObject() {
  return env.SYSTEM.getByName(SYSTEM_NAME);
}

/** The object that a name leads to. Throws when it is no Owner's. */
export async function objectOf(ownerId: string) {
  const entry = await systemObject().find(ownerId);
  if (entry === undefined) throw new Error(`${ownerId} is not defined`);
  return env.OWNERS.getByName(entry.object);
}

/** Asks as ROOT does. */
export function rule(method: string, path: string, body?: object): Promise<Answer> {
  return ask(method, path, { claims: ROOT, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

export async function defineExchange(Exchange: string, Content: string): Promise<void> {
  expect(await rule("POST", "/exchange", { Exchange, Metadata: { Content } })).toMatchObject({ status: 204 });
}

/** The program cannot read the object's storage any more: a later version has been there. */
export async function breakObject(ownerId: string): Promise<void> {
  const object = await objectOf(ownerId);
  await runInDurableObject(object, (_, { storage }) => storage.sql.exec("INSERT INTO migrations VALUES (1000)"));
  await evictDurableObject(object);
}

export async function mendObject(ownerId: string): Promise<void> {
  const object = await objectOf(ownerId);
  await runInDurableObject(object, (_, { storage }) => storage.sql.exec("DELETE FROM migrations WHERE step = 1000"));
}

/** One record that was handed down, in short. */
export interface HandedDown {
  readonly position: number;
  readonly type: string;
}

/** What an Owner's log holds of the sequence `system`, in order of the log. */
export async function handedDown(ownerId: string): Promise<readonly HandedDown[]> {
  return await runInDurableObject(await objectOf(ownerId), (_, { storage }) => {
    const store = new SqliteStore(storage);
    const lines = [...store.records(0 as At, store.head().at)].map(({ text }) => JSON.parse(text));
    return lines
      .filter(({ Sequence }) => Sequence === SYSTEM_SEQUENCE)
      .map(({ Position, Update }) => ({
        position: Position,
        type: Update.Operation.Type.slice("OperationType_".length),
      }));
  });
}

/** The Owners that are yet to be handed something down, or are being undefined. */
export function pending(): Promise<readonly string[]> {
  return runInDurableObject(systemObject(), (_, { storage }) =>
    storage.sql
      .exec<{ key: string }>("SELECT key FROM timers ORDER BY key")
      .toArray()
      .map(({ key }) => key),
  );
}

/** Waits until something is so. What never becomes so ends the test by its timeout. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Lets time pass as far as objects can tell, and the System's alarm go off. */
export async function ringLater(milliseconds: number): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + milliseconds });
  await runDurableObjectAlarm(systemObject());
}
