/** A subscriber's stream is what the Event API tells of the same span, event for event. */

import { FoldedLog } from "./folded-log.ts";
import type { Law } from "./laws.ts";
import { NOTHING_ELSE } from "./laws.ts";
import type { Player } from "./player.ts";
import type { Ingredients } from "./random-run.ts";
import { StreamCheck } from "./stream-check.ts";

export function streamLaws(law: Law, of: Ingredients = {}): void {
  const check = ({ world, readers }: Player) => {
    const log = new FoldedLog(world.store);
    for (const reader of readers) new StreamCheck(world, reader, log).check();
  };
  law(
    "What a subscriber is sent, live, replayed or as a snapshot, is what the Event API tells of the same places, event for event",
    { runs: 100, of: { ...of, renames: true, subscribers: true }, drawn: NOTHING_ELSE },
    check,
  );
  law(
    "With any windows and whatever is acknowledged it is the same, and never is more under way than the smallest window",
    { runs: 100, of: { ...of, renames: true, subscribers: true, windows: true }, drawn: NOTHING_ELSE },
    check,
  );
}
