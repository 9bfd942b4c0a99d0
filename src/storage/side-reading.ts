/** How what is kept beside the log and the state is read: ids, movements, timers. */
import type { KeyRange } from "../domain/keys.ts";
import type { At, Key } from "../domain/records.ts";
import type { KnownKind, Timer, TimerKind } from "../domain/state.ts";
import { inPages, type Queries } from "./database.ts";
import { boundOf, firstOf, successorOf } from "./keys.ts";
import { textAt } from "./packed-texts.ts";
import { arrays, mapped } from "./parameters.ts";
import type { KnownRow, MovementRow } from "./store.ts";

const MOVEMENTS_PAGE = 256;
const IDS_PAGE = 256;

type TimerRow = { readonly due: number; readonly kind: TimerKind; readonly key: string };
type MovementText = { readonly at: At; readonly text: string };

/** What is known by an id, as one text. */
export function knownText(at: At, body: string): string {
  return `${at} ${body}`;
}

/** A movement's content, as one text. */
export function movementText({ quantity, price, currency, after }: MovementRow): string {
  return JSON.stringify([quantity, price, currency, after] satisfies MovementContent);
}

type MovementContent = readonly [quantity: string, price: string | null, currency: string | null, after: string];

export class SideReading {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  known(kind: KnownKind, id: string): KnownRow | undefined {
    const known = this.#queries.first<{ text: string }>(
      `SELECT ${textAt("place")} AS text FROM ids WHERE kind = ? AND id = ?`,
      kind,
      id,
    );
    return known === undefined ? undefined : knownOf(known.text);
  }

  knownAmong(kind: KnownKind, ids: Iterable<string>): ReadonlyMap<string, KnownRow> {
    const found = new Map<string, KnownRow>();
    for (const wanted of arrays(mapped(ids, (id) => JSON.stringify(id)))) {
      const rows = this.#queries.rows<{ id: string; text: string }>(
        `SELECT ids.id, ${textAt("ids.place")} AS text FROM json_each(?1) AS wanted
         CROSS JOIN ids ON ids.kind = ?2 AND ids.id = wanted.value`,
        wanted,
        kind,
      );
      for (const { id, text } of rows) found.set(id, knownOf(text));
    }
    return found;
  }

  knownIds(kind: KnownKind, range: KeyRange): Iterable<string> {
    const end = boundOf(range);
    const rows = inPages<string, { readonly id: string }>(
      firstOf(range),
      IDS_PAGE,
      (from, size) =>
        this.#queries.rows<{ id: string }>(
          "SELECT id FROM ids WHERE kind = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?",
          kind,
          from,
          end,
          size,
        ),
      ({ id }) => successorOf(id),
    );
    return mapped(rows, ({ id }) => id);
  }

  movementBefore(holding: Key<"holding">, at: At): MovementRow | undefined {
    const movement = this.#queries.first<MovementText>(
      `SELECT at, ${textAt("place")} AS text FROM movements WHERE holding = ? AND at < ? ORDER BY at DESC LIMIT 1`,
      holding,
      at,
    );
    return movement === undefined ? undefined : movementOf(holding, movement);
  }

  *movementsFrom(holding: Key<"holding">, at: At): Iterable<MovementRow> {
    const movements = inPages<number, MovementText>(
      at,
      MOVEMENTS_PAGE,
      (from, size) =>
        this.#queries.rows<MovementText>(
          `SELECT at, ${textAt("place")} AS text FROM movements WHERE holding = ? AND at >= ? ORDER BY at LIMIT ?`,
          holding,
          from,
          size,
        ),
      (movement) => movement.at + 1,
    );
    for (const movement of movements) yield movementOf(holding, movement);
  }

  dueTimers(now: number, limit: number): readonly Timer[] {
    return this.#queries.rows<TimerRow>(
      "SELECT due, kind, key FROM timers WHERE due <= ? ORDER BY due, kind, key LIMIT ?",
      now,
      limit,
    );
  }

  nextTimer(): number | undefined {
    return this.#queries.first<{ due: number | null }>("SELECT min(due) AS due FROM timers")?.due ?? undefined;
  }

  timerOf(kind: TimerKind, key: string): number | undefined {
    return this.#queries.first<{ due: number }>("SELECT due FROM timers WHERE kind = ? AND key = ?", kind, key)?.due;
  }
}

function knownOf(text: string): KnownRow {
  const space = text.indexOf(" ");
  return { at: Number(text.slice(0, space)) as At, body: text.slice(space + 1) };
}

function movementOf(holding: Key<"holding">, { at, text }: MovementText): MovementRow {
  // It was written by movementText.
  const [quantity, price, currency, after] = JSON.parse(text) as MovementContent;
  return { holding, at, quantity, price, currency, after };
}
