/** The audit: which updates there were, in the Owners' logs and in the System's, and whether a log is whole. */
import { Hono } from "hono";
import type { At } from "../domain/records.ts";
import type { ChainPlace, ChainStretch } from "../owner/rpc.ts";
import { decodeStored, encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { AuditRecord } from "../protocol/messages/index.ts";
import { fromMicroseconds } from "../protocol/timestamp.ts";
import { Ahead } from "./ahead.ts";
import { answeredMoment, arrayOf, done, piecesOf, streamed, streamedMessages, wantsCompact } from "./answers.ts";
import { ownerInQuery } from "./asking.ts";
import { authorised, authorisedAll } from "./authentication.ts";
import { concernIn } from "./concern.ts";
import { askIfKnown, askOwner } from "./directory.ts";
import type { Api, Call } from "./environment.ts";
import { answerRange, type Contents } from "./log-answers.ts";
import { Query } from "./parameters.ts";
import { RANGE_FORMS, rangeParameters, readRange } from "./ranges.ts";
import { systemStub } from "./system.ts";

export const audits = new Hono<Api>();

const AUDIT: Contents = { type: "audit", of: () => ({ type: "audit" }) };

for (const [name, form] of Object.entries(RANGE_FORMS)) {
  audits.get(`/audit/${name}`, authorised("Audit"), async (call) => {
    const query = new Query(call, ...rangeParameters(form), "owner");
    const range = readRange(query, form);
    return answerRange(call, await concernIn(call, query), range, AUDIT);
  });
}

/** When the last update was recorded, of those that the caller may see. */
audits.get("/audit/latest", authorised("Audit"), async (call) => {
  const query = new Query(call, "owner");
  const { ownerIds, only, areNamed } = await concernIn(call, query);
  const heads = await Ahead.start(ownerIds, async (ownerId) => {
    const head = await askIfKnown(call, ownerId, (object, address) => object.locate(address, THE_END));
    if (head === undefined && areNamed) throw new Refusal("Owner.Unknown", ownerId);
    return head?.given;
  });
  let latest: At | undefined;
  for await (const head of heads.results()) if (head !== undefined && head > (latest ?? 0)) latest = head;
  if (latest === undefined) return done();
  return answeredMoment(call, fromMicroseconds(latest), only === undefined ? undefined : latest);
});

const THE_END = { at: Number.MAX_SAFE_INTEGER };

/** Ours: whether every commit of an Owner's log follows from the one before it. */
audits.get("/audit/verify", authorised("Audit"), async (call) => {
  const ownerId = ownerInQuery(call, new Query(call, "owner"), "Owner.Unknown");
  const walk = (after?: ChainPlace) => askOwner(call, ownerId, (object, address) => object.verify(address, after));
  const first = await walk();
  return streamed(call, { read: () => verdict(first, walk), cancel: async () => undefined });
});

const encoder = new TextEncoder();
/** May stand before a JSON text: it tells whoever waits for a long log that the work goes on, or that they may go. */
const PATIENCE = " ";

async function* verdict(
  first: ChainStretch,
  walk: (after: ChainPlace) => Promise<ChainStretch>,
): AsyncGenerator<Uint8Array> {
  let stretch = first;
  for (; !stretch.isDone && stretch.broken === undefined; stretch = await walk(placeOf(stretch))) {
    yield encoder.encode(PATIENCE);
  }
  const { commits: Commits, hash: Head, broken: Broken = null } = stretch;
  yield encoder.encode(JSON.stringify({ Commits, Head, Broken }));
}

function placeOf({ id, commits, hash }: ChainStretch): ChainPlace {
  return { id, commits, hash };
}

/** Ours: an Owner's log as it is kept, a commit a line, for whoever verifies it without trusting the server. */
audits.get("/audit/export", authorised("Audit"), async (call) => {
  const query = new Query(call, "owner", "from", "count");
  const ownerId = ownerInQuery(call, query, "Owner.Unknown");
  const after = query.wholeNumber("from") ?? 0;
  const count = query.count();
  const lines = await askOwner(call, ownerId, (object, address) => object.exportLog(address, after, count));
  return streamed(call, piecesOf(lines), { type: "application/x-ndjson" });
});

/** Ours: the System's own log. Positions are `from` exclusive, `to` inclusive. */
audits.get("/audit/system", authorisedAll("Audit", "Admin"), (call) => {
  const query = new Query(call, "from", "to", "count");
  const from = query.wholeNumber("from") ?? 0;
  const to = query.wholeNumber("to") ?? Number.MAX_SAFE_INTEGER;
  const count = query.count() ?? Number.MAX_SAFE_INTEGER;
  if (from > to) throw new Refusal("Field.Invalid", "from");
  const compact = wantsCompact(call);
  return streamedMessages(call, AuditRecord, {
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
