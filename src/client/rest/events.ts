/** What updates caused, as subscribers were told it; and trades alone. */
import { EventMessage, RecordedAction } from "../../protocol/messages/index.ts";
import { path } from "./address.ts";
import type { Caller } from "./caller.ts";
import type { AccountLogOptions, EventAuditOptions, EventOptions } from "./options.ts";
import { Ranges } from "./ranges.ts";

/** The events that the caller may see, without those of the view Feed. */
export class Events extends Ranges<typeof EventMessage, EventOptions> {
  /** Every event, for an auditor. */
  readonly audit: Ranges<typeof EventMessage, EventAuditOptions>;

  constructor(caller: Caller) {
    super(caller, EventMessage, path`/event`);
    this.audit = new Ranges(caller, EventMessage, path`/event/audit`);
  }
}

/** Trades as they were told, corrections and cancels too. */
export class Trades extends Ranges<typeof RecordedAction, AccountLogOptions> {
  constructor(caller: Caller) {
    super(caller, RecordedAction, path`/trades`);
  }
}
