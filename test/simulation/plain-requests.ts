/** What may become of client requests, told from the log: each is sent at most once unless its adapter never got it. */
import type { WireEvent } from "../../src/domain/log-record.ts";
import type { LogRecord } from "../../src/domain/records.ts";
import { mustBe, violated } from "./violation.ts";

interface PlainRequest {
  status: string;
  /** All that it has been. */
  readonly statuses: readonly string[];
  /** How often it had to be sent, and how often it was. */
  due: number;
  sent: number;
}

/** Rule: what a request may become from each status. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  none: ["Pending", "Submitted", "Rejected"],
  Pending: ["Submitted", "Rejected"],
  Submitted: ["Submitted", "Completed", "Rejected"],
};

export class PlainRequests {
  readonly all = new Map<string, PlainRequest>();
  /** Those that are to be sent before the turn ends. */
  readonly #unsent = new Set<string>();

  /** Requests with a status, by id. */
  with(status: string): readonly string[] {
    return [...this.all].filter(([, request]) => request.status === status).map(([id]) => id);
  }

  recorded({ Update = {}, Events }: LogRecord<WireEvent>, where: () => string): void {
    const changed = Events.find(({ Request }) => Request !== undefined)?.Request;
    const id = changed?.Request?.RequestID ?? Update.ClientRequestUpdate?.RequestID ?? "";
    const before = this.all.get(id) ?? { status: "none", statuses: [], due: 0, sent: 0 };
    const status = changed?.Status ?? before.status;
    mustBe(
      NEXT[before.status]?.includes(status) ?? false,
      () => `${where()}: ${id} was ${before.status} and became ${status}`,
    );
    const isDenied = (Update.ClientRequestUpdate?.Errors ?? []).includes("Request.Unknown");
    const isSent = status === "Submitted" && (before.status !== "Submitted" || isDenied);
    if (isSent) this.#unsent.add(id);
    this.all.set(id, {
      status,
      statuses: [...before.statuses, status],
      due: before.due + (isSent ? 1 : 0),
      sent: before.sent,
    });
  }

  /** It is on its way to its adapter. */
  delivered(id: string): void {
    const request = this.all.get(id);
    if (request === undefined) violated(`request ${id} was sent before it was recorded`);
    request.sent++;
    this.#unsent.delete(id);
    mustBe(request.status === "Submitted", () => `request ${id} was sent when it was ${request.status}`);
    mustBe(
      request.sent <= request.due,
      () => `request ${id} was sent ${request.sent} times, and was to be sent ${request.due} times`,
    );
  }

  /** Who asked is told of it. */
  told(id: string, status: string): void {
    // A commit may bring it further than the record was that is told of.
    const known = this.all.get(id)?.statuses ?? [];
    mustBe(known.includes(status), () => `who asked for ${id} was told ${status}, and it was only ever ${known}`);
  }

  /** What was to be sent was lost on the way: nothing tells it from what was not sent. */
  excuse(): void {
    for (const id of this.#unsent) {
      const request = this.all.get(id);
      if (request !== undefined) request.due = request.sent;
    }
    this.#unsent.clear();
  }

  /** A turn has ended: all that was to be sent has been. */
  mustBeSent(): void {
    for (const id of this.#unsent) violated(`request ${id} was to be sent, and was not`);
  }
}
