/** Which feed executes an order (rule E3). */

/** The part of an order that routing looks at. */
export interface RoutedOrder {
  readonly Exchange?: string;
}

/** The name of the feed that executes an order: until exchanges have metadata, the exchange's own code. */
export function routeOf(order: RoutedOrder | undefined): string {
  return order?.Exchange ?? "";
}
