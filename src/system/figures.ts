/** The System's figures, and how it is. */
import { healthOf, type Measured, objectMetrics } from "../owner/metrics.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Deliveries } from "./deliveries.ts";
import type { SystemHealth, SystemMetrics } from "./rpc.ts";

/** A System that figures are asked of. */
export interface MeasuredSystem extends Measured {
  readonly deliveries: Deliveries;
}

/** The System's figures. */
export function systemMetrics(system: MeasuredSystem): SystemMetrics {
  return {
    ...objectMetrics(system),
    // The key of an Owner is its name.
    owners: [...system.store.list("owner", {})].length,
    deliveries: { ...deliveriesOf(system), failures: system.deliveries.failures },
  };
}

/** As of every object; and Degraded also while Owners cannot be handed down what is common. */
export function systemHealth(system: MeasuredSystem): SystemHealth {
  const health = healthOf(system);
  const { failing, overdue } = deliveriesOf(system);
  const isBehind = failing > 0 || overdue > 0;
  return {
    ...health,
    ...(isBehind && { status: "Degraded", reasons: [...(health.reasons ?? []), "Deliveries"] }),
    sources: [...system.store.list("source", {})].length,
  };
}

/** What is outstanding has a timer. One that is overdue was not even tried: nobody heeds the timers. */
function deliveriesOf({ store, deliveries, now }: MeasuredSystem): Omit<SystemMetrics["deliveries"], "failures"> {
  const due = store
    .dueTimers(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    .filter(({ kind }) => kind === "delivery");
  const overdue = due.filter((timer) => timer.due <= now - LIMITS.TIMER_LAG_DEGRADED_MS);
  return { outstanding: due.length, failing: deliveries.failing, overdue: overdue.length };
}
