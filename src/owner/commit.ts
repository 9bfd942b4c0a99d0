/** From a commit in the making to what the store writes: every state written once. */
import type { Draft } from "../domain/draft.ts";
import { type At, KEY_SEPARATOR, type Key, KINDS, type Kind } from "../domain/records.ts";
import type { KnownKind } from "../domain/state.ts";
import type { Commit } from "../storage/store.ts";
import { jobText } from "./job.ts";
import { movementRow } from "./movement-rows.ts";
import { standingText } from "./standing.ts";
import type { StoredState } from "./stored-state.ts";
import { compositeText, recordText, textOf } from "./texts.ts";
import type { Work } from "./work.ts";

/** The rows of a commit. `stored` is the state before it. */
export function commitOf(work: Work, stored: StoredState): Commit {
  const { state: draft } = work;
  const timers = [...draft.timers.values()];
  return {
    records: work.records.map((record) => ({ at: record.At, text: recordText(record) })),
    positions: work.positions,
    properties: new Map([
      ...(work.became === undefined ? [] : [["owner", standingText(work.became)] as const]),
      ...(work.job === undefined ? [] : [["job", jobText(work.job.is)] as const]),
    ]),
    versions: versionsOf(draft, stored),
    ids: idsOf(draft, work.records[0]?.At ?? work.lastAt),
    ...movementsOf(draft),
    timersSet: timers.filter(({ set }) => set).map(({ timer }) => timer),
    timersCancelled: timers.filter(({ set }) => !set).map(({ timer }) => timer),
  };
}

function versionsOf(draft: Draft, stored: StoredState): Commit["versions"] {
  const versions: Commit["versions"][number][] = [];
  // Also what came and went within the commit: its history is asked for, and the rules remove nothing that was not there.
  const add = (kind: Kind, key: Key, value: object | undefined) =>
    versions.push({
      kind,
      key,
      body: value === undefined ? null : textOf(value),
      before: existed(stored, kind, key),
    });
  for (const kind of KINDS) for (const [key, value] of draft.records[kind]) add(kind, key, value);
  return versions;
}

/** Whether a record existed before the commit. What is known by an id of its own is known to be new without reading it. */
function existed(stored: StoredState, kind: Kind, key: Key): boolean {
  if (kind === "request" && stored.known("request", key) === undefined) return false;
  if (kind === "order" && stored.known("order", orderIdOf(key)) === undefined) return false;
  return stored.record(kind, key) !== undefined;
}

function orderIdOf(key: Key): string {
  return key.slice(key.indexOf(KEY_SEPARATOR) + 1);
}

function idsOf(draft: Draft, at: At): Commit["ids"] {
  const ids: Commit["ids"][number][] = [];
  const add = (kind: KnownKind, id: string, value: object | undefined, since: At) =>
    ids.push({ kind, id, at: since, body: value === undefined ? null : compositeText(value) });
  for (const [id, value] of draft.knownRecords.order) add("order", id, value, at);
  for (const [id, value] of draft.knownRecords.owner) add("owner", id, value, at);
  for (const [id, value] of draft.knownRecords.transform) add("transform", id, value, at);
  for (const [id, value] of draft.knownRecords.renames) add("renames", id, value, at);
  for (const [id, value] of draft.knownRecords.price) add("price", id, value, at);
  for (const kind of ["trade", "transfer", "request"] as const) {
    for (const [id, value] of draft.knownRecords[kind]) {
      if (value === undefined) throw new Error(`a ${kind} is known for ever`);
      const { At: since, ...content } = value;
      add(kind, id, content, since);
    }
  }
  return ids;
}

function movementsOf(draft: Draft): Pick<Commit, "movements" | "movementsRemoved"> {
  const movements: Commit["movements"][number][] = [];
  const movementsRemoved: Commit["movementsRemoved"][number][] = [];
  for (const [line, touched] of draft.movements) {
    for (const [at, movement] of touched) {
      if (movement === undefined) movementsRemoved.push({ holding: line, at });
      else movements.push(movementRow(line, movement));
    }
  }
  return { movements, movementsRemoved };
}
