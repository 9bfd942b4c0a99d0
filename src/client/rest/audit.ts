/** The audit: which updates there were, and whether a log is whole. */
import { AuditRecord } from "../../protocol/messages/index.ts";
import { readTimestamp, type Timestamp } from "../../protocol/timestamp.ts";
import { each, given, path } from "./address.ts";
import type { Rows } from "./answers.ts";
import type { Caller } from "./caller.ts";
import {
  type CallOptions,
  type CountOptions,
  type LogOptions,
  type Names,
  type OwnerOptions,
  ownerOf,
} from "./options.ts";
import { Ranges } from "./ranges.ts";
import { numberIn, objectIn, textIn } from "./shapes.ts";

/** What a walk along the hash chain of a log found. */
export interface Verification {
  readonly Commits: number;
  /** The hash of the last commit, in hexadecimal. */
  readonly Head: string;
  /** The first commit that does not follow from the one before it; null when there is none. */
  readonly Broken: number | null;
}

export class Audit extends Ranges<typeof AuditRecord, LogOptions> {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    super(caller, AuditRecord, path`/audit`);
    this.#caller = caller;
  }

  /** When the last update was recorded, of those that the caller may see; undefined when there is none. */
  latest(options: CallOptions & { readonly owner?: Names | undefined } = {}): Promise<Timestamp | undefined> {
    return this.#caller.json(latestIn, {
      path: path`/audit/latest`,
      query: each("owner", options.owner),
      options,
    });
  }

  /** Walks the hash chain of an Owner's log. */
  verify(options: OwnerOptions = {}): Promise<Verification> {
    return this.#caller.json(verificationIn, { path: path`/audit/verify`, query: ownerOf(options), options });
  }

  /** An Owner's log as it is kept, a commit a line, after a commit: what `npm run verify` reads. */
  export(options: OwnerOptions & CountOptions & { readonly from?: number | undefined } = {}): AsyncIterable<string> {
    const query = [...ownerOf(options), ...given("from", options.from), ...given("count", options.count)];
    return this.#caller.lines({ path: path`/audit/export`, query, options });
  }

  /** The System's own log: what changed in owners, exchanges, statuses and identities. Between positions. */
  system(
    options: CountOptions & { readonly from?: number | undefined; readonly to?: number | undefined } = {},
  ): Rows<AuditRecord> {
    const { from, to, count } = options;
    const query = [...given("from", from), ...given("to", to), ...given("count", count)];
    return this.#caller.rows(AuditRecord, { path: path`/audit/system`, query, options });
  }
}

/** Nothing is answered where nothing has been recorded. */
function latestIn(answer: unknown): Timestamp | undefined {
  return answer === undefined ? undefined : (readTimestamp(textIn(answer)) ?? notAMoment());
}

function notAMoment(): never {
  throw new TypeError("it is not a moment");
}

function verificationIn(answer: unknown): Verification {
  const { Commits, Head, Broken } = objectIn(answer);
  return { Commits: numberIn(Commits), Head: textIn(Head), Broken: Broken === null ? null : numberIn(Broken) };
}
