/** The laws of history on the database of a Durable Object. */
import { runInDurableObject } from "cloudflare:test";
import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { expectEqual } from "../domain/support/equal.ts";
import { newOwner, objectOf } from "./object.ts";
import { historyLaws } from "./support/history-laws.ts";
import { lawsOn, NOTHING_ELSE, type Stage } from "./support/laws.ts";
import { Player } from "./support/player.ts";
import { spanLaws } from "./support/span-laws.ts";
import { stateLaws } from "./support/state-laws.ts";
import { streamLaws } from "./support/stream-laws.ts";
import { EmptyWorld } from "./world.ts";

const onSqlite: Stage = (play) =>
  runInDurableObject(objectOf(newOwner()), (_, { storage }) => play(new EmptyWorld(() => new SqliteStore(storage))));

const law = lawsOn(onSqlite, 0.2);

stateLaws(law);
spanLaws(law);
historyLaws(law);
streamLaws(law);

law(
  "A run leaves the same log on a database as in memory, to the last hash",
  { runs: 60, of: { renames: true, subscribers: true }, drawn: NOTHING_ELSE },
  async ({ world }, _, { played }) => {
    const inMemory = await new Player().play(played);
    expectEqual(world.store.head(), inMemory.world.store.head(), "the end of the log");
  },
);
