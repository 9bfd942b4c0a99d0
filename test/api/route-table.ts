/** Every route of the app: what it needs, and how it must answer whom. */
import type { Feature } from "../../src/domain/permissions.ts";

export interface Expected {
  readonly status: number;
  readonly body?: unknown;
}

/** A call by which an operator makes a route's success possible, once more. */
export type Preparation = readonly [method: "POST" | "DELETE", path: string, body?: object];

/** How a route must answer whom. Its path and body are those that concern an Owner. */
export interface Route {
  readonly path: (owner: string) => string;
  readonly body?: (owner: string) => object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers without a token. */
  readonly isOpen?: true;
  /** Any one of these combinations of features is needed; without it none is. */
  readonly needs?: readonly (readonly Feature[])[];
  /** For who may. */
  readonly answers: number;
  /** For who may see another Owner only: what is common to all Owners is the same for everybody. */
  readonly unseen: Expected | "the same";
  /** For who may see every Owner, when it concerns one that does not exist. */
  readonly unknown: Expected | "the same";
  /** The Owner that is asked about, when it is not A, which the other routes go on with. */
  readonly subject?: string;
  /** Other Owners that the caller must be able to see. */
  readonly alsoSees?: readonly string[];
  /** Done before it is asked with success. */
  readonly prepare?: readonly Preparation[];
  /** Parameters that its query may have. */
  readonly takes?: readonly string[];
}

export const A = "A";
export const B = "B";
/** Not defined. */
export const NOBODY = "NOBODY";

const NOT_ALLOWED = { status: 403, body: ["Authority"] };
const NOT_THERE = { status: 404, body: ["Owner.Unknown"] };
const UNKNOWN_BY_NAME = { status: 404, body: [`Owner.Unknown ${NOBODY}`] };
const NOTHING_OF_IT = { status: 200, body: [] };
/** What concerns one Owner, and says that it is not there to who may not see it. */
const HIDDEN = { unseen: NOT_THERE, unknown: NOT_THERE } as const;
/** What concerns one Owner, and says so to who may not see it. */
const FORBIDDEN = { unseen: NOT_ALLOWED, unknown: NOT_THERE } as const;
/** What lists the Owners that the caller may see. */
const LISTED = { unseen: NOTHING_OF_IT, unknown: "the same" } as const;
/** What is common to all Owners. */
const COMMON = { unseen: "the same", unknown: "the same" } as const;

const OPERATES = [["Operator"], ["Admin"]] as const;
const ALTERS = [["Alter"]] as const;
const ADMINISTERS = [["Admin"]] as const;
const RULES = [["Alter", "Admin"]] as const;

export const SOCKET = { Upgrade: "websocket" };

export const account = (AccountID: string, OwnerID = A) => ({ Account: { AccountID, OwnerID } });
export const cash = (id: string, OwnerID = A) => ({
  Transaction: { TransactionID: id, ...account("1", OwnerID) },
  Transfer: { Currency: "AUD", Value: 100 },
});
export const assets = (id: string, OwnerID = A) => ({
  Transaction: { TransactionID: id, ...account("1", OwnerID) },
  Transfer: { Code: "BHP", Exchange: "ASX", Value: 10 },
});
export const settlement = (Owner = A) => ({ Owner, Account: "1", Currency: "USD", ExpectedBalance: 0, Settle: 5 });
export const order = (OwnerID: string) => ({
  OrderID: "O1",
  ...account("1", OwnerID),
  Code: "BHP",
  Exchange: "ASX",
  Currency: "AUD",
  Side: "SIDE_BUY",
  Price: 2,
  Quantity: 3,
});
const identity = (Identity: string) => ({ Source: "table", Identity, Features: ["Audit"] });
const source = (Code: string) => ({
  Code,
  Authentication: "IdentityAuthentication_JWT",
  Parameters: { Issuer: `https://${Code}.test`, Audience: "oms", JwksUri: `https://${Code}.test/keys` },
});

