/**
 * What an exchange's adapter does: it knows the whole state of each order, adds up what was executed of it, and tells
 * the OMS in Actions. Everything is written as a caller would write it on the wire, and read by the real codec.
 */
import { decodeText } from "../../../src/protocol/codec.ts";
import { Decimal } from "../../../src/protocol/decimal.ts";
import { UpdateEvent } from "../../../src/protocol/messages/index.ts";
import { DEFAULTS } from "./notation.ts";

/** A decimal as a test writes it: a number when it is short, a text when a double would not carry it. */
export type Figure = number | string;

/** One amount is a fee; several are named. */
export type Funds = Figure | Readonly<Record<string, Figure>>;

/** `A1`, or `YT/A1` for an account of another Owner. */
export type AccountName = string;

/** The fields of an OrderState that tests set; one that is set to undefined is left out of the state. */
export interface OrderFields {
  readonly OrderID?: string | undefined;
  readonly Account?: AccountName | undefined;
  readonly Code?: string | undefined;
  readonly Exchange?: string | undefined;
  readonly Currency?: string | undefined;
  readonly Group?: string | undefined;
  readonly Side?: string | undefined;
  readonly Price?: Figure | undefined;
  readonly Quantity?: Figure | undefined;
  readonly AdditionalFunds?: Funds | undefined;
  readonly ExecutedQuantity?: Figure | undefined;
  readonly ExecutedAdditionalFunds?: Funds | undefined;
  readonly IsCompleted?: boolean | undefined;
  readonly Status?: string | undefined;
  readonly Created?: string | undefined;
  readonly Timestamp?: string | undefined;
  readonly Lifetime?: string | undefined;
  readonly ExpiryDate?: string | undefined;
  readonly RemoveAfter?: string | Record<string, never> | undefined;
}

export interface TradeFields {
  readonly Price?: Figure | undefined;
  readonly Quantity?: Figure | undefined;
  readonly AdditionalFunds?: Funds | undefined;
  readonly ExDestination?: string | undefined;
}

/** Why an order's state is as it is, and what kind of Action says so. */
export interface UpdateFields {
  readonly Action?: "Update" | "Replace";
  readonly Type?: "Update" | "Restate";
  readonly Reason?: string;
  readonly PreviousAccount?: AccountName;
}

export interface TransferFields {
  readonly TransactionID?: string | undefined;
  readonly Account?: AccountName | undefined;
  readonly Timestamp?: string | undefined;
  readonly Authorities?: Readonly<Record<string, { readonly Identity: string }>> | undefined;
  readonly Properties?: Readonly<Record<string, string>> | undefined;
  readonly Value?: Figure | undefined;
}

export interface CashFields extends TransferFields {
  readonly Currency?: string | undefined;
  readonly Pool?: string | undefined;
  readonly AdditionalFunds?: Funds | undefined;
  readonly Settlement?: "Booked" | "Unbooked" | "Settle" | "Reverse" | undefined;
}

export type AccountFields = Readonly<{
  Account?: AccountName;
  Name?: string;
  DefaultCurrency?: string;
  Attributes?: Readonly<Record<string, string>>;
}>;

export interface AssetFields extends TransferFields {
  readonly Code?: string | undefined;
  readonly Exchange?: string | undefined;
  /** The price at which it is valued (rule H2): goes to `Transaction.Values.Price`. */
  readonly Price?: Figure | undefined;
}

/** What the adapter remembers of a trade: enough to say how much was executed. */
interface Fill {
  readonly Quantity: Decimal;
  readonly AdditionalFunds: Readonly<Record<string, Decimal>>;
}

interface Known {
  readonly order: OrderFields;
  readonly fills: ReadonlyMap<string, Fill>;
}

/** An update, and what makes the adapter remember it once it has been accepted. */
export interface Submission {
  readonly update: UpdateEvent;
  readonly accepted: () => void;
}

const NEW_ORDER: OrderFields = {
  OrderID: "O1",
  Account: DEFAULTS.Account,
  Exchange: DEFAULTS.Exchange,
  Code: DEFAULTS.Code,
  Currency: DEFAULTS.Currency,
};

export class Adapter {
  readonly #orders = new Map<string, Known>();
  #transactions = 0;

