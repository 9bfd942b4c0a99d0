/** The history of one record: every state that it had, and the update that caused each. */
import type { Handler } from "hono";
import type { LogContent } from "../owner/rpc.ts";
import { ownerInPath } from "./asking.ts";
import type { Api } from "./environment.ts";
import { answerLog } from "./log-answers.ts";
import { pathParameter, Query } from "./parameters.ts";
import { ANY_RANGE, rangeParameters, readRange, spansOf } from "./ranges.ts";

/** Which records have a history, and how the path names one. */
export interface Historic {
  readonly kind: Extract<LogContent, { type: "history" }>["kind"];
  /** The parameters of the path that make the record's key, after the Owner. */
  readonly parameters: readonly string[];
  /** What is answered for an Owner that the caller may not see. */
  readonly unseen: "Authority" | "Owner.Unknown";
}

/** Answers the history of the record that the path names. */
export function historyOf({ kind, parameters, unseen }: Historic): Handler<Api> {
  return (call) => {
    const query = new Query(call, ...rangeParameters(ANY_RANGE));
    const ownerId = ownerInPath(call, unseen);
    const parts = parameters.map((name) => pathParameter(call, name));
    const range = readRange(query, ANY_RANGE);
    const span = spansOf(range, { ownerIds: [ownerId], only: ownerId })(ownerId);
    const { count } = range;
    return answerLog(call, ownerId, {
      content: { type: "history", kind, parts },
      span,
      ...(count !== undefined && { count }),
    });
  };
}
