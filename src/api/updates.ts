/** How a call becomes updates of Owners, and how what came of them is answered. */

import { authorityOf, maySeeOwner } from "../domain/permissions.ts";
import type { At } from "../domain/records.ts";
import { required } from "../domain/requirements.ts";
import type { Instruction, Submitted } from "../owner/rpc.ts";
import { encode } from "../protocol/codec.ts";
import { codeOf, type ErrorText, Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { type Account, type TransactionDetails, UpdateEvent } from "../protocol/messages/index.ts";
import { isOwnerId } from "../protocol/names.ts";
import { Ahead } from "./ahead.ts";
import { done } from "./answers.ts";
import { inItem, isOfField, itemPath } from "./bodies.ts";
import type { Concern } from "./concern.ts";
import { askOwner } from "./directory.ts";
import type { Call } from "./environment.ts";
import { errorsOf, Refusals } from "./refusals.ts";

/** The key of the authority that the server itself vouches for; what a caller sends under other keys is its own claim. */
export const CALLER_AUTHORITY = "";

/** One update of one Owner, with what must hold for it to be applied. */
export interface Instructed {
  readonly ownerId: string;
  readonly update: UpdateEvent;
  readonly expectedBalance?: string;
  readonly mustExist?: boolean;
  /** Where a part of the update comes from in the caller's body: `Action.CashTransfer` from `Transfer`. */
  readonly origins?: Readonly<Record<string, string>>;
}

/** The Owner and account that a message must name. Throws Refusal `Field.Missing` or `Field.Invalid` with the path. */
export function requiredAccount(account: Account | undefined, path: string): { ownerId: string; accountId: string } {
  const { OwnerID, AccountID } = required(account, path);
  const ownerId = required(OwnerID, `${path}.OwnerID`);
  if (!isOwnerId(ownerId)) throw new Refusal("Field.Invalid", `${path}.OwnerID`);
  return { ownerId, accountId: required(AccountID, `${path}.AccountID`) };
}

/** The transaction with the caller's own authority, which only the server can give. */
export function authorisedTransaction(call: Call, transaction: TransactionDetails): TransactionDetails {
  const authorities = { ...transaction.Authorities, [CALLER_AUTHORITY]: authorityOf(call.var.caller.permissions) };
  return { ...transaction, Authorities: authorities };
}

/** Submits one update. Throws Refusal or Refusals. */
export async function submitOne(call: Call, instructed: Instructed): Promise<{ at: At; update: string }> {
  const { ownerId } = instructed;
  requireOwner(call, ownerId);
  const instructions = [instructionOf(instructed)];
  const submitted = await submitTo(call, ownerId, instructions);
  if ("errors" in submitted) throw new Refusals(submitted.errors.map((text) => inBody(text, instructed.origins)));
  const [update] = submitted.updates;
  if (update === undefined) throw new Error("an Owner accepted an update without telling what it became");
  return { at: submitted.at, update };
}

/** Submits one update, and answers that it is done. */
export async function answerUpdate(call: Call, instructed: Instructed): Promise<Response> {
  const { at } = await submitOne(call, instructed);
  return done(at);
}

/**
 * Submits many updates: all or none within each Owner. When some Owners refuse, the answer names them with the item
 * that each refused, and what the others took stands.
 */
export async function answerUpdates(call: Call, items: readonly Instructed[]): Promise<Response> {
  for (const { ownerId } of items) requireOwner(call, ownerId);
  const batches = batchesOf(items);
  const outcomes = await Ahead.start(batches, (batch) => submitBatch(call, batch));
  const errors: ErrorText[] = [];
  let onlyAt: At | undefined;
  for await (const outcome of outcomes.results()) {
    if (typeof outcome === "number") onlyAt = outcome;
    else errors.push(...outcome);
  }
  if (errors.length > 0) throw new Refusals(errors);
  return done(batches.length === 1 ? onlyAt : undefined);
}

/**
 * Submits the same update to every Owner that a call concerns. When some refuse it, the answer names them, and what the
 * others took stands. One of several that does not exist (any more) is left out, unless the caller named it.
 */
export async function answerUpdateEverywhere(
  call: Call,
  { ownerIds, areNamed }: Concern,
  update: UpdateEvent,
): Promise<Response> {
  const areSeveral = ownerIds.length > 1;
  const outcomes = await Ahead.start(ownerIds, async (ownerId) => ({
    ownerId,
    submitted: await trySubmitting(call, ownerId, [instructionOf({ ownerId, update })]),
  }));
  const errors: ErrorText[] = [];
  const taken: At[] = [];
  for await (const { ownerId, submitted } of outcomes.results()) {
    if (!("errors" in submitted)) taken.push(submitted.at);
    else if (!areSeveral && !areNamed) errors.push(...submitted.errors);
    else if (areNamed || submitted.errors[0] !== "Owner.Unknown") errors.push(...ofOwner(ownerId, submitted.errors));
  }
  if (errors.length > 0) throw new Refusals(errors);
  if (taken.length === 0) throw new Refusal("Owner.Unknown");
  return done(areSeveral ? undefined : taken[0]);
}

/** The errors with the Owner that they are of. */
function ofOwner(ownerId: string, errors: readonly ErrorText[]): readonly ErrorText[] {
  return errors.map((text): ErrorText => `${text} ${ownerId}`);
}

/** The items of one Owner, with their places in the caller's array. */
interface Batch {
  readonly ownerId: string;
  readonly items: { readonly index: number; readonly instructed: Instructed; readonly instruction: Instruction }[];
}

function batchesOf(items: readonly Instructed[]): readonly Batch[] {
  const batches = new Map<string, Batch>();
  for (const [index, instructed] of items.entries()) {
    const { ownerId } = instructed;
    const batch = batches.get(ownerId) ?? { ownerId, items: [] };
    batches.set(ownerId, batch);
    batch.items.push({ index, instructed, instruction: inItem(index, () => instructionOf(instructed)) });
  }
  return [...batches.values()];
}

/** The At at which a batch was recorded, or why it was refused. Never throws: the other Owners' outcomes stand. */
async function submitBatch(call: Call, { ownerId, items }: Batch): Promise<At | readonly ErrorText[]> {
  const submitted = await trySubmitting(
    call,
    ownerId,
    items.map(({ instruction }) => instruction),
  );
  if (!("errors" in submitted)) return submitted.at;
  const item = items[submitted.item];
  if (item === undefined) throw new Error("an Owner refused an item that it was not given");
  return submitted.errors.map((text): ErrorText => {
    const own = inBody(text, item.instructed.origins);
    const code = codeOf(own);
    const detail = own.slice(code.length + 1);
    const place = isOfField(code) ? itemPath(item.index, detail) : `${detail} [${item.index}]`.trimStart();
    return `${code} ${place} ${ownerId}`;
  });
}

async function trySubmitting(call: Call, ownerId: string, instructions: readonly Instruction[]): Promise<Submitted> {
  try {
    return await submitTo(call, ownerId, instructions);
  } catch (error) {
    return { errors: errorsOf(error), item: 0 };
  }
}

function submitTo(call: Call, ownerId: string, instructions: readonly Instruction[]): Promise<Submitted> {
  return askOwner(call, ownerId, async (object, address) => {
    const submitted = await object.submit(address, instructions);
    // It became another's while the call waited there: nothing was done.
    if ("errors" in submitted && submitted.errors[0] === "Owner.Unknown") throw new Refusal("Owner.Unknown");
    return submitted;
  });
}

/** Throws Refusal `Authority` when the caller may not see an Owner. */
export function requireOwner(call: Call, ownerId: string): void {
  if (!maySeeOwner(call.var.caller.permissions, ownerId)) throw new Refusal("Authority");
}

const encoder = new TextEncoder();

/** An update as JSON, as long as one may be. Throws Refusal `Message.TooLarge`. */
export function updateText(update: UpdateEvent): string {
  return checkedText(encode(UpdateEvent, update));
}

/** A text, if it is not longer than an update may be. Throws Refusal `Message.TooLarge`. */
export function checkedText(text: string): string {
  // No character takes more than three bytes: most texts need not be counted.
  if (text.length * 3 > LIMITS.UPDATE_BYTES && encoder.encode(text).length > LIMITS.UPDATE_BYTES) {
    throw new Refusal("Message.TooLarge");
  }
  return text;
}

/** Throws Refusal `Message.TooLarge`. */
function instructionOf({ update, expectedBalance, mustExist }: Instructed): Instruction {
  return {
    update: updateText(update),
    ...(expectedBalance !== undefined && { expectedBalance }),
    ...(mustExist !== undefined && { mustExist }),
  };
}

/** A refusal whose path begins at the update, told with the path in the caller's body. */
export function inBody(text: ErrorText, origins: Instructed["origins"] = {}): ErrorText {
  const code = codeOf(text);
  const path = text.slice(code.length + 1);
  for (const [part, origin] of Object.entries(origins)) {
    if (isOfField(code) && (path === part || path.startsWith(`${part}.`))) {
      return `${code} ${(origin + path.slice(part.length)).replace(/^\./, "")}`;
    }
  }
  return text;
}
