/** The HTTP surface: every resource's routes in one app. */
import { Hono } from "hono";
import { accounts } from "./accounts.ts";
import { answerAsset } from "./assets.ts";
import { audits } from "./audits.ts";
import { balances } from "./balances.ts";
import { channels } from "./channels.ts";
import { diagnostics } from "./diagnostics.ts";
import type { Api, Call } from "./environment.ts";
import { events } from "./events.ts";
import { exchanges } from "./exchanges.ts";
import { feeds } from "./feeds.ts";
import { holdings } from "./holdings.ts";
import { identities } from "./identities.ts";
import { metrics } from "./metrics.ts";
import { orders } from "./orders.ts";
import { owners } from "./owners.ts";
import { rawPath } from "./parameters.ts";
import { proto } from "./proto.ts";
import { queries } from "./queries.ts";
import { answerError, refused } from "./refusals.ts";
import { requests } from "./requests.ts";
import { statuses } from "./statuses.ts";
import { streaming } from "./streaming.ts";
import { trades } from "./trades.ts";
import { transforms } from "./transforms.ts";

export const app = new Hono<Api>({ getPath: rawPath });

const RESOURCES = [
  owners,
  exchanges,
  statuses,
  identities,
  accounts,
  balances,
  holdings,
  orders,
  requests,
  transforms,
  feeds,
  queries,
  audits,
  events,
  trades,
  diagnostics,
  metrics,
  proto,
  channels,
  streaming,
];
for (const resource of RESOURCES) app.route("/", resource);

app.notFound(answerUnrouted);
app.onError(answerError);

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** A path that is known under other methods is told from one that is not known at all; pages are no routes. */
async function answerUnrouted(call: Call): Promise<Response> {
  const allowed = allowedMethods(call.req.path);
  if (allowed.length === 0) return (await answerAsset(call)) ?? refused(["Unknown"]);
  const headers = { Allow: [...allowed, "OPTIONS"].join(", ") };
  if (call.req.method === "OPTIONS") return new Response(null, { status: 204, headers });
  return refused(["Message.Method"], headers);
}

function allowedMethods(path: string): readonly string[] {
  const routed = METHODS.filter((method) => app.router.match(method, path)[0].length > 0);
  return routed.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}
