/** Which Owners a call concerns, and what is asked of their objects. */
import { maySeeOwner, onlyOwner, seesEveryOwner } from "../domain/permissions.ts";
import { SCHEMAS } from "../owner/reading.ts";
import type { ListQuestion, RecordQuestion } from "../owner/rpc.ts";
import { Refusal } from "../protocol/errors.ts";
import { Ahead } from "./ahead.ts";
import { answeredMessage, answerListing, arrayOf, joinedArrays, streamedMessages, wantsCompact } from "./answers.ts";
import { askIfKnown, askOwner } from "./directory.ts";
import type { Call } from "./environment.ts";
import { asAtOf, asAtOver } from "./moments.ts";
import { pathParameter, type Query } from "./parameters.ts";
import type { Concerned } from "./sequences.ts";
import { systemStub } from "./system.ts";

/** The Owner that the path names. Throws the refusal that this route has for one that the caller may not see. */
export function ownerInPath(call: Call, unseen: "Authority" | "Owner.Unknown"): string {
  return seenOwner(call, pathParameter(call, "owner"), unseen);
}

/** The Owner that `owner=` names, or the only one that the caller may see. Throws Refusal `Field.Missing owner`. */
export function ownerInQuery(call: Call, query: Query, unseen: "Authority" | "Owner.Unknown"): string {
  const ownerId = query.one("owner") ?? onlyOwner(call.var.caller.permissions);
  if (ownerId === undefined) throw new Refusal("Field.Missing", "owner");
  return seenOwner(call, ownerId, unseen);
}

/** An Owner, if the caller may see it. Throws the given refusal. */
export function seenOwner(call: Call, ownerId: string, unseen: "Authority" | "Owner.Unknown"): string {
  if (!maySeeOwner(call.var.caller.permissions, ownerId)) throw new Refusal(unseen);
  return ownerId;
}

/** The Owners that the caller may see. Throws what asking the System throws. */
export async function seenOwners(call: Call): Promise<Concerned> {
  const { permissions } = call.var.caller;
  if (seesEveryOwner(permissions)) {
    const entries = await systemStub(call).directory();
    return { ownerIds: entries.map(({ ownerId }) => ownerId) };
  }
  const ownerIds = [...new Set(permissions.Owners)].sort();
  const [only, ...more] = ownerIds;
  return { ownerIds, ...(only !== undefined && more.length === 0 && { only }) };
}

type Listed = Omit<ListQuestion, "compact" | "asAt">;

/** Streams the records of one kind of one Owner, as at what the query says, and tells what they were read at. */
export async function answerList(call: Call, query: Query, ownerId: string, question: Listed): Promise<Response> {
  const asked = { ...question, ...asAtOf(query, ownerId), compact: wantsCompact(call) };
  const listing = await askOwner(call, ownerId, (object, address) => object.list(address, asked));
  return answerListing(call, SCHEMAS[question.kind], listing);
}

/**
 * Streams the records of one kind of every Owner that the caller may see, as at what the query says, as one array. An Owner that does not exist
 * (any more) has none; one that cannot be read breaks the answer off.
 */
export async function answerSeen(call: Call, query: Query, question: Listed): Promise<Response> {
  const compact = wantsCompact(call);
  const seen = await seenOwners(call);
  const asked = { ...question, ...(await asAtOver(call, query, seen)), compact };
  const lists = await Ahead.start(
    seen.ownerIds,
    async (ownerId) => {
      const list = await askIfKnown(call, ownerId, (object, address) => object.list(address, asked));
      return list?.given.body;
    },
    async (body) => await body?.cancel(),
  );
  const pieces = { read: () => joinedArrays(lists.results()), cancel: () => lists.cancel() };
  return streamedMessages(call, SCHEMAS[question.kind], pieces);
}

/** Answers one record, as at what the query says. Throws Refusal `Unknown` when there is none. */
export async function answerRecord(
  call: Call,
  query: Query,
  ownerId: string,
  asked: Pick<RecordQuestion, "kind" | "parts">,
): Promise<Response> {
  const question = { ...asked, ...asAtOf(query, ownerId), compact: wantsCompact(call) };
  const { at, body } = await askOwner(call, ownerId, (object, address) => object.record(address, question));
  if (body === undefined) throw new Refusal("Unknown");
  return answeredMessage(call, SCHEMAS[asked.kind], body, at);
}

/** Which record of which Owner. */
export interface RecordName {
  readonly ownerId: string;
  readonly parts: readonly string[];
}

/** Streams those of the named records that exist, as at what the query says, in the order in which they are named. */
export async function answerRecords(
  call: Call,
  query: Query,
  names: readonly RecordName[],
  asked: Pick<RecordQuestion, "kind">,
): Promise<Response> {
  const compact = wantsCompact(call);
  const asAt = await asAtOver(call, query, namedOwners(call, names));
  const records = await Ahead.start(names, async ({ ownerId, parts }) => {
    const question = { ...asked, ...asAt, parts, compact };
    const found = await askIfKnown(call, ownerId, (object, address) => object.record(address, question));
    return found?.given.body;
  });
  const pieces = { read: () => arrayOf(records.results()), cancel: () => records.cancel() };
  return streamedMessages(call, SCHEMAS[asked.kind], pieces);
}

function namedOwners(call: Call, names: readonly RecordName[]): Concerned {
  const ownerIds = [...new Set(names.map(({ ownerId }) => ownerId))];
  const only = ownerIds.length > 1 ? undefined : (ownerIds[0] ?? onlyOwner(call.var.caller.permissions));
  return { ownerIds, ...(only !== undefined && { only }) };
}
