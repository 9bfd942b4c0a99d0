/** Request statuses: what the status of a client request means. */
import { RequestStatusDetails } from "../../protocol/messages/index.ts";
import { path } from "./address.ts";
import type { Answer, Done, Listing } from "./answers.ts";
import { bodyOf, type Caller } from "./caller.ts";
import { asAtOf, type CallOptions, type ReadOptions } from "./options.ts";

export class Statuses {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  list(options: ReadOptions = {}): Promise<Listing<RequestStatusDetails>> {
    return this.#caller.list(RequestStatusDetails, { path: path`/status/request`, query: asAtOf(options), options });
  }

  get(status: string, options: ReadOptions = {}): Promise<Answer<RequestStatusDetails>> {
    const route = path`/status/request/byid/${status}`;
    return this.#caller.one(RequestStatusDetails, { path: route, query: asAtOf(options), options });
  }

  /** Defines a status, or says anew what it means. It says all there is: again, it changes nothing. */
  define(details: RequestStatusDetails, options: CallOptions = {}): Promise<Done> {
    const body = bodyOf(RequestStatusDetails, details);
    return this.#caller.change({ method: "POST", path: path`/status/request`, body, isRepeatable: true, options });
  }

  undefine(status: string, options: CallOptions = {}): Promise<Done> {
    const route = path`/status/request/byid/${status}`;
    return this.#caller.change({ method: "DELETE", path: route, isRepeatable: true, options });
  }
}
