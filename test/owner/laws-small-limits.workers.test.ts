/** The laws of history on a database whose rows are as full as they may be. */
import "./support/small-limits.ts";
import { historyLaws } from "./support/history-laws.ts";
import { lawsOn } from "./support/laws.ts";
import { onSqlite } from "./support/on-sqlite.ts";
import { spanLaws } from "./support/span-laws.ts";
import { stateLaws } from "./support/state-laws.ts";
import { streamLaws } from "./support/stream-laws.ts";

const law = lawsOn(onSqlite, 0.1);

stateLaws(law);
spanLaws(law);
historyLaws(law);
streamLaws(law);
