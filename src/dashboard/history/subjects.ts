/** What has a history that can be drawn: a balance, a holding, an order. */
import type { Client, Rows } from "../../client/index.ts";
import type { Decimal } from "../../protocol/decimal.ts";
import type {
  AssetPosition,
  CashPosition,
  ClientRequestState,
  OrderState,
  RecordedState,
  UpdateEvent,
} from "../../protocol/messages/index.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";
import { availableCash, availableQuantity, leaves } from "../desk/records.ts";
import { orZero } from "../format/amounts.ts";

/** A record that was opened. */
export type Subject =
  | { readonly kind: "balance"; readonly record: CashPosition }
  | { readonly kind: "holding"; readonly record: AssetPosition }
  | { readonly kind: "order"; readonly record: OrderState }
  | { readonly kind: "request"; readonly record: ClientRequestState };

/** One figure of a record, as it went through time. */
export interface Series {
  readonly name: string;
  readonly decimals: number;
  /** Undefined where the record was gone, or had no such figure. */
  readonly value: (event: UpdateEvent) => Decimal | undefined;
}

export interface HistoryRange {
  readonly from?: Timestamp | undefined;
  readonly to?: Timestamp | undefined;
  readonly count: number;
}

/** What the page calls a record. */
export function titleOf({ kind, record }: Subject): string {
  switch (kind) {
    case "balance":
      return `${record.Currency ?? ""} of ${record.Account?.AccountID ?? ""}`;
    case "holding":
      return `${record.Code ?? ""} (${record.Exchange ?? ""}) of ${record.Account?.AccountID ?? ""}`;
    case "order":
      return `Order ${record.OrderID ?? ""} of ${record.Account?.AccountID ?? ""}`;
    case "request":
      return `Request ${record.Request?.RequestID ?? ""} of ${record.Request?.Account?.AccountID ?? ""}`;
  }
}

const SERIES: Readonly<Record<Subject["kind"], readonly Series[]>> = {
  balance: [
    cash("Available", availableCash),
    cash("Balance", ({ Balance }) => orZero(Balance)),
    cash("Unbooked", ({ UnbookedTransactions }) => orZero(UnbookedTransactions)),
    cash("Reserved", ({ UnfilledBuys }) => orZero(UnfilledBuys)),
  ],
  holding: [
    asset("Quantity", 0, ({ Quantity }) => orZero(Quantity)),
    asset("Available", 0, availableQuantity),
    asset("Average price", 2, ({ AveragePrice }) => AveragePrice),
  ],
  order: [
    order("Executed", 0, ({ ExecutedQuantity }) => orZero(ExecutedQuantity)),
    order("Left", 0, leaves),
    order("Price", 2, ({ Price }) => Price),
  ],
  request: [],
};

/** What can be drawn of a record; nothing of a request, whose history is not told. */
export function seriesOf({ kind }: Subject): readonly Series[] {
  return SERIES[kind];
}

/** Every state that a record had in a stretch of time, oldest first. Undefined for a record without a history. */
export function historyOf(client: Client, subject: Subject, range: HistoryRange): Rows<RecordedState> | undefined {
  const { kind, record } = subject;
  switch (kind) {
    case "balance":
      return client.balances.history({ ...whose(record), currency: record.Currency ?? "" }, range);
    case "holding":
      return client.holdings.history(
        { ...whose(record), exchange: record.Exchange ?? "", code: record.Code ?? "" },
        range,
      );
    case "order":
      return client.orders.history({ ...whose(record), order: record.OrderID ?? "" }, range);
    case "request":
      return undefined;
  }
}

function whose({ Account }: CashPosition | AssetPosition | OrderState) {
  return { owner: Account?.OwnerID ?? "", account: Account?.AccountID ?? "" };
}

function cash(name: string, figure: (balance: CashPosition) => Decimal): Series {
  return { name, decimals: 2, value: (event) => present(event) && event.Balance && figure(event.Balance) };
}

function asset(name: string, decimals: number, figure: (holding: AssetPosition) => Decimal | undefined): Series {
  return { name, decimals, value: (event) => present(event) && event.Holding && figure(event.Holding) };
}

function order(name: string, decimals: number, figure: (order: OrderState) => Decimal | undefined): Series {
  return { name, decimals, value: (event) => present(event) && event.Order && figure(event.Order) };
}

/** True unless the event says that the record is gone. */
function present({ UpdateAction }: UpdateEvent): true | undefined {
  return UpdateAction === "UpdateAction_Remove" ? undefined : true;
}
