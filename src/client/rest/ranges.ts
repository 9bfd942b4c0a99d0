/** The four forms in which parts of the log are asked for. `from` is exclusive, `to` inclusive. */
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import { type Moment, moment, type Parameters, type Positions, type Time } from "./address.ts";
import type { Rows } from "./answers.ts";
import type { Caller } from "./caller.ts";
import { type EventOptions, narrowing } from "./options.ts";

/** With an end, which may be left out: up to now. */
export interface WithEnd {
  readonly to?: Moment | undefined;
}

/** With a beginning, which may be left out: from the first. */
export interface WithBeginning {
  readonly from?: Moment | undefined;
}

/** A part of the log, in the order in which it was recorded; several Owners' records are merged by time. */
export interface LogRanges<Item, Options> {
  between(from: Positions, to: Positions, options?: Options): Rows<Item>;
  fromDate(from: Time, options?: Options & WithEnd): Rows<Item>;
  fromPosition(from: Positions, options?: Options & WithEnd): Rows<Item>;
  toPosition(to: Positions, options?: Options & WithBeginning): Rows<Item>;
}

/** Reads parts of the log below a path. */
export class Ranges<Schema extends MessageSchema, Options extends EventOptions>
  implements LogRanges<Of<Schema>, Options>
{
  readonly #caller: Caller;
  readonly #schema: Schema;
  readonly #path: string;

  constructor(caller: Caller, schema: Schema, path: string) {
    this.#caller = caller;
    this.#schema = schema;
    this.#path = path;
  }

  /** Between positions. */
  between(from: Positions, to: Positions, options?: Options): Rows<Of<Schema>> {
    return this.#rows("between", [...moment("from", from), ...moment("to", to)], options);
  }

  /** After a time. */
  fromDate(from: Time, options?: Options & WithEnd): Rows<Of<Schema>> {
    return this.#rows("fromdate", [...moment("from", from), ...moment("to", options?.to)], options);
  }

  /** After positions; a sequence that is left out counts as 0. */
  fromPosition(from: Positions, options?: Options & WithEnd): Rows<Of<Schema>> {
    return this.#rows("fromposition", [...moment("from", from), ...moment("to", options?.to)], options);
  }

  /** Up to positions; a sequence that is left out counts as 0. */
  toPosition(to: Positions, options?: Options & WithBeginning): Rows<Of<Schema>> {
    return this.#rows("toposition", [...moment("from", options?.from), ...moment("to", to)], options);
  }

  #rows(form: string, range: Parameters, options: Options | undefined): Rows<Of<Schema>> {
    const query = [...range, ...(options === undefined ? [] : narrowing(options))];
    return this.#caller.rows(this.#schema, { path: `${this.#path}/${form}`, query, options });
  }
}

/** Which part of the history of one record. */
export interface HistoryRange extends WithBeginning, WithEnd {
  readonly count?: number | undefined;
}

/** The query of a history. */
export function historyQuery({ from, to, count }: HistoryRange & EventOptions): Parameters {
  return [...moment("from", from), ...moment("to", to), ...narrowing({ count })];
}
