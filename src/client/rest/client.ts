/** The REST client: every resource of the HTTP surface. */
import { Accounts } from "./accounts.ts";
import { Audit } from "./audit.ts";
import { Balances } from "./balances.ts";
import { Caller } from "./caller.ts";
import { Diagnostics } from "./diagnostics.ts";
import { ENCODINGS } from "./encodings.ts";
import { Events, Trades } from "./events.ts";
import { Exchanges } from "./exchanges.ts";
import { Feeds } from "./feeds.ts";
import { Holdings } from "./holdings.ts";
import { type ClientOptions, Http } from "./http.ts";
import { Identities, IdentitySources } from "./identities.ts";
import { Orders } from "./orders.ts";
import { Owners } from "./owners.ts";
import { Requests } from "./requests.ts";
import { Statuses } from "./statuses.ts";
import { Transforms } from "./transforms.ts";

/** Every call throws OmsError, or the reason of its AbortSignal. */
export interface Client {
  readonly accounts: Accounts;
  readonly balances: Balances;
  readonly holdings: Holdings;
  readonly orders: Orders;
  readonly requests: Requests;
  readonly owners: Owners;
  readonly exchanges: Exchanges;
  readonly statuses: Statuses;
  readonly feeds: Feeds;
  readonly audit: Audit;
  readonly events: Events;
  readonly trades: Trades;
  readonly transforms: Transforms;
  readonly identities: Identities;
  readonly identitySources: IdentitySources;
  readonly diagnostics: Diagnostics;
}

/** A client of the REST API. It holds no connection: there is nothing to close. */
export function createClient(options: ClientOptions): Client {
  const caller = new Caller(new Http(options), ENCODINGS[options.encoding ?? "json"]);
  return {
    accounts: new Accounts(caller),
    balances: new Balances(caller),
    holdings: new Holdings(caller),
    orders: new Orders(caller),
    requests: new Requests(caller),
    owners: new Owners(caller),
    exchanges: new Exchanges(caller),
    statuses: new Statuses(caller),
    feeds: new Feeds(caller),
    audit: new Audit(caller),
    events: new Events(caller),
    trades: new Trades(caller),
    transforms: new Transforms(caller),
    identities: new Identities(caller),
    identitySources: new IdentitySources(caller),
    diagnostics: new Diagnostics(caller),
  };
}
