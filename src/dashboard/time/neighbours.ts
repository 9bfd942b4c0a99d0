/** The moments at which something changed, before and after another. */
import type { Client } from "../../client/index.ts";
import { fromMicroseconds, type Timestamp, toMicroseconds } from "../../protocol/timestamp.ts";
import type { Scope } from "../desk/past-tables.ts";

/** How far back is looked first, in microseconds; four times as far each time that nothing is found. */
const FIRST_LOOK = 1_000_000;
const BEGINNING = fromMicroseconds(0);

/** When something changed next after a moment; undefined when nothing did. */
export async function nextChange(client: Client, scope: Scope, after: Timestamp): Promise<Timestamp | undefined> {
  for await (const { Position } of client.events.fromDate(after, { ...narrowed(scope), count: 1 })) {
    if (Position?.ExecutedAt !== undefined) return Position.ExecutedAt;
  }
  return undefined;
}

/** When something changed last before a moment; undefined when nothing did. */
export async function previousChange(client: Client, scope: Scope, before: Timestamp): Promise<Timestamp | undefined> {
  // What happened at the very moment is not before it.
  const to = toMicroseconds(before) - 1;
  for (let look = FIRST_LOOK; ; look *= 4) {
    const from = Math.max(0, to - look);
    let last: Timestamp | undefined;
    const range = { ...narrowed(scope), to: fromMicroseconds(to) };
    for await (const { Position } of client.events.fromDate(fromMicroseconds(from), range)) {
      last = Position?.ExecutedAt ?? last;
    }
    if (last !== undefined || from === 0) return last;
  }
}

/** When anything changed for the first time. */
export function firstChange(client: Client, scope: Scope): Promise<Timestamp | undefined> {
  return nextChange(client, scope, BEGINNING);
}

function narrowed({ owner, account }: Scope) {
  return account === undefined ? { owner } : { account: `${owner}/${account}` };
}
