/** The laws of history are worth what their runs hold: everything that can happen to an Owner, and often. */
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { WireEvent } from "../../src/domain/log-record.ts";
import type { LogRecord } from "../../src/domain/records.ts";
import { deliveriesTo } from "./asking.ts";
import { FoldedLog } from "./support/folded-log.ts";
import { SEED } from "./support/laws.ts";
import { Player } from "./support/player.ts";
import { anyRun, FEEDS } from "./support/random-run.ts";

const RUNS = 90;

/** Less than half of what is found, so that the runs may change. */
const LEAST: Readonly<Record<string, number>> = {
  "a line of the log": 1500,
  "a commit of one record": 200,
  "a commit of several records": 200,
  "a commit of many records": 50,
  "a commit of several sequences": 150,
  "a record of kind account": 15,
  "a record of kind balance": 80,
  "a record of kind holding": 80,
  "a record of kind order": 150,
  "a record of kind feed": 100,
  "a record of kind configuration": 8,
  "a record of kind owner": 60,
  "a record of kind exchange": 40,
  "a record of kind ownExchange": 12,
  "a record of kind status": 12,
  "a record of kind request": 130,
  "an event Action": 500,
  "an event Order": 400,
  "an event Order Remove": 150,
  "an event Balance": 200,
  "an event Balance Remove": 8,
  "an event Holding": 200,
  "an event Holding Remove": 20,
  "an event Transaction": 200,
  "an event Operation": 150,
  "an event ClientRequest": 130,
  "an event ClientRequestUpdate": 20,
  "an event Request": 70,
  "an event Request Remove": 90,
  "an event Status": 250,
  "an event Status Remove": 1,
  "feed: Trade": 80,
  "feed: Correction": 20,
  "feed: Cancel": 3,
  "feed: Trade without events": 2,
  "feed: CashTransfer": 40,
  "feed: AssetTransfer": 20,
  "feed: refused": 150,
  "feed: unreadable": 4,
  "feed: DefineExchange": 6,
  "feed: Configuration": 8,
  "feed: Transform": 12,
  "feed: TransformAccount": 1,
  "feed: ClientRequest": 9,
  "feed: ClientRequestUpdate": 7,
  "oms: ClientRequest": 120,
  "oms: ClientRequestUpdate": 12,
  "oms: Status": 250,
  "oms: Update": 40,
  "oms: Trade": 10,
  "oms: CashTransfer": 6,
  "oms: Transform": 20,
  "oms: TransformAccount": 6,
  "system: DefineExchange": 30,
  "system: UndefineExchange": 4,
  "system: TransformOwner": 12,
  "a request that was delivered": 25,
  "a message SnapshotStart": 120,
  "a message Bookmark": 120,
  "a message Update": 500,
};

function short(name = "none"): string {
  return name.slice(name.indexOf("_") + 1);
}

/** What a record is about, and by whom. */
function subjectOf({ Sequence, Update, Configuration, Unreadable, Errors, Events }: LogRecord<WireEvent>): string {
  const by = FEEDS.some((feed) => feed === Sequence) ? "feed" : Sequence;
  if (Errors !== undefined) return `${by}: ${Unreadable === undefined ? "refused" : "unreadable"}`;
  if (Configuration !== undefined) return `${by}: Configuration`;
  const what = Update?.Operation?.Type ?? Update?.Action?.Trade?.Type ?? Update?.Action?.Type ?? Update?.Type;
  return `${by}: ${short(what)}${Events.length === 0 ? " without events" : ""}`;
}

/** What a commit joined. */
function sortsOf(sequences: readonly string[]): readonly string[] {
  const size =
    sequences.length === 1 ? "of one record" : sequences.length < 6 ? "of several records" : "of many records";
  return new Set(sequences).size === 1 ? [size] : [size, "of several sequences"];
}

describe(`The runs by which the laws are tried [seed ${SEED}, ${RUNS} runs]`, () => {
  const found = new Map<string, number>();
  const add = (what: string) => found.set(what, (found.get(what) ?? 0) + 1);

  beforeAll(async () => {
    for (const run of fc.sample(anyRun({ renames: true, subscribers: true }), { seed: SEED, numRuns: RUNS })) {
      const { world, readers } = await new Player().play(run);
      const { records, touched } = new FoldedLog(world.store);
      for (const { kind } of touched) add(`a record of kind ${kind}`);
      for (const record of records) {
        add("a line of the log");
        add(subjectOf(record));
        for (const error of record.Errors ?? []) add(`refused with ${error.split(" ")[0]}`);
        for (const { Type, UpdateAction = "" } of record.Events)
          add(`an event ${short(Type)} ${short(UpdateAction)}`.trim());
      }
      for (const { records: lines } of world.data.commits) {
        for (const sort of sortsOf(lines.map(({ text }) => JSON.parse(text).Sequence))) add(`a commit ${sort}`);
      }
      for (const _delivery of world.sockets.flatMap(deliveriesTo)) add("a request that was delivered");
      for (const { socket } of readers) for (const { Type } of socket.messages) add(`a message ${short(Type)}`);
    }
  });

  it.each(Object.entries(LEAST))("hold what they should: %s, %i times or more", (what, least) => {
    expect(found.get(what) ?? 0).toBeGreaterThanOrEqual(least);
  });
});
