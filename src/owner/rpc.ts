/**
 * What the Worker may ask of an Owner's object, beside opening a socket. Arguments and answers are plain data and
 * JSON texts, because that is what passes between isolates. Keep it additive: two versions meet during a deploy.
 */
import type { At, Kind } from "../domain/records.ts";
import type { ErrorText } from "../protocol/errors.ts";

/** The kinds of record that are read over REST. */
export type ReadableKind = Exclude<Kind, "configuration">;

/** Which records to list. Account ids are within the Owner. */
export interface ListQuestion {
  readonly kind: ReadableKind;
  readonly accountId?: string;
  /** Only of this exchange. */
  readonly exchange?: string;
  /** Orders: only those that are not completed. */
  readonly onlyActive?: boolean;
  /** Enums in their short spelling. */
  readonly compact?: boolean;
}

/** Which one record to read. `parts` are what `keyOf` of the kind takes. */
export interface RecordQuestion {
  readonly kind: ReadableKind;
  readonly parts: readonly string[];
  readonly compact?: boolean;
}

/** One update that a caller submits over REST, with what must hold for it to be applied. */
export interface Instruction {
  /** An UpdateEvent in JSON, decoded and checked by the Worker. */
  readonly update: string;
  /** A settlement's ExpectedBalance as a decimal text (rule C4). */
  readonly expectedBalance?: string;
  /** The order or account must already exist under the account it names, else `Unknown`. */
  readonly mustExist?: boolean;
}

export type Submitted =
  /** `updates` are the instructions' updates as they were recorded, completed by what the server filled in. */
  | { readonly at: At; readonly updates: readonly string[] }
  /** Nothing was changed: all or none. `item` is the index of the instruction that was refused. */
  | { readonly errors: readonly ErrorText[]; readonly item: number };

export interface Health {
  readonly status: "Healthy" | "Degraded";
  readonly bytesUsed: number;
  readonly head: At;
}

/** The methods of an Owner's object. Every call names the Owner, and the object holds it to its own. */
export interface OwnerRpc {
  /** A JSON array, streamed in bounded pieces, all of it as at `at`. */
  list(
    ownerId: string,
    question: ListQuestion,
  ): Promise<{ readonly at: At; readonly body: ReadableStream<Uint8Array> }>;
  record(ownerId: string, question: RecordQuestion): Promise<{ readonly at: At; readonly body: string | undefined }>;
  submit(ownerId: string, instructions: readonly Instruction[]): Promise<Submitted>;
  health(ownerId: string): Promise<Health>;
}

/** Headers by which the Worker tells the object who opens a socket. It sets them itself, whatever the client sent. */
export const SOCKET_HEADERS = {
  /** The OwnerID, percent-encoded: a header holds ASCII only. */
  owner: "X-OMS-Owner",
  /** A Permissions message in JSON, all of it in ASCII. */
  permissions: "X-OMS-Permissions",
  /** "true" when enums are to be written short. */
  compact: "X-OMS-Compact",
  /** When the caller's token expires, in seconds since 1970. Absent when it never does. */
  expires: "X-OMS-Expires",
} as const;
