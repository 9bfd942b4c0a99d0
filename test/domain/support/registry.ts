/**
 * Where metadata is kept: the System, or an Owner's object that is handed some down. It takes operations as JSON on the
 * wire, and after each one checks what must always hold: that `repeated` says whether anything changed, that the
 * events add up to what is in effect, and that the log alone gives the state.
 */
import { describe, expect, test } from "vitest";
import type { Conditions } from "../../../src/domain/apply.ts";
import { KINDS, type Kind, OMS_SEQUENCE, type Records, SYSTEM_SEQUENCE } from "../../../src/domain/records.ts";
import { decodeText } from "../../../src/protocol/codec.ts";
import type { ErrorText } from "../../../src/protocol/errors.ts";
import { UpdateEvent } from "../../../src/protocol/messages/index.ts";
import { type Book, WarmBook, WrittenBook } from "./book.ts";
import { expectEqual } from "./equal.ts";
import { LoggedState } from "./logged-state.ts";
import { type Answer, Owner } from "./owner.ts";
import { expectOrderOfEvents, Replica } from "./replica.ts";

/** Runs a scenario warm, and with all state written out as text and read back between any two steps. */
export function scenario(title: string, body: (registry: Registry) => void): void {
  describe(title, () => {
    test("warm", () => {
      body(new Registry(new WarmBook()));
    });
    test("woken after every step", () => {
      const [warm, woken] = [new Registry(new WarmBook()), new Registry(new WrittenBook())];
      body(warm);
      body(woken);
      expect(woken.history).toEqual(warm.history);
    });
  });
}

export class Registry {
  readonly history: string[] = [];
  readonly #book: Book;
  readonly #owner: Owner;
  readonly #replica = new Replica();
  readonly #log = new LoggedState();
  #events: readonly UpdateEvent[] = [];
  #repeated = false;

  constructor(book: Book) {
    this.#book = book;
    this.#owner = new Owner(book);
  }

  /** An operation on what is common to tenants. */
  common = (Type: string, content: object = {}, conditions: Conditions = {}): void =>
    this.#succeed(this.#apply(Type, content, { ...conditions, common: true }));

  /** An operation of one of the Owner's feeds. */
  own = (Type: string, content: object = {}, conditions: Conditions = {}): void =>
    this.#succeed(this.#apply(Type, content, conditions));

  /** As `common`, but it is refused with this text and changes nothing. */
  refusesCommon = (text: ErrorText, Type: string, content: object = {}, conditions: Conditions = {}): void =>
    this.#refuse(text, () => this.#apply(Type, content, { ...conditions, common: true }));

  /** As `own`, but it is refused with this text and changes nothing. */
  refusesOwn = (text: ErrorText, Type: string, content: object = {}, conditions: Conditions = {}): void =>
    this.#refuse(text, () => this.#apply(Type, content, conditions));

  /** The operations that the last step's events tell of, as on the wire. */
  events = (): readonly unknown[] =>
    this.#events.map(({ Operation }) => {
      const { Type = "", ...content } = Operation ?? {};
      return [Type.slice("OperationType_".length), JSON.parse(JSON.stringify(content))];
    });

  /** Whether the last step is said to have changed nothing. */
  isRepeated = (): boolean => this.#repeated;

  /** All records of a kind, as on the wire. */
  all = (kind: Kind): readonly unknown[] => [...this.#book.all(kind).values()].map((record) => plain(record));

  /** Everything that is kept. */
  state = (): string => JSON.stringify(KINDS.map((kind) => [kind, [...this.#book.all(kind)].sort()]));

  #apply(Type: string, content: object, conditions: Conditions): Answer {
    const update = decodeText(UpdateEvent, JSON.stringify({ Type: "Operation", Operation: { Type, ...content } }));
    const before = this.state();
    const [answer] = this.#owner.apply([{ update, conditions }]);
    if (answer === undefined) throw new Error("an update is answered");
    this.history.push(JSON.stringify(answer));
    if (answer.refused !== undefined) {
      expectEqual(this.state(), before, "what is refused changes nothing");
      return answer;
    }
    expectEqual(answer.repeated, this.state() === before, "repeated: nothing has changed");
    expectOrderOfEvents(answer.events);
    this.#replica.fold(answer.events);
    this.#replica.expectToEqual(this.#book);
    this.#log.fold(answer, conditions.common === true ? SYSTEM_SEQUENCE : OMS_SEQUENCE);
    this.#log.expectToEqual(this.#book);
    this.#expectKeys();
    return answer;
  }

  #succeed(answer: Answer): void {
    if (answer.refused !== undefined) throw new Error(`refused: ${answer.refused}`);
    this.#events = answer.events;
    this.#repeated = answer.repeated;
  }

  #refuse(text: ErrorText, step: () => Answer): void {
    expect(step().refused).toBe(text);
  }

  #expectKeys(): void {
    for (const kind of KINDS) {
      expectEqual([...this.#book.keys(kind)].sort(), [...this.#book.all(kind).keys()].sort(), `the keys of ${kind}`);
    }
  }
}

/** A record as its JSON says it. */
function plain(record: Records[Kind]): unknown {
  return JSON.parse(JSON.stringify(record));
}
