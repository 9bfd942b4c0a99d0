/**
 * How long an Owner that nobody has asked since the server started takes for its first answer, by the length of its
 * log.
 */
import type { WorkerBundle } from "../support/worker-bundle.ts";
import { ownerOf, stateOf } from "./logs.ts";
import { Rig } from "./rig.ts";
import { SAMPLE_ACCOUNT } from "./updates.ts";

/** Milliseconds of the first answer of each Owner after a start of the server, in the order given. */
export async function measureFirstAnswers(
  bundle: WorkerBundle,
  folder: string,
  lengths: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rig = await Rig.start({ bundle, state: stateOf(folder) });
  try {
    // An Owner without a log bears the cost of a Worker that has never run.
    await firstAnswer(rig, "W0");
    const answers = new Map<number, number>();
    for (const records of lengths) answers.set(records, await firstAnswer(rig, ownerOf(records)));
    return answers;
  } finally {
    await rig.dispose();
  }
}

async function firstAnswer(rig: Rig, owner: string): Promise<number> {
  const { url, token } = await rig.target(owner);
  const begun = performance.now();
  const answer = await fetch(new URL(`/balance/for/${owner}/${SAMPLE_ACCOUNT}`, url), {
    headers: { Authorization: `Bearer ${token}` },
  });
  const body = await answer.text();
  const elapsed = performance.now() - begun;
  if (!answer.ok) throw new Error(`${answer.status} ${body}`);
  return elapsed;
}
