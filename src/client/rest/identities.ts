/** Who may do what, and the sources whose tokens say who somebody is. */
import { IdentitySource, Permissions } from "../../protocol/messages/index.ts";
import { path } from "./address.ts";
import type { Answer, Done, Listing } from "./answers.ts";
import { bodyOf, type Caller } from "./caller.ts";
import { asAtOf, type CallOptions, type ReadOptions } from "./options.ts";

/** An identity by its name. */
export interface IdentityName {
  /** The code of its source. */
  readonly source: string;
  /** `User:<subject>` or `Client:<client id>`. */
  readonly identity: string;
}

export class Identities {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** All of them, or those of one source. */
  list(options: ReadOptions & { readonly source?: string | undefined } = {}): Promise<Listing<Permissions>> {
    const { source } = options;
    const route = source === undefined ? path`/identity` : path`/identity/for/${source}`;
    return this.#caller.list(Permissions, { path: route, query: asAtOf(options), options });
  }

  get({ source, identity }: IdentityName, options: ReadOptions = {}): Promise<Answer<Permissions>> {
    const route = path`/identity/for/${source}/${identity}`;
    return this.#caller.one(Permissions, { path: route, query: asAtOf(options), options });
  }

  /** What the caller itself may do. */
  current(options: CallOptions = {}): Promise<Answer<Permissions>> {
    return this.#caller.one(Permissions, { path: path`/identity/current`, options });
  }

  /** Says what an identity may do. It says all there is: again, it changes nothing. */
  define(permissions: Permissions, options: CallOptions = {}): Promise<Done> {
    const body = bodyOf(Permissions, permissions);
    return this.#caller.change({ method: "POST", path: path`/identity`, body, isRepeatable: true, options });
  }

  undefine({ source, identity }: IdentityName, options: CallOptions = {}): Promise<Done> {
    const route = path`/identity/for/${source}/${identity}`;
    return this.#caller.change({ method: "DELETE", path: route, isRepeatable: true, options });
  }
}

export class IdentitySources {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  list(options: ReadOptions = {}): Promise<Listing<IdentitySource>> {
    return this.#caller.list(IdentitySource, { path: path`/identity/source`, query: asAtOf(options), options });
  }

  get(source: string, options: ReadOptions = {}): Promise<Answer<IdentitySource>> {
    const route = path`/identity/source/bycode/${source}`;
    return this.#caller.one(IdentitySource, { path: route, query: asAtOf(options), options });
  }

  /** Defines a source, or says anew how its tokens are verified. It says all there is: again, it changes nothing. */
  define(source: IdentitySource, options: CallOptions = {}): Promise<Done> {
    const body = bodyOf(IdentitySource, source);
    return this.#caller.change({ method: "POST", path: path`/identity/source`, body, isRepeatable: true, options });
  }

  undefine(source: string, options: CallOptions = {}): Promise<Done> {
    const route = path`/identity/source/bycode/${source}`;
    return this.#caller.change({ method: "DELETE", path: route, isRepeatable: true, options });
  }
}
