/** Every route that is documented. */
import type { Routes } from "./route.ts";
import { LOG_ROUTES, PROTO_ROUTES } from "./routes/log.ts";
import { METADATA_ROUTES } from "./routes/metadata.ts";
import { ORDER_ROUTES, TRANSFORM_ROUTES } from "./routes/orders.ts";
import { POSITION_ROUTES } from "./routes/positions.ts";

export const ROUTES: Routes = {
  ...POSITION_ROUTES,
  ...ORDER_ROUTES,
  ...METADATA_ROUTES,
  ...LOG_ROUTES,
  ...PROTO_ROUTES,
  ...TRANSFORM_ROUTES,
};
