/**
 * How long a change of what is common takes until every Owner has it. Each Owner is watched by a subscriber of its own,
 * so what is measured ends where a client sees it.
 */
import { performance } from "node:perf_hooks";
import { Connection } from "./connection.ts";
import type { Rig } from "./rig.ts";
import { percentile } from "./statistics.ts";

export interface Crowd {
  readonly owners: number;
  /** How many changes are timed, one after another. */
  readonly changes: number;
}

export interface FanOut {
  /** Milliseconds of each Owner's definition, until it is answered. */
  readonly definitions: readonly number[];
  /** Milliseconds from each change until half of the Owners had it, and until the last one had. */
  readonly toHalf: readonly number[];
  readonly toAll: readonly number[];
}

/** Defines Owners and then, over and over, one exchange. The first change is not counted. */
export async function measureFanOut(rig: Rig, { owners, changes }: Crowd): Promise<FanOut> {
  const names = Array.from({ length: owners }, (_, index) => `C${index + 1}`);
  const token = await rig.operatorToken();
  const define = (path: string, details: object) => post(new URL(path, rig.url), token, details);
  const definitions: number[] = [];
  for (const OwnerID of names) {
    const begun = performance.now();
    await define("/owner", { OwnerID });
    definitions.push(performance.now() - begun);
  }
  const watchers = await Promise.all(names.map((name) => watch(rig, name)));
  const toHalf: number[] = [];
  const toAll: number[] = [];
  for (let change = 0; change <= changes; change++) {
    const begun = performance.now();
    const arrivals = watchers.map((watcher) => arrival(watcher, `"Content":"${change}"`));
    await define("/exchange", { Exchange: "BENCH", Metadata: { Content: `${change}` } });
    const times = (await Promise.all(arrivals)).map((arrived) => arrived - begun);
    if (change === 0) continue;
    toHalf.push(percentile(times, 50));
    toAll.push(Math.max(...times));
  }
  for (const watcher of watchers) watcher.close();
  return { definitions, toHalf, toAll };
}

/** A subscriber to an Owner's metadata, once its snapshot is complete. */
async function watch(rig: Rig, owner: string): Promise<Connection> {
  const connection = await Connection.open(rig.url, owner, await rig.watcherToken(owner));
  const complete = arrival(connection, "EventMessageType_SnapshotFinish");
  connection.send(JSON.stringify({ Type: "Subscribe", Subscription: { Type: "Metadata" } }));
  await complete;
  return connection;
}

/** When a frame comes that holds a text. */
function arrival(connection: Connection, wanted: string): Promise<number> {
  return connection.listen<number>((text, done) => {
    if (text.includes(wanted)) done(performance.now());
  });
}

async function post(url: URL, token: string, details: object): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(details) });
  if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status} ${await answer.text()}`);
}
