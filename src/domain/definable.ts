/** What the rules of each kind of metadata say of it, so that one mechanism can define and undefine them all. */
import type { Operation, UpdateEvent } from "../protocol/messages/index.ts";
import type { Changes, Context } from "./changes.ts";
import type { Conditions } from "./outcome.ts";
import type { Key, Kind, Records } from "./records.ts";
import type { State } from "./state.ts";

/** An operation about to be applied. */
export interface Step {
  readonly changes: Changes;
  readonly update: UpdateEvent;
  readonly operation: Operation;
  readonly conditions: Conditions;
}

/** Which record an operation is about. */
export interface Identified<K extends Kind> {
  readonly key: Key<K>;
  /** What a refusal calls it. */
  readonly name: string;
}

/** A kind of record that operations define whole, and undefine by its key alone. */
export interface Definable<K extends Kind> {
  readonly kind: K;
  /** The path, from the update, of the details that the operation carries. */
  readonly path: `Operation.${keyof Operation}`;
  /** Those details, in the order of the contract. */
  readonly details: (operation: Operation) => Records[K] | undefined;
  /** Throws Refusal naming the field that does not say which record is meant. */
  readonly identify: (details: Records[K], context: Context) => Identified<K>;
  /** What must hold for new details. Throws Refusal naming the field that is wrong. */
  readonly check: (details: Records[K], state: State) => void;
  /** Throws Refusal when the record may not be undefined. Without it all may be. */
  readonly requireRemovable?: (name: string) => void;
  /** For what is laid over something else: what is in effect, and the operation that says so. */
  readonly layered?: Layered<K>;
}

export interface Layered<K extends Kind> {
  readonly inEffect: (state: State, name: string) => Records[K] | undefined;
  readonly operation: (details: Records[K]) => Operation;
}
