/**
 * What the Worker may ask of the System object. Arguments and answers are plain data and JSON texts, because that is
 * what passes between isolates. Keep it additive: two versions meet during a deploy.
 */
import type { Health, Listing, ListQuestion, ObjectMetrics, Reading, RecordQuestion, Submitted } from "../owner/rpc.ts";

/** The name of the one System object. */
export const SYSTEM_NAME = "system";

/** The kinds of record that the System keeps. */
export type SystemKind = "owner" | "exchange" | "status" | "source" | "identity";

/** Where an Owner's object is found, and the generation by which it knows itself under that name. */
export interface DirectoryEntry {
  readonly ownerId: string;
  /** The name of the object. */
  readonly object: string;
  readonly generation: number;
  readonly jurisdiction?: string;
  readonly locationHint?: string;
}

/** A change of what is common, in JSON. */
export interface SystemChange {
  /** An UpdateEvent of type Operation, decoded and checked by the Worker. */
  readonly update: string;
  /** The ClientAuthority of who asks for it. */
  readonly authority: string;
  /** What is undefined must exist, else `Unknown`. */
  readonly mustExist?: boolean;
  /** An Owner is undefined although it has live records. */
  readonly force?: boolean;
}

/** One line of the System's log. */
export interface SystemRecord {
  readonly position: number;
  /** An AuditRecord in JSON. */
  readonly text: string;
}

/** Which records to list, and which one to read. */
export interface SystemListQuestion extends Omit<ListQuestion, "kind" | "accountId" | "exchange" | "onlyActive"> {
  readonly kind: SystemKind;
  /** Only the identities of this source. */
  readonly source?: string;
}
export type SystemRecordQuestion = Omit<RecordQuestion, "kind"> & { readonly kind: SystemKind };

/** Whether anybody can be let in. */
export interface SystemHealth extends Health {
  readonly sources: number;
}

export interface SystemMetrics extends ObjectMetrics {
  readonly owners: number;
  /** Owners that have yet to be handed down what is common. */
  readonly deliveries: {
    readonly outstanding: number;
    /** Those of them that could not be reached when that was tried last. */
    readonly failing: number;
    /** Those that should have been tried LIMITS.TIMER_LAG_DEGRADED_MS ago. */
    readonly overdue: number;
    /** Attempts that failed, since the object came into its memory. */
    readonly failures: number;
  };
}

/** The methods of the System object. */
export interface SystemRpc {
  /**
   * Makes a change durable. A new Owner's definition is answered once its object has been set up, a renaming once its
   * object knows itself by the new name or could not be reached, an undefinition once its object has ended; all else is
   * handed down to the Owners after the answer.
   */
  change(change: SystemChange): Promise<Submitted>;
  list(question: SystemListQuestion): Promise<Listing>;
  record(question: SystemRecordQuestion): Promise<Reading>;
  /** Where a name leads; undefined when it is no Owner's. */
  find(ownerId: string): Promise<DirectoryEntry | undefined>;
  /** Every Owner, in order of their names. */
  directory(): Promise<readonly DirectoryEntry[]>;
  /** Every identity source: a JSON array of IdentitySource. */
  sources(): Promise<string>;
  /** The Permissions of an identity, in JSON; undefined when it has none. */
  permissions(source: string, identity: string): Promise<string | undefined>;
  /** Records after a position, up to another, in order; at most so many, or fewer if they are long, but never none. */
  audit(after: number, upTo: number, count: number): Promise<readonly SystemRecord[]>;
  health(): Promise<SystemHealth>;
  /** Its figures. */
  metrics(): Promise<SystemMetrics>;
}
