/** What is common to all Owners: how it is read, and how it is changed. */
import { authorityOf } from "../domain/permissions.ts";
import { SCHEMAS } from "../owner/reading.ts";
import type { Submitted } from "../owner/rpc.ts";
import { encode } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { ClientAuthority, type Operation } from "../protocol/messages/index.ts";
import type { SystemKind, SystemListQuestion } from "../system/rpc.ts";
import { answeredMessage, answerListing, done, wantsCompact } from "./answers.ts";
import type { Call } from "./environment.ts";
import { commonAsAt } from "./moments.ts";
import type { Query } from "./parameters.ts";
import { Refusals } from "./refusals.ts";
import { systemStub } from "./system.ts";
import { inBody, updateText } from "./updates.ts";

/** Streams the System's records of one kind. */
export async function answerCommonList(
  call: Call,
  query: Query,
  question: Pick<SystemListQuestion, "kind" | "source">,
): Promise<Response> {
  const asked = { ...question, ...commonAsAt(query), compact: wantsCompact(call) };
  return answerListing(call, SCHEMAS[question.kind], await systemStub(call).list(asked));
}

/** Answers one of the System's records. Throws Refusal `Unknown`, or what is given for it, when there is none. */
export async function answerCommonRecord(
  call: Call,
  query: Query,
  kind: SystemKind,
  parts: readonly string[],
  absent: "Unknown" | "Owner.Unknown" = "Unknown",
): Promise<Response> {
  const question = { kind, parts, ...commonAsAt(query), compact: wantsCompact(call) };
  const { at, body } = await systemStub(call).record(question);
  if (body === undefined) throw new Refusal(absent);
  return answeredMessage(call, SCHEMAS[kind], body, at);
}

/** What must hold for a change, and where its parts come from in the caller's body. */
export interface ChangeTerms {
  readonly mustExist?: boolean;
  readonly force?: boolean;
  /** As in `Instructed`. */
  readonly origins?: Readonly<Record<string, string>>;
}

/** Changes what is common, and answers that it is done. Throws Refusal `Message.TooLarge`, or Refusals. */
export async function answerChange(call: Call, operation: Operation, terms: ChangeTerms = {}): Promise<Response> {
  const { origins, ...conditions } = terms;
  const submitted: Submitted = await systemStub(call).change({
    update: updateText({ Type: "UpdateEventType_Operation", Operation: operation }),
    authority: encode(ClientAuthority, authorityOf(call.var.caller.permissions)),
    ...conditions,
  });
  if ("errors" in submitted) throw new Refusals(submitted.errors.map((text) => inBody(text, origins)));
  return done(submitted.at);
}
