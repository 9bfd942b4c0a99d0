/** The stream of events: filtered by what they are about, and held still while somebody reads. */
import { useMemo, useState } from "preact/hooks";
import type { EventLog, ListedView } from "../desk/event-log.ts";
import { useStore } from "../parts/store.ts";
import { Sheet } from "../table/sheet.tsx";
import { EVENT_COLUMNS, EVENT_NAMES } from "./columns-of-records.ts";

const VIEWS: readonly ListedView[] = ["Balances", "Holdings", "Orders", "Requests", "Transactions", "Status"];

export function EventsPanel({ log }: { readonly log: EventLog }) {
  const { events, isPaused, held } = useStore(log.list);
  const [view, setView] = useState("");
  const rows = useMemo(() => (view === "" ? events : events.filter((event) => event.view === view)), [events, view]);
  return (
    <Sheet
      title="Events"
      noun="event"
      columns={EVENT_COLUMNS}
      rows={rows}
      keyOf={({ number }) => String(number)}
      sortedBy={{ column: "", isDescending: false }}
      isFixed={true}
      whenEmpty={isPaused ? "Paused." : "Nothing has happened since this page was opened."}
      tools={
        <>
          <button type="button" class="small" aria-pressed={isPaused} onClick={() => log.pause(!isPaused)}>
            {isPaused ? "Go on" : "Pause"}
          </button>
          {held > 0 && <span class="hint">{held.toLocaleString("en")} new</span>}
          <select aria-label="About" value={view} onChange={({ currentTarget }) => setView(currentTarget.value)}>
            <option value="">All</option>
            {VIEWS.map((each) => (
              <option key={each} value={each}>
                {EVENT_NAMES[each]}
              </option>
            ))}
          </select>
        </>
      }
    />
  );
}
