/** The laws of history on the database of a Durable Object. */
import { expectEqual } from "../domain/support/equal.ts";
import { historyLaws } from "./support/history-laws.ts";
import { lawsOn, NOTHING_ELSE } from "./support/laws.ts";
import { onSqlite } from "./support/on-sqlite.ts";
import { Player } from "./support/player.ts";
import { spanLaws } from "./support/span-laws.ts";
import { stateLaws } from "./support/state-laws.ts";
import { streamLaws } from "./support/stream-laws.ts";

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