  /** A new state of an order: what the adapter knew of it, with the given fields changed. */
  order(fields: OrderFields, { Action = "Update", ...Update }: UpdateFields = {}): Submission {
    const known = this.#known(fields);
    return this.#submission(known, {
      Type: Action,
      Order: orderOnTheWire(known.order),
      Update: updateOnTheWire(Update),
    });
  }

  /** A fill, a correction or a bust, with the order's state after it. */
  trade(
    type: "Trade" | "Correction" | "Cancel",
    tradeId: string | undefined,
    trade: TradeFields,
    fields: OrderFields,
  ): Submission {
    const before = this.#known(fields);
    const fills = new Map(before.fills);
    if (type === "Cancel") fills.delete(tradeId ?? "");
    else fills.set(tradeId ?? "", fillOf(trade));
    const known: Known = { order: { ...before.order, ...executed(fills), ...fields }, fills };
    const Trade = { ...trade, TradeID: tradeId, Type: type, AdditionalFunds: namedFunds(trade.AdditionalFunds) };
    return this.#submission(known, { Type: "Trade", Order: orderOnTheWire(known.order), Trade });
  }

  cash({ Currency = DEFAULTS.Currency, Pool, AdditionalFunds, Settlement, Value, ...fields }: CashFields): Submission {
    const CashTransfer = { Currency, Pool, AdditionalFunds: namedFunds(AdditionalFunds), Settlement, Value };
    return this.#submission(undefined, { Type: "CashTransfer", Transaction: this.#transaction(fields), CashTransfer });
  }

  asset(transfer: AssetFields): Submission {
    const { Code = DEFAULTS.Code, Exchange = DEFAULTS.Exchange, Price, Value, ...fields } = transfer;
    const Transaction = { ...this.#transaction(fields), ...(Price !== undefined && { Values: { Price } }) };
    return this.#submission(undefined, {
      Type: "AssetTransfer",
      Transaction,
      AssetTransfer: { Code, Exchange, Value },
    });
  }

  defineAccount({ Account = DEFAULTS.Account, ...details }: AccountFields): Submission {
    const AccountDetails = { Account: accountOnTheWire(Account), ...details };
    return this.other({ Type: "Operation", Operation: { Type: "DefineAccount", AccountDetails } });
  }

  undefineAccount(account: AccountName): Submission {
    const AccountDetails = { Account: accountOnTheWire(account) };
    return this.other({ Type: "Operation", Operation: { Type: "UndefineAccount", AccountDetails } });
  }

  /** Any other update, in the JSON of the wire. */
  other(json: object): Submission {
    return { update: read(json), accepted: () => {} };
  }

  #known(fields: OrderFields): Known {
    const id = fields.OrderID ?? NEW_ORDER.OrderID ?? "";
    const known = this.#orders.get(id) ?? { order: NEW_ORDER, fills: new Map() };
    return { ...known, order: { ...known.order, ...fields } };
  }

  #submission(known: Known | undefined, Action: object): Submission {
    const accepted = (): void => {
      if (known !== undefined) this.#orders.set(known.order.OrderID ?? "", known);
    };
    return { update: read({ Type: "Action", Action }), accepted };
  }

  #transaction({
    TransactionID = `X${++this.#transactions}`,
    Account = DEFAULTS.Account,
    ...rest
  }: TransferFields): object {
    return { TransactionID, Account: accountOnTheWire(Account), ...rest };
  }
}

export function accountOnTheWire(name: AccountName): object {
  const slash = name.indexOf("/");
  return slash < 0
    ? { OwnerID: DEFAULTS.Owner, AccountID: name }
    : { OwnerID: name.slice(0, slash), AccountID: name.slice(slash + 1) };
}

function read(json: object): UpdateEvent {
  return decodeText(UpdateEvent, JSON.stringify(json));
}

function orderOnTheWire({ Account, AdditionalFunds, ExecutedAdditionalFunds, ...rest }: OrderFields): object {
  return {
    ...rest,
    Account: Account === undefined ? undefined : accountOnTheWire(Account),
    AdditionalFunds: namedFunds(AdditionalFunds),
    ExecutedAdditionalFunds: namedFunds(ExecutedAdditionalFunds),
  };
}

function updateOnTheWire({ PreviousAccount, ...rest }: Omit<UpdateFields, "Action">): object | undefined {
  const previous = PreviousAccount === undefined ? {} : { PreviousAccount: accountOnTheWire(PreviousAccount) };
  const update = { ...rest, ...previous };
  return Object.keys(update).length === 0 ? undefined : update;
}

function namedFunds(funds: Funds | undefined): Readonly<Record<string, Figure>> | undefined {
  return typeof funds === "object" || funds === undefined ? funds : { Fee: funds };
}

function fillOf({ Quantity = 0, AdditionalFunds }: TradeFields): Fill {
  const funds = Object.entries(namedFunds(AdditionalFunds) ?? {});
  return {
    Quantity: Decimal.of(Quantity),
    AdditionalFunds: Object.fromEntries(funds.map(([name, value]) => [name, Decimal.of(value)])),
  };
}

/** What an order's state says about its fills. */
function executed(fills: ReadonlyMap<string, Fill>): OrderFields {
  let quantity = Decimal.ZERO;
  const funds: Record<string, Decimal> = {};
  for (const { Quantity, AdditionalFunds } of fills.values()) {
    quantity = quantity.plus(Quantity);
    for (const [name, value] of Object.entries(AdditionalFunds)) {
      funds[name] = (funds[name] ?? Decimal.ZERO).plus(value);
    }
  }
  const named = Object.entries(funds).map(([name, value]): [string, Figure] => [name, value.toString()]);
  return {
    ExecutedQuantity: quantity.toString(),
    ExecutedAdditionalFunds: named.length === 0 ? undefined : Object.fromEntries(named),
  };
}
