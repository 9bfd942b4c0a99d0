/** The state of the connection, always in sight. */
import type { SessionState } from "../../client/index.ts";
import type { Desk } from "../desk/desk.ts";
import { useNow } from "../parts/clock.ts";
import { useStore } from "../parts/store.ts";

interface ConnectionProps {
  readonly desk: Desk;
  /** Every table is complete. */
  readonly isComplete: boolean;
  /** The page shows another moment, however well it is connected. */
  readonly isPast: boolean;
}

export function Connection({ desk, isComplete, isPast }: ConnectionProps) {
  const state = useStore(desk.connection);
  const now = useNow(state.name === "waiting" ? 250 : 60_000);
  const seconds = state.name === "waiting" ? Math.max(0, Math.ceil((state.until - now) / 1000)) : 0;
  return (
    <div class="connection" data-state={state.name}>
      <span class="dot" aria-hidden="true" />
      <span aria-hidden="true">
        {shortText(state, isComplete, isPast)}
        {state.name === "waiting" && ` in ${seconds} s`}
      </span>
      {/* The count is for the eye: read out every second it would be noise. */}
      <span class="unseen" role="status">
        {spokenText(state)}
      </span>
      {(state.name === "waiting" || state.name === "closed") && (
        <button type="button" class="small" aria-label="Reconnect now" onClick={() => desk.reconnect()}>
          Now
        </button>
      )}
    </div>
  );
}

function shortText(state: SessionState, isComplete: boolean, isPast: boolean): string {
  switch (state.name) {
    case "connecting":
      return "Connecting";
    case "live":
      if (!isComplete) return "Loading";
      return isPast ? "Connected" : "Live";
    case "waiting":
      return "Reconnecting";
    case "closed":
      return "Closed";
  }
}

function spokenText(state: SessionState): string {
  switch (state.name) {
    case "connecting":
      return state.attempt > 1 ? "Reconnecting" : "Connecting";
    case "live":
      return "Connected: what is shown is live";
    case "waiting":
      return "Connection lost: what is shown may be old";
    case "closed":
      return `Connection closed${state.why === undefined ? "" : `: ${state.why.message}`}`;
  }
}
