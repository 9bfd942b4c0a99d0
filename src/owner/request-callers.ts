/**
 * Callers over REST that wait for what becomes of a client request. They are in memory alone: a call that is cut off may
 * be made again. Each is told by the first answer to its request, which a timer brings at the latest.
 */

import type { RequestMove } from "../domain/changes.ts";
import type { At } from "../domain/records.ts";
import { encode } from "../protocol/codec.ts";
import type { Refusal } from "../protocol/errors.ts";
import { ClientRequestResponse } from "../protocol/messages/index.ts";
import type { RequestOutcome } from "./rpc.ts";

/** One that waits. */
export interface RequestCaller {
  /** Enums are to be written short. */
  readonly compact: boolean;
  settle(outcome: RequestOutcome): void;
}

export class RequestCallers {
  /** By what their request is known by. */
  readonly #waiting = new Map<string, RequestCaller[]>();

  wait(key: string, caller: RequestCaller): void {
    const others = this.#waiting.get(key);
    if (others === undefined) this.#waiting.set(key, [caller]);
    else others.push(caller);
  }

  /** A request is known by another key from now on. */
  move({ from, to }: RequestMove): void {
    for (const caller of this.#taken(from)) this.wait(to, caller);
  }

  /** Tells those who wait for a request what has become of it. */
  answer(key: string, at: At, response: ClientRequestResponse): void {
    for (const caller of this.#taken(key)) tellCaller(caller, at, response);
  }

  /** Nothing can be told of a request now. */
  refuse(key: string, { text }: Refusal): void {
    for (const { settle } of this.#taken(key)) settle({ errors: [text] });
  }

  /** As `refuse`, of every request. */
  refuseAll(refusal: Refusal): void {
    for (const key of [...this.#waiting.keys()]) this.refuse(key, refusal);
  }

  #taken(key: string): readonly RequestCaller[] {
    const callers = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    return callers;
  }
}

/** Tells one caller what has become of its request. */
export function tellCaller({ compact, settle }: RequestCaller, at: At, response: ClientRequestResponse): void {
  settle({ at, response: encode(ClientRequestResponse, response, compact) });
}
