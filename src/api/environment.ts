/** What the Worker is given to work with, and what a request carries from one step to the next. */
import type { Context } from "hono";
import type { OwnerRpc } from "../owner/rpc.ts";
import type { Permissions } from "../protocol/messages/index.ts";
import type { ObjectNamespace } from "../system/placement.ts";
import type { SystemRpc } from "../system/rpc.ts";

/** The object of one Owner, as the Worker sees it. */
export interface OwnerStub extends OwnerRpc {
  /** Opens a socket: see SOCKET_HEADERS. */
  fetch(request: Request): Promise<Response>;
}

/** The System object, as the Worker sees it. */
export type SystemStub = SystemRpc;

/** The platform's name for one object. */
type ObjectId = object;

export type OwnerNamespace = ObjectNamespace<ObjectId, OwnerStub>;

export interface SystemNamespace {
  idFromName(name: string): ObjectId;
  get(id: ObjectId): SystemStub;
}

/** The files of `dist/assets`, by the path of a request: 404 where there is none. */
export interface AssetStore {
  fetch(request: Request): Promise<Response>;
}

/** The bindings of wrangler.toml. */
export interface Environment {
  readonly OWNERS: OwnerNamespace;
  readonly SYSTEM: SystemNamespace;
  /** Without it there are routes, and no pages. */
  readonly ASSETS?: AssetStore;
  /** While it is set, tokens signed with it are accepted. */
  readonly OMS_BOOTSTRAP_SECRET?: string;
}

/** Who asks, once the token has been verified. */
export interface Caller {
  readonly permissions: Permissions;
  /** When the token expires, in seconds since 1970; absent when it never does. */
  readonly expires?: number;
}

export interface Api {
  Bindings: Environment;
  Variables: { caller: Caller };
}

export type Call = Context<Api>;
