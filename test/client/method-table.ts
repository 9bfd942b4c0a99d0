/** Every method of the client, called once for each route that it uses. */
import type { Client } from "../../src/client/index.ts";

export type Use = readonly [route: string, call: (client: Client) => unknown];

const NAME = { owner: "XS", account: "A/1" } as const;
const POSITIONS = { asx: 1 };
const MANY = Array.from({ length: 100 }, () => NAME);

type Told = (client: Client) => Client["audit" | "trades" | "events"] | Client["events"]["audit"];

/** The four forms in which parts of the log are told. */
function ranges(resource: string, path: string, of: Told): Readonly<Record<string, readonly Use[]>> {
  return {
    [`${resource}.between`]: [[`GET ${path}/between`, (client) => of(client).between(POSITIONS, POSITIONS)]],
    [`${resource}.fromDate`]: [[`GET ${path}/fromdate`, (client) => of(client).fromDate("2026-01-01")]],
    [`${resource}.fromPosition`]: [[`GET ${path}/fromposition`, (client) => of(client).fromPosition(POSITIONS)]],
    [`${resource}.toPosition`]: [[`GET ${path}/toposition`, (client) => of(client).toPosition(POSITIONS)]],
  };
}

/** By resource and method. */
export const METHODS: Readonly<Record<string, readonly Use[]>> = {
  "accounts.list": [
    ["GET /account", ({ accounts }) => accounts.list()],
    ["GET /account/byid/:owner", ({ accounts }) => accounts.list({ owner: "XS" })],
  ],
  "accounts.get": [["GET /account/byid/:owner/:account", ({ accounts }) => accounts.get(NAME)]],
  "accounts.getMany": [
    ["GET /account/byids", ({ accounts }) => accounts.getMany([NAME])],
    ["POST /account/byids", ({ accounts }) => accounts.getMany(MANY)],
  ],
  "accounts.define": [["POST /account", ({ accounts }) => accounts.define({})]],
  "accounts.undefine": [["DELETE /account/byid/:owner/:account", ({ accounts }) => accounts.undefine(NAME)]],
  "accounts.rename": [["PATCH /account/byid/:owner/:account", ({ accounts }) => accounts.rename(NAME, "A2")]],

  "balances.list": [
    ["GET /balance", ({ balances }) => balances.list()],
    ["GET /balance/for/:owner", ({ balances }) => balances.list({ owner: "XS" })],
    ["GET /balance/for/:owner/:account", ({ balances }) => balances.list(NAME)],
  ],
  "balances.history": [
    [
      "GET /balance/for/:owner/:account/:currency/history",
      ({ balances }) => balances.history({ ...NAME, currency: "AUD" }),
    ],
  ],
  "balances.transfer": [["POST /balance", ({ balances }) => balances.transfer({})]],
  "balances.transferAll": [["POST /balance/bulk", ({ balances }) => balances.transferAll([])]],
  "balances.settle": [["POST /balance/settle", ({ balances }) => balances.settle([])]],

  "holdings.list": [
    ["GET /holding", ({ holdings }) => holdings.list()],
    ["GET /holding/for/:owner", ({ holdings }) => holdings.list({ owner: "XS" })],
    ["GET /holding/for/:owner/:account", ({ holdings }) => holdings.list(NAME)],
  ],
  "holdings.history": [
    [
      "GET /holding/for/:owner/:account/:exchange/:code/history",
      ({ holdings }) => holdings.history({ ...NAME, exchange: "ASX", code: "BHP" }),
    ],
  ],
  "holdings.transfer": [["POST /holding", ({ holdings }) => holdings.transfer({})]],
  "holdings.transferAll": [["POST /holding/bulk", ({ holdings }) => holdings.transferAll([])]],

  "orders.list": [
    ["GET /order", ({ orders }) => orders.list()],
    ["GET /order/on/:exchange", ({ orders }) => orders.list({ exchange: "ASX" })],
    ["GET /order/for/:owner", ({ orders }) => orders.list({ owner: "XS" })],
    ["GET /order/for/:owner/:account", ({ orders }) => orders.list(NAME)],
  ],
  "orders.get": [["GET /order/for/:owner/:account/:order", ({ orders }) => orders.get({ ...NAME, order: "O1" })]],
  "orders.history": [
    ["GET /order/for/:owner/:account/:order/history", ({ orders }) => orders.history({ ...NAME, order: "O1" })],
  ],
  "orders.replace": [
    ["PATCH /order/for/:owner/:account/:order", ({ orders }) => orders.replace({ ...NAME, order: "O1" }, {})],
  ],

  "requests.make": [["POST /request", ({ requests }) => requests.make({})]],
  "requests.list": [
    ["GET /request/for/:owner", ({ requests }) => requests.list({ owner: "XS" })],
    ["GET /request/for/:owner/:account", ({ requests }) => requests.list(NAME)],
  ],

  "owners.list": [["GET /owner", ({ owners }) => owners.list()]],
  "owners.get": [["GET /owner/byid/:owner", ({ owners }) => owners.get("XS")]],
  "owners.define": [["POST /owner", ({ owners }) => owners.define({})]],
  "owners.undefine": [["DELETE /owner/byid/:owner", ({ owners }) => owners.undefine("XS")]],
  "owners.rename": [["PATCH /owner/byid/:owner", ({ owners }) => owners.rename("XS", "XT")]],

  "exchanges.list": [["GET /exchange", ({ exchanges }) => exchanges.list()]],
  "exchanges.get": [["GET /exchange/byid/:exchange", ({ exchanges }) => exchanges.get("ASX")]],
  "exchanges.define": [["POST /exchange", ({ exchanges }) => exchanges.define({})]],
  "exchanges.undefine": [["DELETE /exchange/byid/:exchange", ({ exchanges }) => exchanges.undefine("ASX")]],

  "statuses.list": [["GET /status/request", ({ statuses }) => statuses.list()]],
  "statuses.get": [["GET /status/request/byid/:status", ({ statuses }) => statuses.get("Parked")]],
  "statuses.define": [["POST /status/request", ({ statuses }) => statuses.define({})]],
  "statuses.undefine": [["DELETE /status/request/byid/:status", ({ statuses }) => statuses.undefine("Parked")]],

  "feeds.list": [["GET /feed", ({ feeds }) => feeds.list()]],
  "feeds.get": [["GET /feed/byid/:feed", ({ feeds }) => feeds.get("asx")]],
  "feeds.updates": [
    ["GET /feed/byid/:feed/updates", ({ feeds }) => feeds.updates("asx", { from: 1 })],
    ["GET /feed/byid/:feed/updates/fromdate", ({ feeds }) => feeds.updates("asx", { from: "2026-01-01" })],
  ],
  "feeds.query": [
    ["GET /feed/byid/:feed/query/:type", ({ feeds }) => feeds.query("asx", "depth")],
    ["POST /feed/byid/:feed/query/:type", ({ feeds }) => feeds.query("asx", "depth", { data: new Uint8Array([1]) })],
  ],

  ...ranges("audit", "/audit", ({ audit }) => audit),
  "audit.latest": [["GET /audit/latest", ({ audit }) => audit.latest()]],
  "audit.verify": [["GET /audit/verify", ({ audit }) => audit.verify()]],
  "audit.export": [["GET /audit/export", ({ audit }) => audit.export()]],
  "audit.system": [["GET /audit/system", ({ audit }) => audit.system()]],

  ...ranges("events", "/event", ({ events }) => events),
  ...ranges("events.audit", "/event/audit", ({ events }) => events.audit),
  ...ranges("trades", "/trades", ({ trades }) => trades),

  "transforms.renameSymbol": [
    [
      "POST /transform/rename/symbol",
      ({ transforms }) => transforms.renameSymbol({ exchange: "ASX", code: "BHP", newCode: "BHQ" }),
    ],
  ],
  "transforms.renameCurrency": [
    ["POST /transform/rename/currency", ({ transforms }) => transforms.renameCurrency({ code: "AUD", newCode: "NZD" })],
  ],

  "identities.list": [
    ["GET /identity", ({ identities }) => identities.list()],
    ["GET /identity/for/:source", ({ identities }) => identities.list({ source: "S" })],
  ],
  "identities.get": [
    ["GET /identity/for/:source/:identity", ({ identities }) => identities.get({ source: "S", identity: "User:a" })],
  ],
  "identities.current": [["GET /identity/current", ({ identities }) => identities.current()]],
  "identities.define": [["POST /identity", ({ identities }) => identities.define({})]],
  "identities.undefine": [
    [
      "DELETE /identity/for/:source/:identity",
      ({ identities }) => identities.undefine({ source: "S", identity: "User:a" }),
    ],
  ],

  "identitySources.list": [["GET /identity/source", ({ identitySources }) => identitySources.list()]],
  "identitySources.get": [["GET /identity/source/bycode/:source", ({ identitySources }) => identitySources.get("S")]],
  "identitySources.define": [["POST /identity/source", ({ identitySources }) => identitySources.define({})]],
  "identitySources.undefine": [
    ["DELETE /identity/source/bycode/:source", ({ identitySources }) => identitySources.undefine("S")],
  ],

  "diagnostics.ping": [["GET /diagnostics/ping", ({ diagnostics }) => diagnostics.ping()]],
  "diagnostics.health": [["GET /diagnostics/health", ({ diagnostics }) => diagnostics.health()]],
  "diagnostics.metrics": [["GET /metrics", ({ diagnostics }) => diagnostics.metrics({ owner: ["XS", "YS"] })]],
  "diagnostics.channels": [["GET /diagnostics/channel", ({ diagnostics }) => diagnostics.channels()]],
  "diagnostics.channel": [["GET /diagnostics/channel/:channel", ({ diagnostics }) => diagnostics.channel("account")]],
};
