/** What the benchmark asks of every store: the same work, and proof that it was done. */
import type { Change, Kept } from "./changes.ts";

export interface Store {
  readonly name: string;
  /** What it promises when it answers, and how it was asked. */
  readonly remark: string;
  /** Whether it forgets holdings of nothing for which no order is open. */
  readonly withoutFlat?: boolean;
  /**
   * Does the work of all changes, with at most `window` of them unanswered, and gives the milliseconds from the first
   * one sent to the last one answered. Each Owner is fresh. Throws StoreFailed.
   */
  apply(owner: string, changes: readonly Change[], window: number): Promise<number>;
  kept(owner: string): Promise<Kept>;
  dispose(): Promise<void>;
}

/** A store that was to be measured, or why it is not. */
export type Found = { readonly store: Store } | { readonly name: string; readonly missing: string };

/** A store refused something, closed the connection, or fell silent. */
export class StoreFailed extends Error {
  override readonly name = "StoreFailed";
}
