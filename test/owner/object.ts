/** The Owner's object under test: its state by REST's own way in, and the power to make it forget. */

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type At, SYSTEM_SEQUENCE } from "../../src/domain/records.ts";
import type { ListQuestion, OwnerAddress } from "../../src/owner/rpc.ts";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { GENERATION } from "./defined.ts";

/** Every scenario runs on an object that stays in memory, and on one that is evicted between any two steps. */
export const MODES = ["warm", "woken"] as const;
export type Mode = (typeof MODES)[number];

let owners = 0;

/** An Owner that no other test has used. */
export function newOwner(): string {
  return `OWNER${++owners}-${crypto.randomUUID().slice(0, 8)}`;
}

export function objectOf(ownerId: string) {
  return env.OWNERS.getByName(ownerId);
}

/** How an object is addressed that `defined` has told who it is. */
export function addressOf(ownerId: string): OwnerAddress {
  return { ownerId, generation: GENERATION };
}

/** Tells an object who it is, as the System does. Harmless when repeated. */
export async function defined(ownerId: string): Promise<void> {
  const Operation = { Type: "OperationType_DefineOwner", OwnerDetails: { OwnerID: ownerId } };
  const update = JSON.stringify({ Type: "UpdateEventType_Operation", Operation });
  await objectOf(ownerId).receive({ after: 0, items: [{ position: GENERATION, update }], upTo: GENERATION });
}

/** Makes the object forget all that is only in memory; sockets stay, as in hibernation. */
export async function evict(ownerId: string): Promise<void> {
  await evictDurableObject(objectOf(ownerId));
}

/** What happens between two steps of a scenario in a mode. */
export async function between(mode: Mode, ownerId: string): Promise<void> {
  if (mode === "woken") await evict(ownerId);
}

/** Lets the alarm go off now. Gives whether there was one. */
export function ringAlarm(ownerId: string): Promise<boolean> {
  return runDurableObjectAlarm(objectOf(ownerId));
}

/** A list as REST shows it. */
export async function list(ownerId: string, question: ListQuestion): Promise<readonly Record<string, unknown>[]> {
  await defined(ownerId);
  const { body } = await objectOf(ownerId).list(addressOf(ownerId), question);
  return JSON.parse(await new Response(body).text());
}

/** The log, record by record, as it is kept, without what the System handed down. */
export function log(ownerId: string): Promise<readonly LogLine[]> {
  return runInDurableObject(objectOf(ownerId), (_, { storage }) => {
    const store = new SqliteStore(storage);
    const lines: LogLine[] = [...store.records(BEGINNING, store.head().at)].map(({ text }) => JSON.parse(text));
    return lines.filter(({ Sequence }) => Sequence !== SYSTEM_SEQUENCE);
  });
}

const BEGINNING = 0 as At;

export interface LogLine {
  readonly At: number;
  readonly Sequence: string;
  readonly Position: number;
  readonly Errors?: readonly string[];
  readonly Update?: { readonly Type: string; readonly Status?: { readonly FeedID: string; readonly Status?: string } };
  readonly Unreadable?: string;
}

/** Positions of a sequence in the log, in order. */
export async function positionsOf(ownerId: string, sequence: string): Promise<readonly number[]> {
  return (await log(ownerId)).filter((line) => line.Sequence === sequence).map((line) => line.Position);
}
