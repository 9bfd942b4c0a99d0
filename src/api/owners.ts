/** Which Owners a call concerns, and what is asked of their objects. */
import type { At } from "../domain/records.ts";
import type { ListQuestion, ReadableKind } from "../owner/rpc.ts";
import { type ErrorCode, Refusal } from "../protocol/errors.ts";
import { Ahead } from "./ahead.ts";
import { answered, arrayOf, joinedArrays, streamed, wantsCompact } from "./answers.ts";
import type { Call, OwnerStub } from "./environment.ts";
import { pathParameter, type Query } from "./parameters.ts";
import { maySeeOwner, onlyOwner, seesEveryOwner } from "./permissions.ts";

/** The object of an Owner. */
export function ownerStub({ env }: Call, ownerId: string): OwnerStub {
  return env.OWNERS.get(env.OWNERS.idFromName(ownerId));
}

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

function seenOwner(call: Call, ownerId: string, unseen: ErrorCode): string {
  if (!maySeeOwner(call.var.caller.permissions, ownerId)) throw new Refusal(unseen);
  return ownerId;
}

/**
 * Every Owner that the caller may see, in order. One who may see all of them and names none cannot be answered while
 * there is no directory of Owners: Refusal `Field.Missing owners`, never a list that is silently short.
 */
export function seenOwners(call: Call): readonly string[] {
  const { permissions } = call.var.caller;
  if (seesEveryOwner(permissions)) throw new Refusal("Field.Missing", "owners");
  return [...(permissions.Owners ?? [])].sort();
}

/** Streams the records of one kind of some Owners as one array. With one Owner the answer says what it was read at. */
export async function answerList(
  call: Call,
  ownerIds: readonly string[],
  question: Omit<ListQuestion, "compact">,
): Promise<Response> {
  const asked = { ...question, compact: wantsCompact(call) };
  let onlyAt: At | undefined;
  const lists = await Ahead.start(
    ownerIds,
    async (ownerId) => {
      const list = await ownerStub(call, ownerId).list(ownerId, asked);
      if (ownerIds.length === 1) onlyAt = list.at;
      return list.body;
    },
    (body) => body.cancel(),
  );
  const pieces = { read: () => joinedArrays(lists.results()), cancel: () => lists.cancel() };
  return streamed(call, pieces, onlyAt);
}

/** Answers one record. Throws Refusal `Unknown` when there is none. */
export async function answerRecord(
  call: Call,
  ownerId: string,
  kind: ReadableKind,
  ...parts: readonly string[]
): Promise<Response> {
  const { at, body } = await ownerStub(call, ownerId).record(ownerId, { kind, parts, compact: wantsCompact(call) });
  if (body === undefined) throw new Refusal("Unknown");
  return answered(body, at);
}

/** Which record of which Owner. */
export interface RecordName {
  readonly ownerId: string;
  readonly parts: readonly string[];
}

/** Streams those of the named records that exist, in the order in which they are named. */
export async function answerRecords(call: Call, kind: ReadableKind, names: readonly RecordName[]): Promise<Response> {
  const compact = wantsCompact(call);
  const records = await Ahead.start(names, async ({ ownerId, parts }) => {
    const { body } = await ownerStub(call, ownerId).record(ownerId, { kind, parts, compact });
    return body;
  });
  return streamed(call, { read: () => arrayOf(records.results()), cancel: () => records.cancel() });
}
