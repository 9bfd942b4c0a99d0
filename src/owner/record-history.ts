/** Every state that one record had, each with the update that caused it. */
import type { At } from "../domain/records.ts";
import { Refusal } from "../protocol/errors.ts";
import { RecordedState } from "../protocol/messages/index.ts";
import { fromMicroseconds } from "../protocol/timestamp.ts";
import type { Head, Store } from "../storage/store.ts";
import { wasEver } from "./existence.ts";
import { livesOf } from "./order-lives.ts";
import { keyIn, type ReadRecord, recordsAbout, type Subject } from "./record-events.ts";
import { type LineStyle, written } from "./record-lines.ts";
import type { LogContent } from "./rpc.ts";
import type { Stretch } from "./spans.ts";
import { NOTHING, type Step } from "./telling.ts";

type HistoryContent = Extract<LogContent, { readonly type: "history" }>;

/**
 * Tells the states that a record had in a stretch of the log: an order's also under the accounts that it was moved from.
 * Throws Refusal `Unknown` when there never was such a record, also outside the stretch.
 */
export function historySteps(
  store: Store,
  head: Head,
  { kind, parts }: HistoryContent,
  stretch: Stretch,
  style: LineStyle,
): Iterable<Step> {
  if (!wasEver(store, head, kind, keyIn(parts))) throw new Refusal("Unknown", parts.join("/"));
  const { after, upTo } = stretch;
  // Where an order came from is found out by all that is known of it, also by what happened after the stretch.
  const known: Subject = { kind, parts, after, upTo: kind === "order" ? head.at : upTo };
  return after < upTo ? statesOf(store, known, stretch, style) : [];
}

function* statesOf(store: Store, record: Subject, stretch: Stretch, style: LineStyle): Generator<Step, void> {
  const subjects = record.kind === "order" ? yield* livesOf(store, record) : [record];
  for (const subject of subjects) {
    const upTo = Math.min(subject.upTo, stretch.upTo) as At;
    if (subject.after >= upTo) continue;
    for (const each of recordsAbout(store, { ...subject, upTo })) {
      const { at, read } = each;
      yield { at, records: 1, messages: statesIn(each, subject, stretch, style), read };
    }
  }
}

function statesIn({ told }: ReadRecord, { parts }: Subject, stretch: Stretch, style: LineStyle): readonly string[] {
  if (told === undefined) return NOTHING;
  const { At, Sequence, Position, Update, Authority } = told.record;
  if (!stretch.holds(Sequence, Position)) return NOTHING;
  const key = keyIn(parts);
  return told.changes
    .filter((change) => change.key === key)
    .map(({ event: Event }) => {
      const place = { Sequence: style.nameOf(Sequence), Position, At: fromMicroseconds(At) };
      return written(RecordedState, { ...place, Update, Event, Authority }, style);
    });
}
