/** The routes that tell what was: see route-table.ts. */
import { AS_AT, AUDITS, COMMON, FORBIDDEN, HIDDEN, NAMED, type Route } from "./route-kinds.ts";

const ANY_RANGE = ["from", "from[oms]", "to", "to[oms]", "count"];

/** The four forms of a range: a query, and what it may have. */
const RANGES = {
  between: ["from[oms]=0&to[oms]=1000000", ["from[oms]", "to[oms]"]],
  fromdate: ["from=2026-01-01", ["from", "to", "to[oms]"]],
  fromposition: ["from[oms]=0", ["from[oms]", "to", "to[oms]"]],
  toposition: ["to[oms]=1000000", ["from", "from[oms]", "to[oms]"]],
} as const;

/** The four routes below a path that tell parts of the log. */
function ranges(path: string, { takes, ...route }: Pick<Route, "needs"> & { readonly takes: readonly string[] }) {
  const routes = Object.entries(RANGES).map(([form, [query, ends]]): [string, Route] => [
    `GET ${path}/${form}`,
    {
      path: (owner) => `${path}/${form}?${query}&owner=${owner}`,
      answers: 200,
      ...NAMED,
      ...route,
      takes: [...takes, ...ends, "count"],
    },
  ]);
  return Object.fromEntries(routes);
}

export const HISTORY_ROUTES: Readonly<Record<string, Route>> = {
  "GET /balance/for/:owner/:account/:currency/history": {
    path: (owner) => `/balance/for/${owner}/1/AUD/history`,
    answers: 200,
    ...FORBIDDEN,
    takes: ANY_RANGE,
  },
  "GET /holding/for/:owner/:account/:exchange/:code/history": {
    path: (owner) => `/holding/for/${owner}/1/ASX/BHP/history`,
    answers: 200,
    ...FORBIDDEN,
    takes: ANY_RANGE,
  },
  "GET /order/for/:owner/:account/:order/history": {
    path: (owner) => `/order/for/${owner}/1/O1/history`,
    answers: 200,
    ...HIDDEN,
    takes: ANY_RANGE,
  },
  "GET /feed/byid/:feed/updates": {
    path: (owner) => `/feed/byid/asx/updates?owner=${owner}`,
    answers: 200,
    ...HIDDEN,
    takes: ["owner", "from", "to", "count"],
  },
  "GET /feed/byid/:feed/updates/fromdate": {
    path: (owner) => `/feed/byid/asx/updates/fromdate?from=2026-01-01&owner=${owner}`,
    answers: 200,
    ...HIDDEN,
    takes: ["owner", "from", "to", "count"],
  },
  ...ranges("/audit", { needs: AUDITS, takes: ["owner"] }),
  ...ranges("/event/audit", { needs: AUDITS, takes: ["for", "owner", "snapshot"] }),
  ...ranges("/event", { takes: ["for", "owner", "account", "snapshot"] }),
  ...ranges("/trades", { takes: ["owner", "account"] }),
  "GET /audit/latest": {
    path: (owner) => `/audit/latest?owner=${owner}`,
    needs: AUDITS,
    answers: 200,
    ...NAMED,
    takes: ["owner"],
  },
  "GET /audit/verify": {
    path: (owner) => `/audit/verify?owner=${owner}`,
    needs: AUDITS,
    answers: 200,
    ...HIDDEN,
    takes: ["owner"],
  },
  "GET /audit/export": {
    path: (owner) => `/audit/export?owner=${owner}`,
    needs: AUDITS,
    answers: 200,
    ...HIDDEN,
    takes: ["owner", "from", "count"],
  },
  "GET /diagnostics/channel": { path: () => "/diagnostics/channel", needs: AUDITS, answers: 200, ...COMMON },
  "GET /diagnostics/channel/:channel": {
    path: (owner) => `/diagnostics/channel/balance?owner=${owner}`,
    needs: AUDITS,
    answers: 200,
    ...HIDDEN,
    takes: [...AS_AT, "owner"],
  },
};
