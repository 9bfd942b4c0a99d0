/** From (state, update) to events: the one entry to the accounting rules. */
import { Refusal } from "../protocol/errors.ts";
import { ExternalAction, type OrderState, OrderUpdate, UpdateEvent } from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import { Changes, type Context } from "./changes.ts";
import { applyDefinition } from "./definitions.ts";
import type { Draft } from "./draft.ts";
import { notePrice } from "./last-price.ts";
import { removeFeed, showFeedStatus } from "./metadata.ts";
import { findOrder, type PlacedOrder, placeOrder, replaceOrder } from "./orders.ts";
import type { Conditions, Outcome } from "./outcome.ts";
import { applyRequest } from "./requests/apply-request.ts";
import { applyRequestUpdate } from "./requests/apply-request-update.ts";
import { bookRequests } from "./requests/booking.ts";
import { required } from "./requirements.ts";
import { bookTrade, readTrade, tradeKey } from "./trades.ts";
import { transferAsset, transferCash } from "./transfers.ts";

export type { Context } from "./changes.ts";
export type { Conditions, Outcome } from "./outcome.ts";
export { continueTransform } from "./transforms.ts";

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
      return applyDefinition({ changes, update, operation: required(update.Operation, "Operation"), conditions });
    case "UpdateEventType_Status":
      return applyStatus(changes, update);
    case "UpdateEventType_ClientRequest":
      return applyRequest(
        changes,
        required(update.ClientRequest, "ClientRequest"),
        permitted(conditions.asking, update.Type),
      );
    case "UpdateEventType_ClientRequestUpdate":
      return applyRequestUpdate(
        changes,
        required(update.ClientRequestUpdate, "ClientRequestUpdate"),
        permitted(conditions.teller, update.Type),
      );
    default:
      throw new Refusal("Operation", update.Type ?? "UpdateEventType_Unknown");
  }
}

/** On whose word an update is taken that not everybody may send. */
function permitted<Word>(word: Word | undefined, type: string): Word {
  if (word === undefined) throw new Refusal("Operation", type);
  return word;
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
  // Of an order that is there, everything promised has come true.
  const promised = previous === undefined ? draft.known("order", action.Order?.OrderID ?? "")?.RequestID : undefined;
  const placed = placeOrder(changes, action.Order, previous);
  if (conditions.mustExist === true && previous?.Account?.AccountID !== placed.accountId) {
    throw new Refusal("Unknown", placed.orderId);
  }
  const completed = completedAction(action, placed, previous);
  if (action.Type !== "ExternalActionType_Trade") {
    if (action.Trade !== undefined) throw new Refusal("Field.Invalid", "Action.Trade");
    replaceOrder(changes, previous, placed);
    bookRequests(changes, placed, previous, promised);
    return outcomeOf(changes, { action: completed, repeated: false });
  }
  const known = draft.known("trade", tradeKey(placed.orderId, action.Trade?.TradeID ?? ""));
  const step = readTrade(action.Trade, known);
  if (step.step === "repeated") return outcomeOf(changes, { action: completed, repeated: true });
  replaceOrder(changes, previous, placed);
  bookTrade(changes, placed, step);
  notePrice(changes, placed, step);
  bookRequests(changes, placed, previous, promised);
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
  if (!isMoved) return { ...action, Order: placed.state };
  const Update = ordered(OrderUpdate, { ...action.Update, PreviousAccount: from });
  return ordered(ExternalAction, { ...action, Order: placed.state, Update });
}

function outcomeOf(
  changes: Changes,
  { action, repeated }: { readonly action: ExternalAction; readonly repeated: boolean },
): Outcome {
  const update: UpdateEvent = { Type: "UpdateEventType_Action", Action: action };
  return { update, events: repeated ? [] : changes.finish(update), repeated };
}

function statusOutcome(update: UpdateEvent, changed: boolean): Outcome {
  return { update, events: changed ? [update] : [], repeated: !changed };
}

function applyStatus(changes: Changes, update: UpdateEvent): Outcome {
  if (update.UpdateAction === "UpdateAction_Remove") return statusOutcome(update, removeFeed(changes, update.Status));
  const { details, changed } = showFeedStatus(changes, update.Status);
  return statusOutcome(ordered(UpdateEvent, { ...update, Status: details }), changed);
}
