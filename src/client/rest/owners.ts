/** Owners: who is a tenant. */
import { OwnerDetails, TransformRequest } from "../../protocol/messages/index.ts";
import { given, path } from "./address.ts";
import type { Answer, Done, Listing } from "./answers.ts";
import { bodyOf, type Caller } from "./caller.ts";
import { asAtOf, type CallOptions, type ReadOptions } from "./options.ts";

export class Owners {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Those that the caller may see. */
  list(options: ReadOptions = {}): Promise<Listing<OwnerDetails>> {
    return this.#caller.list(OwnerDetails, { path: path`/owner`, query: asAtOf(options), options });
  }

  get(owner: string, options: ReadOptions = {}): Promise<Answer<OwnerDetails>> {
    return this.#caller.one(OwnerDetails, { path: path`/owner/byid/${owner}`, query: asAtOf(options), options });
  }

  /** Defines an Owner, or says anew what is known of it. It says all there is: again, it changes nothing. */
  define(details: OwnerDetails, options: CallOptions = {}): Promise<Done> {
    const body = bodyOf(OwnerDetails, details);
    return this.#caller.change({ method: "POST", path: path`/owner`, body, isRepeatable: true, options });
  }

  /** Undefines an Owner. One with live records is refused (`Owner.Occupied`) unless it is forced. */
  undefine(owner: string, options: CallOptions & { readonly force?: boolean | undefined } = {}): Promise<Done> {
    const query = given("force", options.force);
    const route = path`/owner/byid/${owner}`;
    return this.#caller.change({ method: "DELETE", path: route, query, isRepeatable: true, options });
  }

  /** Renames an Owner. It is not tried again by itself: done twice, it would find nothing of the old name. */
  rename(owner: string, newOwner: string, options: CallOptions & TransformRequest = {}): Promise<Done> {
    const { TransformID, Comments } = options;
    return this.#caller.change({
      method: "PATCH",
      path: path`/owner/byid/${owner}`,
      query: given("newOwner", newOwner),
      body: bodyOf(TransformRequest, { TransformID, Comments }),
      isRepeatable: false,
      options,
    });
  }
}
