/** Which feed executes an order (rule E3). */
import { isFeedName } from "../protocol/names.ts";
import { OMS_SEQUENCE, SYSTEM_SEQUENCE } from "./records.ts";

/** The part of an order that routing looks at. */
export interface RoutedOrder {
  readonly Exchange?: string;
}

/** The name of the feed that executes an order: until exchanges have metadata, the exchange's own code. */
export function routeOf(order: RoutedOrder | undefined): string {
  return order?.Exchange ?? "";
}

/** Whether something may be routed there: the name of a feed that an adapter may supply. */
export function isRoute(name: string): boolean {
  return isFeedName(name) && name !== OMS_SEQUENCE && name !== SYSTEM_SEQUENCE;
}
