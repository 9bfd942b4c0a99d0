/** Exchanges: where orders may go, and what their statuses mean. */
import { ExchangeDetails } from "../../protocol/messages/index.ts";
import { path } from "./address.ts";
import type { Answer, Done, Listing } from "./answers.ts";
import { bodyOf, type Caller } from "./caller.ts";
import { asAtOf, type CallOptions, ownerOf, type ReadOptions } from "./options.ts";

/** With an Owner, what is in effect there: an adapter's own definition lies over what is common. */
export interface ExchangeOptions extends ReadOptions {
  readonly owner?: string | undefined;
}

export class Exchanges {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  list(options: ExchangeOptions = {}): Promise<Listing<ExchangeDetails>> {
    const query = [...ownerOf(options), ...asAtOf(options)];
    return this.#caller.list(ExchangeDetails, { path: path`/exchange`, query, options });
  }

  get(exchange: string, options: ExchangeOptions = {}): Promise<Answer<ExchangeDetails>> {
    const query = [...ownerOf(options), ...asAtOf(options)];
    return this.#caller.one(ExchangeDetails, { path: path`/exchange/byid/${exchange}`, query, options });
  }

  /** Defines an exchange, or says anew what is known of it. It says all there is: again, it changes nothing. */
  define(details: ExchangeDetails, options: CallOptions = {}): Promise<Done> {
    const body = bodyOf(ExchangeDetails, details);
    return this.#caller.change({ method: "POST", path: path`/exchange`, body, isRepeatable: true, options });
  }

  undefine(exchange: string, options: CallOptions = {}): Promise<Done> {
    const route = path`/exchange/byid/${exchange}`;
    return this.#caller.change({ method: "DELETE", path: route, isRepeatable: true, options });
  }
}
