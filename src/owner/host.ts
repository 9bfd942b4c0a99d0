/** The world of an engine, as a Durable Object gives it. */
import { errorFields, tell } from "../operations/log.ts";
import { digestOf } from "../storage/digest.ts";
import type { Host } from "./engine.ts";

/** The platform takes no alarm for the epoch, nor for after 2189; one that rings too early finds nothing due. */
const FIRST_ALARM = 1;
const LAST_ALARM = Date.UTC(2189, 0);

/** What of the platform's state a host uses. */
interface ObjectState {
  readonly id: { readonly name?: string };
  readonly storage: { setAlarm(due: number): Promise<void> };
  abort(reason: string): void;
}

/** The clock, the alarm and the randomness of an object. */
export function hostOf(state: ObjectState): Host {
  return {
    now: () => Date.now(),
    digest: digestOf,
    newId: () => crypto.randomUUID(),
    later: (milliseconds, action) => void setTimeout(action, milliseconds),
    timeout: (milliseconds, action) => {
      const timer = setTimeout(action, milliseconds);
      return () => clearTimeout(timer);
    },
    setAlarm: (due) => void state.storage.setAlarm(Math.min(Math.max(due, FIRST_ALARM), LAST_ALARM)),
    abort: (reason) => state.abort(reason),
    tell,
    report: (error) => tell("error", "failure", { object: state.id.name ?? "", ...errorFields(error) }),
  };
}

/** Lets everybody else have a turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
