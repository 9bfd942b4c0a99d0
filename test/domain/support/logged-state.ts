/** The state as it follows from the log as it is kept: lines of text in which events are abbreviated. */
import { changesOf } from "../../../src/domain/event-records.ts";
import { abbreviate, expand, parseStoredRecord } from "../../../src/domain/log-record.ts";
import { KINDS, OMS_SEQUENCE } from "../../../src/domain/records.ts";
import type { UpdateEvent } from "../../../src/protocol/messages/index.ts";
import { atOf, type Book } from "./book.ts";
import { expectEqual } from "./equal.ts";

export class LoggedState {
  readonly #records = new Map<string, string>();

  /** Begins with what there is. */
  begin(book: Book): void {
    for (const [name, state] of statesOf(book)) this.#records.set(name, state);
  }

  /** Writes a record, reads it back, and lays its changes over the state. */
  fold(
    { at, update, events }: { at: number; update: UpdateEvent; events: readonly UpdateEvent[] },
    sequence = OMS_SEQUENCE,
  ): void {
    const record = { At: atOf(at), Sequence: sequence, Position: 1, Update: update, Events: events };
    const line = JSON.stringify(abbreviate(JSON.parse(JSON.stringify(record))));
    const stored = parseStoredRecord(line);
    expectEqual(JSON.stringify(expand(stored)), JSON.stringify(record), "a record read back from the log");
    for (const { kind, key, state } of changesOf(stored)) {
      if (state === null) this.#records.delete(`${kind} ${key}`);
      else this.#records.set(`${kind} ${key}`, state);
    }
  }

  /** What the log says is the state, text for text. */
  expectToEqual(book: Book): void {
    expectEqual(new Map([...this.#records].sort()), new Map([...statesOf(book)].sort()), "the log gives the state");
  }
}

function statesOf(book: Book): readonly (readonly [string, string])[] {
  return KINDS.flatMap((kind) =>
    [...book.all(kind)].map(([key, value]) => [`${kind} ${key}`, JSON.stringify(value)] as const),
  );
}
