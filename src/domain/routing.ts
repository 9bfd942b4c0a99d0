/** Which feed executes an order or a transfer (rule E3). */
import type { ExchangeDetails, OwnerDetails } from "../protocol/messages/index.ts";
import { isFeedName } from "../protocol/names.ts";
import { OMS_SEQUENCE, SYSTEM_SEQUENCE } from "./records.ts";

/** The part of an order that routing looks at. */
export interface RoutedOrder {
  readonly Exchange?: string;
  readonly ExDestination?: string;
}

/**
 * The name of the feed that executes an order, given the details of its exchange that are in effect, if there are any:
 * the route of its destination, or the exchange's own code.
 */
export function routeOf(order: RoutedOrder | undefined, exchange: ExchangeDetails | undefined): string {
  const { Exchange = "", ExDestination = "" } = order ?? {};
  const destination = exchange?.Destinations?.find((each) => each.ExDestination === ExDestination);
  return destination?.Route ?? Exchange;
}

/** The name of the feed that carries a cash transfer out; undefined for a destination that the Owner does not have. */
export function transferRouteOf(ExDestination: string | undefined, owner: OwnerDetails): string | undefined {
  if (ExDestination === undefined) return owner.OwnerID;
  return owner.Destinations?.find((each) => each.ExDestination === ExDestination)?.Route;
}

/** Whether something may be routed there: the name of a feed that an adapter may supply. */
export function isRoute(name: string): boolean {
  return isFeedName(name) && name !== OMS_SEQUENCE && name !== SYSTEM_SEQUENCE;
}
