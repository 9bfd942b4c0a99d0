/** Every refusal is a JSON array of codes, with the status that ERRORS gives them. */
import { errorFields, tell } from "../operations/log.ts";
import { Tally } from "../operations/tally.ts";
import { codeOf, ERRORS, type ErrorCode, type ErrorText, Refusal } from "../protocol/errors.ts";

/** Several refusals of one call. Thrown by a handler; nothing of the call, or nothing of the Owners named, was done. */
export class Refusals extends Error {
  override readonly name = "Refusals";
  readonly errors: readonly ErrorText[];

  constructor(errors: readonly ErrorText[]) {
    super(errors.join(", "));
    this.errors = errors;
  }
}

/** The errors' common status; 422 when they have several. */
export function statusOf(errors: readonly ErrorText[]): number {
  const statuses = new Set<number>(errors.map((text) => ERRORS[codeOf(text)].status));
  const [status = 422] = statuses;
  return statuses.size > 1 ? 422 : status;
}

/** Answers a refused call. */
export function refused(errors: readonly ErrorText[], headers: Readonly<Record<string, string>> = {}): Response {
  const status = statusOf(errors);
  return new Response(JSON.stringify(errors), {
    status,
    headers: {
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      ...(status === 401 && { "WWW-Authenticate": "Bearer" }),
      ...(status === 503 && { "Retry-After": "1" }),
      ...headers,
    },
  });
}

/** Answers a call whose handler threw. */
export function answerError(error: unknown): Response {
  const errors = errorsOf(error);
  for (const code of new Set(errors.map(codeOf))) tally.add(code, Date.now());
  return refused(errors);
}

/** What this isolate has refused. */
const tally = new Tally<ErrorCode>((code, count) => tell("info", "calls.refused", { code, count }));

/**
 * What a caller is told of an error: its own codes if it is a refusal, `Retry` if an Owner's object could not be
 * reached or was reset (whether it had done what was asked is then unknown: an id makes the retry harmless), else
 * `Internal`, and the log tells more.
 */
export function errorsOf(error: unknown): readonly ErrorText[] {
  if (error instanceof Refusals) return error.errors;
  if (error instanceof Refusal) return [error.text];
  const distant = distantRefusal(error);
  if (distant !== undefined) return [distant];
  if (isTransient(error)) {
    tell("warn", "object.unreachable", errorFields(error));
    return ["Retry"];
  }
  tell("error", "failure", errorFields(error));
  return ["Internal"];
}

/** The Refusal that an object answered as a JSON array of one text. Throws on anything else. */
export function refusalIn(json: string): Refusal {
  const errors: unknown = JSON.parse(json);
  const text: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (typeof text !== "string" || !isErrorText(text)) throw new Error(`an object refused a socket with ${json}`);
  const code = codeOf(text);
  return new Refusal(code, text.slice(code.length + 1));
}

/** A Refusal that an object threw: what passes between isolates is an Error with its name and message. */
export function distantRefusal(error: unknown): ErrorText | undefined {
  if (!(error instanceof Error)) return undefined;
  const text = error.name === "Refusal" ? error.message : /^Refusal: (.*)$/s.exec(error.message)?.[1];
  return text !== undefined && isErrorText(text) ? text : undefined;
}

function isErrorText(text: string): text is ErrorText {
  return Object.hasOwn(ERRORS, text.split(" ", 1)[0] ?? "");
}

const TRANSIENT_FLAGS = ["retryable", "overloaded", "durableObjectReset"] as const;
const TRANSIENT_MESSAGE =
  /network connection lost|durable object|internal error|overloaded|exceeded its (?:memory|cpu)|connection (?:closed|reset)|disconnected/i;

/** Whether the platform says that an object was reset, is overloaded or cannot be reached. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return TRANSIENT_FLAGS.some((flag) => Reflect.get(error, flag) === true) || TRANSIENT_MESSAGE.test(error.message);
}
