/**
 * A job of steps: an update that changes more than one commit holds. Each step is a commit of its own, with a record
 * that names the job; how far it has come is kept in the same commit, so that a wake goes on where it was.
 */
import type { Budget, Progress } from "../domain/progress.ts";
import type { At } from "../domain/records.ts";
import type { Timer } from "../domain/state.ts";
import { decodeStored } from "../protocol/codec.ts";
import { LIMITS } from "../protocol/limits.ts";
import { UpdateEvent } from "../protocol/messages/index.ts";
import { eventText } from "./texts.ts";

export interface Job {
  /** The update, as its first record has it. */
  readonly update: UpdateEvent;
  readonly progress: Progress;
  /** Who waits for its end: told the At of its last record. In memory alone. */
  readonly whenDone: readonly ((at: At) => void)[];
}

/** How much is done in one step, and how much is looked at in one turn. */
export const STEP: Budget = {
  changed: LIMITS.COMMIT_RECORDS,
  characters: LIMITS.COMMIT_BYTES,
  lookedAt: LIMITS.STEP_LOOKS,
};

/** The timer that wakes an object which has a job, should nothing else. */
export function jobTimer({ progress }: Job): Timer {
  return { due: Math.floor(progress.since / 1000) + LIMITS.TIMER_RETRY_MS, kind: "job", key: "" };
}

/** Reads what `jobText` wrote; undefined when there is none. */
export function readJob(text: string | undefined): Job | undefined {
  if (text === undefined || text === NO_JOB) return undefined;
  // Written by `jobText`.
  const { update, progress }: { readonly update: string; readonly progress: Progress } = JSON.parse(text);
  return { update: decodeStored(UpdateEvent, update), progress, whenDone: [] };
}

/** A job as a property of the store. */
export function jobText(job: Job | undefined): string {
  return job === undefined ? NO_JOB : JSON.stringify({ update: eventText(job.update), progress: job.progress });
}

const NO_JOB = "";

/** Whether an update, in JSON, may change more than one commit holds. */
export function maySweep(update: string): boolean {
  return update.includes('"OperationType_Transform');
}
