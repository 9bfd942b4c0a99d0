/** The audit of what is common: who changed it, and when. */
import { Hono } from "hono";
import { decodeStored, encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { AuditRecord } from "../protocol/messages/index.ts";
import { arrayOf, streamed, wantsCompact } from "./answers.ts";
import { authorisedAll } from "./authentication.ts";
import type { Api, Call } from "./environment.ts";
import { Query } from "./parameters.ts";
import { systemStub } from "./system.ts";

export const audits = new Hono<Api>();

/** Ours: the System's own log. Positions are `from` exclusive, `to` inclusive. */
audits.get("/audit/system", authorisedAll("Audit", "Admin"), (call) => {
  const query = new Query(call, "from", "to", "count");
  const from = query.wholeNumber("from") ?? 0;
  const to = query.wholeNumber("to") ?? Number.MAX_SAFE_INTEGER;
  const count = query.wholeNumber("count") ?? Number.MAX_SAFE_INTEGER;
  if (from > to) throw new Refusal("Field.Invalid", "from");
  const compact = wantsCompact(call);
  return streamed(call, {
    read: () => arrayOf(records(call, from, to, count, compact)),
    cancel: async () => undefined,
  });
});

/** The records, read a page at a time as they are wanted. */
async function* records(call: Call, from: number, to: number, count: number, compact: boolean): AsyncGenerator<string> {
  let left = count;
  for (let after = from; left > 0; ) {
    const page = await systemStub(call).audit(after, to, Math.min(left, LIMITS.DELIVERY_RECORDS));
    for (const { position, text } of page) {
      yield compact ? encode(AuditRecord, decodeStored(AuditRecord, text), true) : text;
      after = position;
    }
    left -= page.length;
    if (page.length === 0) return;
  }
}
