/** What the steps of a random market are made of, and what an adapter reads from requests and orders. */
import type { heldOf } from "../../../src/domain/requests/holds.ts";
import type { ClientRequest, OrderState } from "../../../src/protocol/messages/index.ts";
import { orZero, type Rational } from "./rational.ts";
import { figure } from "./sums.ts";

/** One step as data, so that a counterexample can be read. `pick` chooses among what is there. */
export type Step =
  | {
      readonly step: "new";
      readonly account: string;
      readonly side: "BUY" | "SELL" | "SHORTSELL";
      readonly code: string;
      readonly currency?: string | undefined;
      readonly price?: string | undefined;
      readonly reserve?: string | undefined;
      readonly quantity: string;
      readonly fee?: string | undefined;
      readonly queued: boolean;
    }
  | {
      readonly step: "amend";
      readonly pick: number;
      readonly price: string;
      readonly quantity: string;
      readonly fee?: string | undefined;
      readonly queued: boolean;
    }
  | { readonly step: "cancel"; readonly pick: number; readonly queued: boolean }
  | { readonly step: "move"; readonly pick: number; readonly to: string; readonly queued: boolean }
  | { readonly step: "transfer"; readonly account: string; readonly value: string; readonly queued: boolean }
  | {
      readonly step: "queue";
      readonly pick: number;
      readonly does: "release" | "reject" | "requeue" | "replace" | "amend" | "cancel";
      readonly price: string;
      readonly quantity: string;
    }
  | {
      readonly step: "answer";
      readonly pick: number;
      readonly says: "confirm" | "promise" | "work" | "reject" | "forget";
      readonly completes: boolean;
    }
  | {
      readonly step: "fill";
      readonly pick: number;
      readonly share: number;
      readonly below: string;
      readonly fee: string;
    }
  | { readonly step: "correct"; readonly pick: number; readonly price: string }
  | { readonly step: "bust"; readonly pick: number }
  | { readonly step: "end"; readonly pick: number; readonly removed: boolean }
  | { readonly step: "deposit"; readonly account: string; readonly value: string }
  | { readonly step: "supply"; readonly isSupplied: boolean }
  | { readonly step: "timer"; readonly pick: number }
  | { readonly step: "again"; readonly pick: number }
  | { readonly step: "policy"; readonly account: string; readonly attributes: Readonly<Record<string, string>> };

export type StepOf<Name extends Step["step"]> = Extract<Step, { readonly step: Name }>;

export const ACCOUNTS = ["A1", "A2"];
export const CODES = ["BHP", "RIO"];
export const CURRENCIES = ["AUD", "USD"];
export const DECISIONS = {
  release: { Status: "Pending" },
  reject: { Status: "Rejected", Errors: ["Symbol"] },
  requeue: { Target: { Reason: "again" } },
} as const;

export function queue({ queued }: { readonly queued: boolean }): object {
  return queued ? { Queue: { QueueID: "desk" } } : {};
}

/** The content of a request of the same type, with other terms. */
export function replacing({ New, Amend, Cancel, Move, CashTransfer }: ClientRequest, terms: object): object {
  if (New !== undefined) return { New: { ...New, ...terms } };
  if (Amend !== undefined) return { Amend: { ...Amend, ...terms } };
  if (Cancel !== undefined) return { Cancel };
  return Move !== undefined ? { Move } : { CashTransfer };
}

/** Every request for a new order leads to an order of its own. */
export function orderIdOf({ Account, RequestID }: ClientRequest): string {
  return `O-${Account?.AccountID}-${RequestID}`;
}

export function symbolOf({ Code, Currency }: OrderState): string {
  return `${Code} ${Currency}`;
}

export function leavesOf({ Quantity, ExecutedQuantity }: OrderState): Rational {
  return orZero(figure(Quantity).minus(figure(ExecutedQuantity)));
}

/** What of an order's fee has not been executed. */
export function freeFee({ AdditionalFunds, ExecutedAdditionalFunds }: OrderState): Rational {
  return figure(AdditionalFunds?.Fee).minus(figure(ExecutedAdditionalFunds?.Fee));
}

export function potOf(pot: string): Parameters<typeof heldOf>[2] {
  const [exchange = "", code] = pot.split(":");
  return code === undefined ? { of: "cash", currency: pot } : { of: "asset", exchange, code };
}
