/** One Owner in memory: it applies updates one after another as the commit loop does, and keeps what was raised. */
import { createHash } from "node:crypto";
import { applyUpdate, type Conditions } from "../../../src/domain/apply.ts";
import { Draft } from "../../../src/domain/draft.ts";
import type { At } from "../../../src/domain/records.ts";
import type { RequestEffects } from "../../../src/domain/requests/effects.ts";
import { type ErrorText, Refusal } from "../../../src/protocol/errors.ts";
import type { UpdateEvent } from "../../../src/protocol/messages/index.ts";
import { atOf, type Book } from "./book.ts";
import { DEFAULTS } from "./notation.ts";

export interface Instruction {
  readonly update: UpdateEvent;
  readonly conditions?: Conditions | undefined;
}

/** What became of one update. */
export type Answer =
  | {
      readonly at: At;
      readonly update: UpdateEvent;
      readonly events: readonly UpdateEvent[];
      readonly repeated: boolean;
      readonly requests?: RequestEffects;
      readonly refused?: undefined;
    }
  | { readonly at: At; readonly refused: ErrorText };

const FIRST_AT = Date.UTC(2026, 0, 5) * 1000;
const BETWEEN_RECORDS = 1_000_000;

export class Owner {
  readonly book: Book;
  #records = 0;
  #ids = 0;

  constructor(book: Book) {
    this.book = book;
  }

  /**
   * Applies updates, each in a record of its own: all of them, or, when one is refused, none. The answers end with the
   * refusal then.
   */
  apply(instructions: readonly Instruction[]): readonly Answer[] {
    const batch = new Draft(this.book);
    const answers: Answer[] = [];
    for (const { update, conditions } of instructions) {
      const at = this.#nextAt();
      const draft = new Draft(batch);
      try {
        const context = { ownerId: DEFAULTS.Owner, at, digest, newId: () => `generated-${++this.#ids}` };
        answers.push({ at, ...applyUpdate(draft, update, context, conditions) });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return [...answers, { at, refused: error.text }];
      }
      draft.mergeInto(batch);
    }
    this.book.absorb(batch);
    return answers;
  }

  #nextAt(): At {
    return atOf(FIRST_AT + BETWEEN_RECORDS * this.#records++);
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
