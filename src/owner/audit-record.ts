/** A record of the log as the audit shows it: an Owner's, and the System's. */
import type { StoredRecord, Wire } from "../domain/log-record.ts";
import type { AuditRecord } from "../protocol/messages/index.ts";
import { fromMicroseconds } from "../protocol/timestamp.ts";

/** What an audit says of a record, under the name that its sequence has there. */
export function auditRecord(
  { At, Sequence, Position, Update, Errors, Authority, Unreadable, Configuration }: StoredRecord,
  name: string = Sequence,
): Wire<AuditRecord> {
  const Timestamp = fromMicroseconds(At);
  return { Sequence: name, ID: Position, Timestamp, Update, Errors, Authority, Unreadable, Configuration };
}
