/** How a route is described. */
import type { Feature } from "../../domain/permissions.ts";
import type { MessageSchema } from "../../protocol/declaration.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { JsonObject } from "./json.ts";
import type { QueryParameter } from "./parameters.ts";

/** The groups of routes, in the order in which they are shown. */
export const TAGS = {
  Balances: "Cash by account and currency, its transfers and its settlement.",
  Holdings: "Securities by account, and their transfers.",
  Orders: "Orders, as their adapters tell them.",
  Requests: "What clients ask of adapters, and what becomes of it.",
  Accounts: "What is known of accounts. Their records exist without it.",
  Owners: "The tenants.",
  Exchanges: "Where orders may go, and what their statuses mean.",
  Statuses: "What the status of a client request means.",
  Feeds: "Whether feeds are supplied, what came by them, and questions to their adapters.",
  Transforms: "Renames of symbols and currencies.",
  Audit: "The log of updates, and whether it is whole.",
  Events: "What updates caused, as subscribers were told it.",
  Trades: "Trades as they were told, with corrections and cancels.",
  Identities: "Who may do what.",
  Streaming: "The socket. Its messages are described in [its own reference](/docs/socket).",
  Diagnostics: "Whether it works, and what it keeps.",
} as const;

/** What travels in a body. */
export type Content =
  | { readonly one: MessageSchema }
  | { readonly many: MessageSchema }
  | { readonly json: JsonObject }
  /** A moment: a text in JSON, a message in protobuf. */
  | { readonly is: "moment" }
  | { readonly type: string; readonly schema: JsonObject };

export interface Route {
  /** A name for generated code, unique. */
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  /** What it does, in a sentence. */
  readonly does: string;
  /** What else is to be known of it. */
  readonly more?: string;
  /** Any one of these combinations of features is needed; without it none is. */
  readonly needs?: readonly (readonly Feature[])[];
  /** Answers without a token. */
  readonly isOpen?: boolean;
  readonly takes?: readonly QueryParameter[];
  readonly body?: Content;
  /** What success answers; nothing: 204. */
  readonly answer?: Content;
  /** It may also answer 204: there is nothing. */
  readonly mayBeNothing?: boolean;
  /** Its answer may tell at which moment it was read or recorded. */
  readonly tellsAt?: boolean;
  /** Refusals beside those that every call, every query and every body may meet. */
  readonly refuses?: readonly ErrorCode[];
}

/** Routes by method and path, as the app names them: `GET /account/byid/:owner`. */
export type Routes = Readonly<Record<string, Route>>;

export const OPERATES = [["Operator"], ["Admin"]] as const;
export const ALTERS = [["Alter"]] as const;
export const AUDITS = [["Audit"]] as const;
export const ADMINISTERS = [["Admin"]] as const;
export const RULES = [["Alter", "Admin"]] as const;

export const AS_AT = ["asAt", "asAtPosition"] as const;

/** What the name of an Owner may meet where its absence is told. */
export const HIDDEN = ["Owner.Unknown"] as const;
/** What it may meet where a caller who may not see it is told so. */
export const FORBIDDEN = ["Authority", "Owner.Unknown"] as const;
/** What a position or a moment of the past may meet. */
export const PAST = ["Feed", "History.Archived"] as const;
/** What every update may meet. */
export const WRITING = ["Storage.Full", "Storage.Failed"] as const;
