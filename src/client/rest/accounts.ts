/** What is known of accounts. */
import { AccountDetails, TransformRequest } from "../../protocol/messages/index.ts";
import { each, given, path } from "./address.ts";
import type { Answer, Done, Listing } from "./answers.ts";
import { bodyOf, type Caller, newId } from "./caller.ts";
import { jsonBody } from "./encodings.ts";
import { asAtOf, type CallOptions, type ReadOptions } from "./options.ts";

/** An account by its name. */
export interface AccountName {
  readonly owner: string;
  readonly account: string;
}

/** Ids that still fit well into a URL; more of them are sent in a body. */
const MOST_IDS_IN_URL = 20;

export class Accounts {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Those of every Owner that the caller may see, or of one. */
  list(options: ReadOptions & { readonly owner?: string | undefined } = {}): Promise<Listing<AccountDetails>> {
    const { owner } = options;
    const route = owner === undefined ? path`/account` : path`/account/byid/${owner}`;
    return this.#caller.list(AccountDetails, { path: route, query: asAtOf(options), options });
  }

  get({ owner, account }: AccountName, options: ReadOptions = {}): Promise<Answer<AccountDetails>> {
    const route = path`/account/byid/${owner}/${account}`;
    return this.#caller.one(AccountDetails, { path: route, query: asAtOf(options), options });
  }

  /** Those with these names (512 at most). One that is unknown, or not the caller's to see, is left out. */
  getMany(names: readonly AccountName[], options: ReadOptions = {}): Promise<Listing<AccountDetails>> {
    const ids = names.map(({ owner, account }) => `${owner}/${account}`);
    const inUrl = ids.length <= MOST_IDS_IN_URL;
    return this.#caller.list(AccountDetails, {
      path: path`/account/byids`,
      query: [...(inUrl ? each("id", ids) : []), ...asAtOf(options)],
      ...(!inUrl && { body: jsonBody(JSON.stringify(ids)) }),
      options,
    });
  }

  /** Defines an account, or says anew what is known of it. It says all there is: again, it changes nothing. */
  define(details: AccountDetails, options: CallOptions = {}): Promise<Done> {
    const body = bodyOf(AccountDetails, details);
    return this.#caller.change({ method: "POST", path: path`/account`, body, isRepeatable: true, options });
  }

  /** Forgets what is known of an account; what it holds stays. */
  undefine({ owner, account }: AccountName, options: CallOptions = {}): Promise<Done> {
    const route = path`/account/byid/${owner}/${account}`;
    return this.#caller.change({ method: "DELETE", path: route, isRepeatable: true, options });
  }

  /** Renames an account in all that is live. Its TransformID, generated when there is none, makes a repetition harmless. */
  rename(
    { owner, account }: AccountName,
    newAccount: string,
    options: CallOptions & TransformRequest = {},
  ): Promise<Done> {
    const { TransformID = newId(), Comments } = options;
    return this.#caller.change({
      method: "PATCH",
      path: path`/account/byid/${owner}/${account}`,
      query: given("newAccount", newAccount),
      body: bodyOf(TransformRequest, { TransformID, Comments }),
      isRepeatable: true,
      options,
    });
  }
}
