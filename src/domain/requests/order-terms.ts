/** What must hold for the terms of an order that is asked for, whether it is new or amended. */
import { type ErrorCode, type ErrorText, Refusal } from "../../protocol/errors.ts";
import type { Lifetime, OrderType } from "../../protocol/messages/index.ts";
import type { OrderNew } from "../../protocol/messages/requests.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";

/** The terms that a new order and an amended one have alike. */
export type OrderTerms = Pick<OrderNew, "OrderType" | "Price" | "Quantity" | "Lifetime" | "ExpiryDate">;

/** How an order's type stands to a price. */
type PriceRule = "needed" | "allowed" | "forbidden" | "unknown";

/** A refusal as it travels. */
export function errorText(code: ErrorCode, detail = ""): ErrorText {
  return new Refusal(code, detail).text;
}

/** Everything that is wrong with the terms at a moment. */
export function termErrors({ OrderType, Price, Quantity, Lifetime, ExpiryDate }: OrderTerms, now: Timestamp) {
  const errors: ErrorText[] = [];
  const rule = priceRuleOf(OrderType);
  if (rule === "unknown") errors.push("OrderType");
  if (rule === "needed" && Price === undefined) errors.push("LimitPrice.Missing");
  if (rule === "forbidden" && Price !== undefined) errors.push("LimitPrice.Given");
  if (Price !== undefined && Price.sign <= 0) errors.push("LimitPrice");
  if (Quantity === undefined || Quantity.sign <= 0) errors.push("TotalQuantity");
  if (Lifetime === undefined || Lifetime === "LIFETIME_UNKNOWN") errors.push("Validity");
  else if (!isExpiryRight(Lifetime, ExpiryDate, now)) errors.push("ExpiryDate");
  return errors;
}

function priceRuleOf(type: OrderType | undefined): PriceRule {
  switch (type) {
    case "ORDERTYPE_LIMIT":
    case "ORDERTYPE_STOP_LIMIT":
      return "needed";
    case "ORDERTYPE_MARKET":
      return "forbidden";
    case "ORDERTYPE_STOP":
    case "ORDERTYPE_MARKET_TO_LIMIT":
    case "ORDERTYPE_PEGGED":
      return "allowed";
    case "ORDERTYPE_UNKNOWN":
    case undefined:
      return "unknown";
  }
}

/** An order that is good till a date has one that is not past; no other order has one. */
function isExpiryRight(lifetime: Lifetime, expiry: Timestamp | undefined, now: Timestamp): boolean {
  if (lifetime !== "LIFETIME_GOOD_TILL_DATE") return expiry === undefined;
  return expiry !== undefined && expiry >= now;
}
