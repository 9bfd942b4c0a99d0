/** What is said of every route, and what many have in common: who may ask, and what the others are told. */
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

export const NOT_ALLOWED = { status: 403, body: ["Authority"] };
export const NOT_THERE = { status: 404, body: ["Owner.Unknown"] };
export const UNKNOWN_BY_NAME = { status: 404, body: [`Owner.Unknown ${NOBODY}`] };
const NOTHING_OF_IT = { status: 200, body: [] };
/** What concerns one Owner, and says that it is not there to who may not see it. */
export const HIDDEN = { unseen: NOT_THERE, unknown: NOT_THERE } as const;
/** What concerns one Owner, and says so to who may not see it. */
export const FORBIDDEN = { unseen: NOT_ALLOWED, unknown: NOT_THERE } as const;
/** What lists the Owners that the caller may see. */
export const LISTED = { unseen: NOTHING_OF_IT, unknown: "the same" } as const;
/** What is common to all Owners. */
export const COMMON = { unseen: "the same", unknown: "the same" } as const;

/** What may name several Owners, and says which of them is not there. */
export const NAMED = {
  unseen: { status: 404, body: [`Owner.Unknown ${A}`] },
  unknown: UNKNOWN_BY_NAME,
} as const;

export const AS_AT = ["asAt", "asAt[oms]"];
export const AUDITS = [["Audit"]] as const;
export const OPERATES = [["Operator"], ["Admin"]] as const;
export const ALTERS = [["Alter"]] as const;
export const ADMINISTERS = [["Admin"]] as const;
export const RULES = [["Alter", "Admin"]] as const;
