/**
 * Vetting: whether an account may afford what it asks for, and whether it keeps to its limits. The account's Attributes
 * say what is vetted: `Vetting.Funds` and `Vetting.Holdings` (`true`), `Vetting.MaxOrderValue`,
 * `Vetting.MaxOrderQuantity` and `Vetting.PriceBand` (decimals; the band is a fraction, 0.1 = 10 %). One that cannot be
 * read refuses everything that is vetted; a cancel never is, nor is cash that is put in. It is atomic because an Owner
 * applies its updates in sequence.
 */
import { Decimal } from "../../protocol/decimal.ts";
import type { ErrorText } from "../../protocol/errors.ts";
import type { ClientRequest } from "../../protocol/messages/index.ts";
import { lastPrice } from "../last-price.ts";
import { keyOf } from "../records.ts";
import { availableCash, directionOf } from "../reservation.ts";
import type { State } from "../state.ts";
import { type Hold, heldOf, holdOf, type Pot, type Prospect, prospectOf } from "./holds.ts";
import { errorText } from "./order-terms.ts";
import { requestKey } from "./request-states.ts";

/** What vetting found. */
export interface Vetted {
  readonly errors: readonly ErrorText[];
  /** What a validation tells: what is needed, and what there is. */
  readonly figures: Readonly<Record<string, Decimal>>;
}

/** What an account's Attributes ask for. */
interface Policy {
  readonly funds: boolean;
  readonly holdings: boolean;
  readonly maxValue: Decimal | undefined;
  readonly maxQuantity: Decimal | undefined;
  readonly priceBand: Decimal | undefined;
}

type Attributes = Readonly<Record<string, string>>;

/** Vets a request that is otherwise right, as if it were not among the open requests yet. */
export function vet(state: State, request: ClientRequest): Vetted {
  if (!isRisky(request)) return { errors: [], figures: {} };
  const { AccountID = "" } = request.Account ?? {};
  const { Attributes = {} } = state.record("account", keyOf.account(AccountID)) ?? {};
  const errors: ErrorText[] = [];
  const policy = readPolicy(Attributes, errors);
  const prospect = prospectOf(state, request);
  if (prospect !== undefined && request.Move === undefined) vetTerms(state, request, prospect, policy, errors);
  const hold = holdOf(state, request);
  // Without a currency there is nothing to compare with; that is an error already.
  const isNothing = hold === undefined || (hold.pot.of === "cash" && hold.pot.currency === "");
  if (isNothing) return { errors, figures: {} };
  const isVetted = hold.pot.of === "cash" ? policy.funds : policy.holdings && prospect?.asked.Side === "SIDE_SELL";
  // Adding up what is held costs a look at every open request of the account.
  if (!isVetted && request.IsValidate !== true) return { errors, figures: {} };
  const { needed, available } = compared(state, request, hold);
  const isShort = needed.sign > 0 && needed.compare(available) > 0;
  if (isVetted && isShort) errors.push(errorText(SHORT_OF[hold.pot.of], available.toString()));
  return { errors, figures: { Available: available, Required: needed } };
}

/** Whether a request may take something away from its account. */
function isRisky({ Cancel, CashTransfer }: ClientRequest): boolean {
  return Cancel === undefined && (CashTransfer?.Value ?? Decimal.ZERO).sign <= 0;
}

const SHORT_OF = { cash: "TotalValue.Balance", asset: "TotalQuantity.Holdings" } as const;

/** What a request needs beyond what is held already, and what there is of it, less what other open requests hold. */
function compared(state: State, request: ClientRequest, hold: Hold) {
  const { AccountID = "" } = request.Account ?? {};
  const held = heldOf(state, AccountID, hold.pot, requestKey(AccountID, request.RequestID ?? ""));
  return { needed: held.beyond(hold), available: availableIn(state, AccountID, hold.pot).minus(held.total) };
}

/** What there is in a pot, less what orders reserve of it. */
function availableIn(state: State, accountId: string, pot: Pot): Decimal {
  if (pot.of === "cash") return availableCash(state.record("balance", keyOf.balance(accountId, pot.currency)) ?? {});
  const { Quantity, UnfilledSells } = state.record("holding", keyOf.holding(accountId, pot.exchange, pot.code)) ?? {};
  return (Quantity ?? Decimal.ZERO).minus(UnfilledSells ?? Decimal.ZERO);
}

/** The limits of an order's own terms, and what must be known of them so that they can be vetted. */
function vetTerms(
  state: State,
  { New, Amend }: ClientRequest,
  { asked }: Prospect,
  { funds, maxValue, maxQuantity, priceBand }: Policy,
  errors: ErrorText[],
): void {
  const { Price, Quantity = Decimal.ZERO, Exchange = "", Code = "", Currency = "" } = asked;
  const isBuy = directionOf(asked.Side ?? "SIDE_UNKNOWN") === "buy";
  const limit = (New ?? Amend)?.Price;
  if (funds && isBuy && (Price === undefined || Price.sign <= 0)) errors.push("LimitPrice.Missing");
  if (Currency === "" && ((funds && isBuy) || priceBand !== undefined)) {
    errors.push("Field.Missing ClientRequest.Properties.Currency");
  }
  if (maxQuantity !== undefined && Quantity.compare(maxQuantity) > 0) {
    errors.push(errorText("TotalQuantity.Maximum", maxQuantity.toString()));
  }
  if (maxValue !== undefined && Price !== undefined && Quantity.times(Price).compare(maxValue) > 0) {
    errors.push(errorText("TotalValue.Maximum", maxValue.toString()));
  }
  const last = lastPrice(state, { exchange: Exchange, code: Code, currency: Currency });
  if (priceBand !== undefined && limit !== undefined && last !== undefined && isOutside(limit, last, priceBand)) {
    errors.push(errorText("LimitPrice.Distance", last.toString()));
  }
}

/** A last price that is not positive says nothing of what a fraction of it would be. */
function isOutside(price: Decimal, last: Decimal, band: Decimal): boolean {
  return last.sign > 0 && price.minus(last).absolute().compare(band.times(last)) > 0;
}

function readPolicy(attributes: Attributes, errors: ErrorText[]): Policy {
  return {
    funds: readSwitch(attributes, "Vetting.Funds", errors),
    holdings: readSwitch(attributes, "Vetting.Holdings", errors),
    maxValue: readLimit(attributes, "Vetting.MaxOrderValue", errors),
    maxQuantity: readLimit(attributes, "Vetting.MaxOrderQuantity", errors),
    priceBand: readLimit(attributes, "Vetting.PriceBand", errors),
  };
}

function readSwitch(attributes: Attributes, name: string, errors: ErrorText[]): boolean {
  const text = attributes[name] ?? "false";
  if (text !== "true" && text !== "false") errors.push(errorText("Field.Invalid", name));
  return text === "true";
}

function readLimit(attributes: Attributes, name: string, errors: ErrorText[]): Decimal | undefined {
  const text = attributes[name];
  if (text === undefined) return undefined;
  const limit = Decimal.read(text);
  if (limit !== undefined && limit.sign >= 0) return limit;
  errors.push(errorText("Field.Invalid", name));
  return undefined;
}
