/** How long a session of the SDK tries to reconnect, which by itself it does for ever. */
import type { Session } from "../../src/client/index.ts";

export interface Patience {
  /** For how long it tries to reconnect. */
  readonly patienceMs?: number;
}

const DEFAULT_PATIENCE_MS = 30_000;

/** Quick at first: the server is on the same machine. */
export const BACKOFF = { first: 40, most: 2_000 } as const;

/** Ends a session that has not been connected for too long. `ended` is told why. */
export function patient(
  session: Session,
  { patienceMs = DEFAULT_PATIENCE_MS }: Patience,
  ended: (why: Error) => void = () => {},
): void {
  let since = Date.now();
  session.state.onChange((state) => {
    if (state.name === "live") since = Number.POSITIVE_INFINITY;
    if (state.name !== "waiting") return;
    since = Math.min(since, Date.now());
    if (Date.now() - since <= patienceMs) return;
    ended(state.why);
    session.close();
  });
}
