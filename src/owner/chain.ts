/**
 * The hash chain: each commit's hash is over the one before it and its own body, so nothing in the log can be changed
 * without changing all hashes after it. Walked here, and written out for those who trust nobody.
 */
import type { At } from "../domain/records.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { chainHash, exportedLine } from "../storage/commit-body.ts";
import type { KeptCommit, Store } from "../storage/store.ts";
import type { ChainPlace, ChainStretch } from "./rpc.ts";

type ChainStore = Pick<Store, "commitsAfter" | "head">;

/**
 * Walks the chain from a place on (absent: from the oldest commit that is kept) for one turn, or until a commit does not
 * follow from what is before it.
 */
export function verifiedStretch(store: ChainStore, from?: ChainPlace): ChainStretch {
  const { hash: headHash, keptFrom } = store.head();
  // The commit before the first that is kept is known by its hash alone.
  let place = from ?? { id: keptFrom, commits: 0, hash: keptFrom === 0 ? "" : undefined };
  let read = 0;
  for (const commit of store.commitsAfter(place.id as At)) {
    const { id, hash, body } = commit;
    const previous = place.hash ?? commit.previous;
    if (!follows(commit, previous)) return { ...place, hash: previous, isDone: true, broken: id };
    place = { id, commits: place.commits + 1, hash };
    read += body.length;
    if (read >= LIMITS.VERIFICATION_TURN_CHARACTERS) return { ...place, hash, isDone: false };
  }
  const hash = place.hash ?? headHash;
  return { ...place, hash, isDone: true, ...(hash !== headHash && { broken: place.id }) };
}

function follows({ isIntact, previous, hash, body }: KeptCommit, expected: string): boolean {
  return isIntact && previous === expected && hash === chainHash(expected, body);
}

/**
 * The commits after one, at most so many, a line each (see `exportedLine`), in pieces. Throws Refusal `History.Archived`.
 */
export function exportedCommits(
  store: ChainStore,
  after: number,
  count = Number.POSITIVE_INFINITY,
): Generator<string, void> {
  const head = store.head();
  if (after < head.keptFrom) throw new Refusal("History.Archived");
  return lines();

  function* lines(): Generator<string, void> {
    let piece = "";
    let left = count;
    for (const commit of store.commitsAfter(after as At)) {
      if (commit.id > head.at || left-- <= 0) break;
      piece += `${exportedLine(commit)}\n`;
      if (piece.length < LIMITS.ANSWER_PIECE_BYTES) continue;
      yield piece;
      piece = "";
    }
    if (piece !== "") yield piece;
  }
}
