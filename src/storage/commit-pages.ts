/** Commits are read in pages that begin with one and grow while they are small: a short reading costs what it takes. */
import { inPages } from "./database.ts";

/** Commits of one page. */
const MOST_COMMITS = 16;

/** Characters or bytes of a page from which on the next one is smaller. Bodies differ little from their neighbours'. */
const LARGE_PAGE = 512 * 1024;

/** Reads commits in pages: `next` says where the commit after one is looked for, `sizeOf` how long its body is. */
export function inCommitPages<Row>(
  first: number,
  page: (from: number, size: number) => readonly Row[],
  next: (commit: Row) => number,
  sizeOf: (commit: Row) => number,
): Iterable<Row> {
  return inPages(first, 1, page, next, (commits) => {
    const size = commits.reduce((sum, commit) => sum + sizeOf(commit), 0);
    return size < LARGE_PAGE ? Math.min(2 * commits.length, MOST_COMMITS) : Math.ceil(commits.length / 2);
  });
}
