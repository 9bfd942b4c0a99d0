/** Reads the history of a record, and keeps it up while the present is shown. */
import { useEffect, useState } from "preact/hooks";
import type { Client } from "../../client/index.ts";
import type { RecordedState } from "../../protocol/messages/index.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";
import { problemText } from "../desk/desk.ts";
import { millisecondsOf, timestampOf } from "../format/times.ts";
import { historyOf, type Subject } from "./subjects.ts";

/** How much of a history is read; all of it where there is no number. */
export const SPANS = [
  { name: "15 minutes", milliseconds: 900_000 },
  { name: "1 hour", milliseconds: 3_600_000 },
  { name: "1 day", milliseconds: 86_400_000 },
  { name: "Everything", milliseconds: undefined },
] as const;

/** As many steps as a chart is read by; more than that is another question. */
const MOST_STEPS = 5_000;
const FOLLOWED_EVERY_MS = 1_000;

export interface History {
  /** Oldest first. */
  readonly states: readonly RecordedState[];
  /** There are more than are shown. */
  readonly isCut: boolean;
  readonly problem?: string;
}

const NOTHING: History = { states: [], isCut: false };

/** The states of a record up to the moment that is shown. While that is now, what follows is added. */
export function useHistory(client: Client, subject: Subject, moment: Timestamp | undefined, span: number): History {
  const [history, setHistory] = useState(NOTHING);
  // The record changes while it is looked at; which record it is does not.
  const [whose] = useState(subject);
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let read: readonly RecordedState[] = [];
    const reach = SPANS[span]?.milliseconds;
    const end = moment === undefined ? Date.now() : millisecondsOf(moment);
    const begin = reach === undefined ? undefined : timestampOf(Math.max(0, end - reach));
    const readOn = async (): Promise<void> => {
      const from = read.at(-1)?.At ?? begin;
      const range = { ...(from !== undefined && { from }), ...(moment !== undefined && { to: moment }) };
      const more = await historyOf(client, whose, { ...range, count: MOST_STEPS + 1 - read.length })?.toArray();
      if (!isCurrent) return;
      if (more !== undefined && (more.length > 0 || read.length === 0)) {
        read = [...read, ...more];
        setHistory({ states: read.slice(0, MOST_STEPS), isCut: read.length > MOST_STEPS });
      }
      if (moment === undefined && read.length <= MOST_STEPS) timer = setTimeout(() => void follow(), FOLLOWED_EVERY_MS);
    };
    const follow = async (): Promise<void> => {
      try {
        await readOn();
      } catch (error) {
        if (isCurrent) setHistory({ states: read, isCut: false, problem: problemText(error) });
      }
    };
    setHistory(NOTHING);
    void follow();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, whose, moment, span]);
  return history;
}
