/** The panels of the desk, each a sheet of one kind of record. */
import { useMemo, useState } from "preact/hooks";
import type { LiveTables } from "../desk/live-tables.ts";
import { keyOf, type Tables } from "../desk/records.ts";
import type { Subject } from "../history/subjects.ts";
import { Sheet } from "../table/sheet.tsx";
import {
  BALANCE_COLUMNS,
  FEED_COLUMNS,
  HOLDING_COLUMNS,
  ORDER_COLUMNS,
  REQUEST_COLUMNS,
} from "./columns-of-records.ts";

export interface PanelProps {
  readonly tables: Tables;
  /** Lights up what has changed; absent while the past is shown. */
  readonly live: LiveTables | undefined;
  /** What stands in a table that is empty. */
  readonly whenEmpty: string;
  readonly onOpen: (subject: Subject) => void;
}

const BY_ACCOUNT = { column: "account", isDescending: false } as const;

export function BalancesPanel({ tables, live, whenEmpty, onOpen }: PanelProps) {
  return (
    <Sheet
      title="Balances"
      noun="balance"
      columns={BALANCE_COLUMNS}
      rows={tables.balances}
      keyOf={keyOf.balance}
      sortedBy={BY_ACCOUNT}
      whenEmpty={whenEmpty}
      changesOf={(row) => live?.changesOf(keyOf.balance(row)) ?? 0}
      onOpen={(record) => onOpen({ kind: "balance", record })}
    />
  );
}

export function HoldingsPanel({ tables, live, whenEmpty, onOpen }: PanelProps) {
  return (
    <Sheet
      title="Holdings"
      noun="holding"
      columns={HOLDING_COLUMNS}
      rows={tables.holdings}
      keyOf={keyOf.holding}
      sortedBy={BY_ACCOUNT}
      whenEmpty={whenEmpty}
      changesOf={(row) => live?.changesOf(keyOf.holding(row)) ?? 0}
      onOpen={(record) => onOpen({ kind: "holding", record })}
    />
  );
}

export function OrdersPanel({ tables, live, whenEmpty, onOpen }: PanelProps) {
  const [isOpenOnly, setIsOpenOnly] = useState(true);
  const rows = useMemo(
    () => (isOpenOnly ? tables.orders.filter(({ IsCompleted }) => IsCompleted !== true) : tables.orders),
    [tables.orders, isOpenOnly],
  );
  return (
    <Sheet
      title="Orders"
      noun="order"
      columns={ORDER_COLUMNS}
      rows={rows}
      keyOf={keyOf.order}
      sortedBy={{ column: "created", isDescending: true }}
      whenEmpty={whenEmpty}
      changesOf={(row) => live?.changesOf(keyOf.order(row)) ?? 0}
      onOpen={(record) => onOpen({ kind: "order", record })}
      tools={
        <label class="tick">
          <input
            type="checkbox"
            checked={isOpenOnly}
            onChange={({ currentTarget }) => setIsOpenOnly(currentTarget.checked)}
          />
          Open only
        </label>
      }
    />
  );
}

export function RequestsPanel({ tables, live, whenEmpty, onOpen }: PanelProps) {
  return (
    <Sheet
      title="Requests"
      noun="request"
      columns={REQUEST_COLUMNS}
      rows={tables.requests}
      keyOf={keyOf.request}
      sortedBy={BY_ACCOUNT}
      whenEmpty={whenEmpty}
      changesOf={(row) => live?.changesOf(keyOf.request(row)) ?? 0}
      onOpen={(record) => onOpen({ kind: "request", record })}
    />
  );
}

export function FeedsPanel({ tables, live, whenEmpty }: PanelProps) {
  return (
    <Sheet
      title="Feeds"
      noun="feed"
      columns={FEED_COLUMNS}
      rows={tables.feeds ?? []}
      keyOf={keyOf.feed}
      sortedBy={{ column: "feed", isDescending: false }}
      whenEmpty={tables.feeds === undefined ? "How feeds were is not kept." : whenEmpty}
      changesOf={(row) => live?.changesOf(keyOf.feed(row)) ?? 0}
    />
  );
}
