/** From (state, update) to events: the one entry to the accounting rules. */
import type { Decimal } from "../protocol/decimal.ts";
import { Refusal } from "../protocol/errors.ts";
import {
  type ExternalAction,
  type Operation,
  type OrderState,
  OrderUpdate,
  UpdateEvent,
} from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import { Changes, type Context } from "./changes.ts";
import type { Draft } from "./draft.ts";
import { defineAccount, removeFeed, showFeedStatus, undefineAccount } from "./metadata.ts";
import { findOrder, type PlacedOrder, placeOrder, replaceOrder } from "./orders.ts";
import { required } from "./requirements.ts";
import { bookTrade, readTrade, tradeKey } from "./trades.ts";
import { transferAsset, transferCash } from "./transfers.ts";

export type { Context } from "./changes.ts";

/** What must hold for an update to be applied, beside the rules. */
export interface Conditions {
  /** Rule C4: what the caller believes the Balance to be. */
  readonly expectedBalance?: Decimal;
  /** The order or account must exist already, under the account that the update names. */
  readonly mustExist?: boolean;
}

export interface Outcome {
  /** The update, completed by what the server fills in (currency, creation, transaction id). */
  readonly update: UpdateEvent;
  /** In the order of rule E2. */
  readonly events: readonly UpdateEvent[];
  /** It was known already and has changed nothing (rules T3, T5, C3; metadata and status that are so already). */
  readonly repeated: boolean;
}

/**
 * Applies one update to a draft. Throws Refusal when a rule refuses it; the caller then drops the draft, which may
 * hold half of it.
 */
export function applyUpdate(draft: Draft, update: UpdateEvent, context: Context, conditions: Conditions = {}): Outcome {
  const changes = new Changes(draft, context);
  switch (update.Type) {
    case "UpdateEventType_Action":
      return applyAction(changes, required(update.Action, "Action"), conditions);
    case "UpdateEventType_Operation":
      return applyOperation(changes, update, required(update.Operation, "Operation"), conditions);
    case "UpdateEventType_Status":
      return applyStatus(changes, update);
    default:
      throw new Refusal("Operation", update.Type ?? "UpdateEventType_Unknown");
  }
}

function applyAction(changes: Changes, action: ExternalAction, conditions: Conditions): Outcome {
  switch (action.Type) {
    case "ExternalActionType_Update":
    case "ExternalActionType_Replace":
    case "ExternalActionType_Trade":
      return applyOrderAction(changes, action, conditions);
    case "ExternalActionType_CashTransfer":
      return outcomeOf(changes, transferCash(changes, action, conditions.expectedBalance));
    case "ExternalActionType_AssetTransfer":
      return outcomeOf(changes, transferAsset(changes, action));
    default:
      throw new Refusal("Field.Invalid", "Action.Type");
  }
}

/** Reservation comes from the order's state, cash and holdings from the trade; neither from the other (rule O7). */
function applyOrderAction(changes: Changes, action: ExternalAction, conditions: Conditions): Outcome {
  const { draft } = changes;
  const previous = findOrder(draft, action.Order?.OrderID ?? "");
  const placed = placeOrder(changes, action.Order, previous);
  if (conditions.mustExist === true && previous?.Account?.AccountID !== placed.accountId) {
    throw new Refusal("Unknown", placed.orderId);
  }
  const completed = completedAction(action, placed, previous);
  if (action.Type !== "ExternalActionType_Trade") {
    if (action.Trade !== undefined) throw new Refusal("Field.Invalid", "Action.Trade");
    replaceOrder(changes, previous, placed);
    return outcomeOf(changes, { action: completed, repeated: false });
  }
  const known = draft.known("trade", tradeKey(placed.orderId, action.Trade?.TradeID ?? ""));
  const step = readTrade(action.Trade, known);
  if (step.step === "repeated") return outcomeOf(changes, { action: completed, repeated: true });
  replaceOrder(changes, previous, placed);
  bookTrade(changes, placed, step);
  return outcomeOf(changes, { action: completed, repeated: false });
}

/** The action with what the server fills in: the order's completed state, and where a moved order came from (rule O5). */
function completedAction(
  action: ExternalAction,
  placed: PlacedOrder,
  previous: OrderState | undefined,
): ExternalAction {
  const from = previous?.Account;
  const isMoved =
    from !== undefined && from.AccountID !== placed.accountId && action.Update?.PreviousAccount === undefined;
  if (placed.state === action.Order && !isMoved) return action;
  const update = isMoved ? ordered(OrderUpdate, { ...action.Update, PreviousAccount: from }) : action.Update;
  return { ...action, Order: placed.state, ...(update !== undefined && { Update: update }) };
}

function outcomeOf(
  changes: Changes,
  { action, repeated }: { readonly action: ExternalAction; readonly repeated: boolean },
): Outcome {
  const update: UpdateEvent = { Type: "UpdateEventType_Action", Action: action };
  return { update, events: repeated ? [] : changes.finish(update), repeated };
}

function applyOperation(changes: Changes, update: UpdateEvent, operation: Operation, conditions: Conditions): Outcome {
  switch (operation.Type) {
    case "OperationType_DefineAccount":
      return metadataOutcome(update, defineAccount(changes, operation));
    case "OperationType_UndefineAccount":
      return metadataOutcome(update, undefineAccount(changes, operation, conditions.mustExist === true));
    default:
      throw new Refusal("Operation", operation.Type ?? "OperationType_Unknown");
  }
}

function metadataOutcome(update: UpdateEvent, changed: boolean): Outcome {
  return { update, events: changed ? [update] : [], repeated: !changed };
}

function applyStatus(changes: Changes, update: UpdateEvent): Outcome {
  if (update.UpdateAction === "UpdateAction_Remove") return metadataOutcome(update, removeFeed(changes, update.Status));
  const { details, changed } = showFeedStatus(changes, update.Status);
  return metadataOutcome(ordered(UpdateEvent, { ...update, Status: details }), changed);
}
