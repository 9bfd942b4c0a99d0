/**
 * How an Owner's object is reached. Where a name leads is remembered in the isolate; the object knows by the generation
 * whether it is still meant, and when it is not the System is asked anew. So nothing stale is ever acted on.
 */
import type { OwnerAddress } from "../owner/rpc.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { objectOf } from "../system/placement.ts";
import type { DirectoryEntry } from "../system/rpc.ts";
import type { Call, OwnerStub } from "./environment.ts";
import { distantRefusal } from "./refusals.ts";
import { Remembered } from "./remembered.ts";
import { systemStub } from "./system.ts";

const remembered = new Remembered<DirectoryEntry>(LIMITS.OWNERS_REMEMBERED);

/** What is asked of an Owner's object. */
export type Question<Answer> = (object: OwnerStub, address: OwnerAddress) => Promise<Answer>;

/**
 * Asks the object of an Owner. Throws Refusal `Owner.Unknown` when there is no such Owner, `Retry` when its object does
 * not know itself by that name yet, and whatever the question throws.
 */
export async function askOwner<Answer>(call: Call, ownerId: string, question: Question<Answer>): Promise<Answer> {
  const answer = await askIfKnown(call, ownerId, question);
  if (answer === undefined) throw new Refusal("Owner.Unknown");
  return answer.given;
}

/** As `askOwner`, for one of several Owners: a refusal says which, `Owner.Unknown A` or `Feed A/asx`. */
export async function askNamed<Answer>(call: Call, ownerId: string, question: Question<Answer>): Promise<Answer> {
  const answer = await askNamedIfKnown(call, ownerId, question);
  if (answer === undefined) throw new Refusal("Owner.Unknown", ownerId);
  return answer.given;
}

/** As `askNamed`; undefined when there is no such Owner. */
export async function askNamedIfKnown<Answer>(
  call: Call,
  ownerId: string,
  question: Question<Answer>,
): Promise<{ readonly given: Answer } | undefined> {
  try {
    return await askIfKnown(call, ownerId, question);
  } catch (error) {
    const text = error instanceof Refusal ? error.text : (distantRefusal(error) ?? "");
    throw text.startsWith(OF_A_SEQUENCE)
      ? new Refusal("Feed", `${ownerId}/${text.slice(OF_A_SEQUENCE.length)}`)
      : error;
  }
}

/** How the refusal of a sequence begins. */
const OF_A_SEQUENCE = "Feed ";

/** As `askOwner`; undefined when there is no such Owner. */
export async function askIfKnown<Answer>(
  call: Call,
  ownerId: string,
  question: Question<Answer>,
): Promise<{ readonly given: Answer } | undefined> {
  const now = Date.now();
  const known = remembered.get(ownerId, now);
  if (known !== undefined) {
    const answer = await ask(call, known, question);
    if (answer !== STRANGER) return { given: answer };
    remembered.delete(ownerId);
  }
  const entry = await systemStub(call).find(ownerId);
  if (entry === undefined) return undefined;
  const answer = await ask(call, entry, question);
  // It is on its way to be who the System says that it is.
  if (answer === STRANGER) throw new Refusal("Retry");
  remembered.set(ownerId, entry, now);
  return { given: answer };
}

/** Says that an object is not, or not any more, whom an entry names. */
const STRANGER = Symbol("stranger");

async function ask<Answer>(
  { env }: Call,
  entry: DirectoryEntry,
  question: Question<Answer>,
): Promise<Answer | typeof STRANGER> {
  try {
    const { ownerId, generation } = entry;
    return await question(objectOf(env.OWNERS, entry), { ownerId, generation });
  } catch (error) {
    const text = error instanceof Refusal ? error.text : distantRefusal(error);
    if (text === "Owner.Unknown") return STRANGER;
    throw error;
  }
}
