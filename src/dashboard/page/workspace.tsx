/** The desk itself: all panels beside each other, or one at a time where the screen is narrow. */
import { useEffect, useState } from "preact/hooks";
import type { Desk, View } from "../desk/desk.ts";
import { HistoryView } from "../history/history-view.tsx";
import type { Subject } from "../history/subjects.ts";
import { EventsPanel } from "../panels/events-panel.tsx";
import { BalancesPanel, FeedsPanel, HoldingsPanel, OrdersPanel, RequestsPanel } from "../panels/record-panels.tsx";
import { NARROW, useMedia } from "../parts/media.ts";
import { useStore } from "../parts/store.ts";
import { TimeBar } from "../time/time-bar.tsx";

const PANELS = ["Balances", "Holdings", "Orders", "Requests", "Events", "Feeds"] as const;
type Panel = (typeof PANELS)[number];

export function Workspace({ desk, view }: { readonly desk: Desk; readonly view: View }) {
  const live = useStore(view.live.shown);
  const past = useStore(view.past.shown);
  const [opened, setOpened] = useState<Subject>();
  const [panel, setPanel] = useState<Panel>("Balances");
  const isNarrow = useMedia(NARROW);
  const moment = past?.at;
  const isPast = past !== undefined;
  useEscape(isPast && opened === undefined, () => desk.showMoment(undefined));

  const shared = {
    tables: past?.tables ?? live.tables,
    live: isPast ? undefined : view.live,
    whenEmpty: emptyText(live.isComplete, isPast, past?.shownAt !== undefined),
    onOpen: setOpened,
  };
  const panels: Readonly<Record<Panel, preact.ComponentChild>> = {
    Balances: <BalancesPanel {...shared} />,
    Holdings: <HoldingsPanel {...shared} />,
    Orders: <OrdersPanel {...shared} />,
    Requests: <RequestsPanel {...shared} />,
    Events: <EventsPanel log={desk.events} />,
    Feeds: <FeedsPanel {...shared} />,
  };
  return (
    <div class="workspace" data-past={isPast} aria-busy={isPast && past.shownAt !== past.at}>
      <TimeBar
        client={desk.client}
        scope={view.scope}
        moment={moment}
        problem={past?.problem}
        onMoment={(at) => desk.showMoment(at)}
      />
      {isNarrow ? (
        <>
          <main class="one-panel">
            <div id="panel" role="tabpanel" aria-label={panel}>
              {panels[panel]}
            </div>
          </main>
          <Tabs chosen={panel} onChoose={setPanel} />
        </>
      ) : (
        <main class="panels">
          <div class="column">
            {panels.Balances}
            {panels.Holdings}
            {panels.Feeds}
          </div>
          <div class="column">
            {panels.Orders}
            {panels.Requests}
            {panels.Events}
          </div>
        </main>
      )}
      {opened !== undefined && (
        <HistoryView
          client={desk.client}
          subject={opened}
          moment={moment}
          onMoment={(at) => desk.showMoment(at)}
          onClose={() => setOpened(undefined)}
        />
      )}
    </div>
  );
}

interface TabsProps {
  readonly chosen: Panel;
  readonly onChoose: (panel: Panel) => void;
}

function Tabs({ chosen, onChoose }: TabsProps) {
  const step = (event: KeyboardEvent, by: number): void => {
    const next = PANELS[(PANELS.indexOf(chosen) + by + PANELS.length) % PANELS.length] ?? chosen;
    onChoose(next);
    document.getElementById(`tab-${next}`)?.focus();
    event.preventDefault();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Panels">
      {PANELS.map((panel) => (
        <button
          key={panel}
          id={`tab-${panel}`}
          type="button"
          role="tab"
          aria-selected={panel === chosen}
          aria-controls="panel"
          tabIndex={panel === chosen ? 0 : -1}
          onClick={() => onChoose(panel)}
          onKeyDown={(event) => {
            if (event.key === "ArrowRight") step(event, 1);
            if (event.key === "ArrowLeft") step(event, -1);
          }}
        >
          {panel}
        </button>
      ))}
    </div>
  );
}

/** Escape leads back, wherever the focus is. */
function useEscape(isActive: boolean, act: () => void): void {
  useEffect(() => {
    if (!isActive) return;
    const listen = (event: KeyboardEvent): void => {
      if (event.key === "Escape") act();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}

function emptyText(isComplete: boolean, isPast: boolean, isPastShown: boolean): string {
  if (isPast) return isPastShown ? "There were none." : "Loading…";
  return isComplete ? "There are none." : "Loading…";
}