export const ROUTES: Readonly<Record<string, Route>> = {
  "GET /owner": { path: () => "/owner", answers: 200, ...LISTED, unseen: { status: 200 }, takes: ["asAt"] },
  "POST /owner": {
    path: () => "/owner",
    body: (OwnerID) => ({ OwnerID, Name: "of the table" }),
    needs: RULES,
    answers: 204,
    unseen: NOT_ALLOWED,
    unknown: { status: 204 },
  },
  "GET /owner/byid/:owner": { path: (owner) => `/owner/byid/${owner}`, answers: 200, ...HIDDEN, takes: ["asAt"] },
  "DELETE /owner/byid/:owner": {
    path: (owner) => `/owner/byid/${owner}`,
    needs: RULES,
    answers: 204,
    unseen: NOT_THERE,
    unknown: UNKNOWN_BY_NAME,
    subject: "Doomed",
    prepare: [["POST", "/owner", { OwnerID: "Doomed" }]],
    takes: ["force"],
  },
  "PATCH /owner/byid/:owner": {
    path: (owner) => `/owner/byid/${owner}?newOwner=Moved`,
    body: () => ({}),
    needs: RULES,
    answers: 204,
    unseen: NOT_THERE,
    unknown: UNKNOWN_BY_NAME,
    subject: "Moving",
    alsoSees: ["Moved"],
    prepare: [
      ["DELETE", "/owner/byid/Moved?force=true"],
      ["POST", "/owner", { OwnerID: "Moving" }],
    ],
    takes: ["newOwner"],
  },
  "GET /exchange": { path: () => "/exchange", answers: 200, ...COMMON, takes: ["asAt", "owner"] },
  "POST /exchange": {
    path: () => "/exchange",
    body: () => ({ Exchange: "NZX" }),
    needs: RULES,
    answers: 204,
    ...COMMON,
  },
  "GET /exchange/byid/:exchange": {
    path: () => "/exchange/byid/ASX",
    answers: 200,
    ...COMMON,
    takes: ["asAt", "owner"],
  },
  "DELETE /exchange/byid/:exchange": {
    path: () => "/exchange/byid/Doomed",
    needs: RULES,
    answers: 204,
    ...COMMON,
    prepare: [["POST", "/exchange", { Exchange: "Doomed" }]],
  },
  "GET /status/request": { path: () => "/status/request", answers: 200, ...COMMON, takes: ["asAt"] },
  "POST /status/request": {
    path: () => "/status/request",
    body: () => ({ Code: "Parked", IsManual: true }),
    needs: RULES,
    answers: 204,
    ...COMMON,
  },
  "GET /status/request/byid/:status": {
    path: () => "/status/request/byid/Pending",
    answers: 200,
    ...COMMON,
    takes: ["asAt"],
  },
  "DELETE /status/request/byid/:status": {
    path: () => "/status/request/byid/Doomed",
    needs: RULES,
    answers: 204,
    ...COMMON,
    prepare: [["POST", "/status/request", { Code: "Doomed" }]],
  },
  "GET /identity": { path: () => "/identity", needs: ADMINISTERS, answers: 200, ...COMMON, takes: ["asAt"] },
  "POST /identity": {
    path: () => "/identity",
    body: () => identity("User:posted"),
    needs: ADMINISTERS,
    answers: 204,
    ...COMMON,
  },
  "GET /identity/current": { path: () => "/identity/current", answers: 200, ...COMMON },
  "GET /identity/for/:source": {
    path: () => "/identity/for/table",
    needs: ADMINISTERS,
    answers: 200,
    ...COMMON,
    takes: ["asAt"],
  },
  "GET /identity/for/:source/:identity": {
    path: () => "/identity/for/table/User:kept",
    needs: ADMINISTERS,
    answers: 200,
    ...COMMON,
    takes: ["asAt"],
  },
  "DELETE /identity/for/:source/:identity": {
    path: () => "/identity/for/table/User:doomed",
    needs: ADMINISTERS,
    answers: 204,
    ...COMMON,
    prepare: [["POST", "/identity", identity("User:doomed")]],
  },
  "GET /identity/source": {
    path: () => "/identity/source",
    needs: ADMINISTERS,
    answers: 200,
    ...COMMON,
    takes: ["asAt"],
  },
  "POST /identity/source": {
    path: () => "/identity/source",
    body: () => source("posted"),
    needs: ADMINISTERS,
    answers: 204,
    ...COMMON,
  },
  "GET /identity/source/bycode/:source": {
    path: () => "/identity/source/bycode/table",
    needs: ADMINISTERS,
    answers: 200,
    ...COMMON,
    takes: ["asAt"],
  },
  "DELETE /identity/source/bycode/:source": {
    path: () => "/identity/source/bycode/doomed",
    needs: ADMINISTERS,
    answers: 204,
    ...COMMON,
    prepare: [["POST", "/identity/source", source("doomed")]],
  },
  "GET /account": { path: () => "/account", answers: 200, ...LISTED, takes: ["asAt"] },
  "POST /account": {
    path: () => "/account",
    body: (owner) => account("new", owner),
    needs: ALTERS,
    answers: 204,
    ...FORBIDDEN,
  },
  "GET /account/byid/:owner": { path: (owner) => `/account/byid/${owner}`, answers: 200, ...HIDDEN, takes: ["asAt"] },
  "GET /account/byid/:owner/:account": {
    path: (owner) => `/account/byid/${owner}/1`,
    answers: 200,
    ...HIDDEN,
    takes: ["asAt"],
  },
  "DELETE /account/byid/:owner/:account": {
    path: (owner) => `/account/byid/${owner}/doomed`,
    needs: ALTERS,
    answers: 204,
    ...HIDDEN,
    prepare: [["POST", "/account", account("doomed")]],
  },
  "GET /account/byids": {
    path: (owner) => `/account/byids?id=${owner}/1`,
    answers: 200,
    ...LISTED,
    takes: ["id", "asAt"],
  },
  "POST /account/byids": {
    path: () => "/account/byids",
    body: (owner) => [`${owner}/1`],
    answers: 200,
    ...LISTED,
    takes: ["asAt"],
  },
  "GET /balance": { path: () => "/balance", needs: OPERATES, answers: 200, ...LISTED },
  "POST /balance": {
    path: () => "/balance",
    body: (owner) => cash("one", owner),
    needs: ALTERS,
    answers: 204,
    ...FORBIDDEN,
  },
  "POST /balance/bulk": {
    path: () => "/balance/bulk",
    body: (owner) => [cash("two", owner), cash("three", owner)],
    needs: ALTERS,
    answers: 204,
    unseen: NOT_ALLOWED,
    unknown: { status: 404, body: [`Owner.Unknown [0] ${NOBODY}`] },
  },
  "POST /balance/settle": {
    path: () => "/balance/settle?id=matrix",
    body: (owner) => [settlement(owner)],
    needs: ALTERS,
    answers: 204,
    unseen: NOT_ALLOWED,
    unknown: { status: 404, body: [`Owner.Unknown [0] ${NOBODY}`] },
    takes: ["id"],
  },
  "GET /balance/for/:owner": { path: (owner) => `/balance/for/${owner}`, answers: 200, ...FORBIDDEN },
  "GET /balance/for/:owner/:account": { path: (owner) => `/balance/for/${owner}/1`, answers: 200, ...FORBIDDEN },
  "GET /holding": { path: () => "/holding", needs: OPERATES, answers: 200, ...LISTED },
  "POST /holding": {
    path: () => "/holding",
    body: (owner) => assets("one", owner),
    needs: ALTERS,
    answers: 204,
    ...FORBIDDEN,
  },
  "POST /holding/bulk": {
    path: () => "/holding/bulk",
    body: (owner) => [assets("two", owner), assets("three", owner)],
    needs: ALTERS,
    answers: 204,
    unseen: NOT_ALLOWED,
    unknown: { status: 404, body: [`Owner.Unknown [0] ${NOBODY}`] },
  },
  "GET /holding/for/:owner": { path: (owner) => `/holding/for/${owner}`, answers: 200, ...FORBIDDEN },
  "GET /holding/for/:owner/:account": { path: (owner) => `/holding/for/${owner}/1`, answers: 200, ...FORBIDDEN },
  "GET /order": { path: () => "/order", needs: OPERATES, answers: 200, ...LISTED, takes: ["onlyActive"] },
  "GET /order/on/:exchange": {
    path: () => "/order/on/ASX",
    needs: OPERATES,
    answers: 200,
    ...LISTED,
    takes: ["onlyActive"],
  },
  "GET /order/for/:owner": {
    path: (owner) => `/order/for/${owner}`,
    needs: OPERATES,
    answers: 200,
    ...HIDDEN,
    takes: ["onlyActive"],
  },
  "GET /order/for/:owner/:account": {
    path: (owner) => `/order/for/${owner}/1`,
    answers: 200,
    ...HIDDEN,
    takes: ["onlyActive"],
  },
  "GET /order/for/:owner/:account/:order": {
    path: (owner) => `/order/for/${owner}/1/O1`,
    answers: 200,
    ...HIDDEN,
  },
  "PATCH /order/for/:owner/:account/:order": {
    path: (owner) => `/order/for/${owner}/1/O1`,
    body: order,
    needs: ALTERS,
    answers: 200,
    ...HIDDEN,
  },
  "GET /feed": { path: (owner) => `/feed?owner=${owner}`, answers: 200, ...HIDDEN, takes: ["owner"] },
  "GET /feed/byid/:feed": {
    path: (owner) => `/feed/byid/asx?owner=${owner}`,
    answers: 200,
    ...HIDDEN,
    takes: ["owner"],
  },
  "GET /audit/system": {
    path: () => "/audit/system",
    needs: [["Audit", "Admin"]],
    answers: 200,
    ...COMMON,
    takes: ["from", "to", "count"],
  },
  "GET /diagnostics/ping": { path: () => "/diagnostics/ping", isOpen: true, answers: 200, ...COMMON },
  "GET /diagnostics/health": {
    path: () => "/diagnostics/health",
    isOpen: true,
    answers: 200,
    ...COMMON,
    takes: ["owner"],
  },
  "GET /streaming": {
    path: (owner) => `/streaming?owner=${owner}`,
    headers: SOCKET,
    answers: 101,
    ...FORBIDDEN,
    takes: ["owner", "compact"],
  },
};

/** What the routes of what is common find. */
export const COMMON_SETUP: readonly Preparation[] = [
  ["POST", "/identity/source", source("table")],
  ["POST", "/identity", identity("User:kept")],
  ["POST", "/exchange", { Exchange: "ASX" }],
];
