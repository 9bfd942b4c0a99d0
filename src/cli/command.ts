/** What a command is: families of verbs, each with what it takes and what it does. */
import type { Invocation } from "./invocation.ts";

/** An option of a verb. */
export interface OptionSpec {
  readonly describe: string;
  /** `text` is given once, `texts` as often as one likes, `flag` has no value, `count` is a whole number from 1. */
  readonly kind: "text" | "texts" | "flag" | "count";
  readonly choices?: readonly string[];
  readonly alias?: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** One verb: `list`. */
export interface Verb {
  readonly name: string;
  /** What stands after the verb, in its order: `<account> [currency]`. */
  readonly parameters?: string;
  /** What a parameter can be, where that is known beforehand. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  readonly summary: string;
  readonly options?: OptionTable;
  readonly run: (call: Invocation) => Promise<void>;
}

/** What one noun can do: `balance`. */
export interface Family {
  readonly name: string;
  readonly summary: string;
  readonly verbs: readonly Verb[];
}
