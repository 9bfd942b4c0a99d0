/** Client requests: what clients ask of adapters, and how the open ones stand. */
import { ClientRequest, ClientRequestResponse, ClientRequestState } from "../../protocol/messages/index.ts";
import { path } from "./address.ts";
import type { Answer, Listing } from "./answers.ts";
import { bodyOf, type Caller, newId } from "./caller.ts";
import { asAtOf, type CallOptions, type ReadOptions } from "./options.ts";

export class Requests {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * Makes a request and waits for its outcome. Its RequestID, generated when there is none, makes a repetition harmless:
   * it gets the same answer. One that is not answered in time is refused with `Submitted`: making it again tells more.
   */
  make(request: ClientRequest, options: CallOptions = {}): Promise<Answer<ClientRequestResponse>> {
    // A validation records nothing: it needs no id.
    const isKnown = request.RequestID !== undefined || request.IsValidate === true;
    const body = bodyOf(ClientRequest, isKnown ? request : { ...request, RequestID: newId() });
    const call = { method: "POST", path: path`/request`, body, isRepeatable: true, options } as const;
    return this.#caller.one(ClientRequestResponse, call);
  }

  /** The open ones of an Owner, or of one account. */
  list(
    options: ReadOptions & { readonly owner: string; readonly account?: string | undefined },
  ): Promise<Listing<ClientRequestState>> {
    const { owner, account } = options;
    const route = account === undefined ? path`/request/for/${owner}` : path`/request/for/${owner}/${account}`;
    return this.#caller.list(ClientRequestState, { path: route, query: asAtOf(options), options });
  }
}
