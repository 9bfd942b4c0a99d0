/** What the program ends with: a closed set, for scripts to go by. */
import { OmsError } from "../client/errors.ts";
import { Refusal } from "../protocol/errors.ts";
import { plainText } from "./output/plain-text.ts";
import { UsageError } from "./usage.ts";

export const EXIT = {
  /** Done, or shown. */
  ok: 0,
  /** The server refused it; of a file, at least one line. */
  refused: 1,
  /** The command line, or a file that it names, cannot be understood. Nothing was sent. */
  usage: 2,
  /** No OMS answers at the address, or the transfer broke off. */
  unreachable: 3,
  /** There is no token, it is not valid, or it does not allow this. */
  forbidden: 4,
  /** There is no such thing, or not for this caller. */
  notFound: 5,
  /** Not now: the same command may succeed later. */
  later: 6,
  /** A mistake in this program. */
  internal: 70,
  /** Ended by Ctrl-C. */
  interrupted: 130,
  /** Nobody reads the output any more. */
  brokenPipe: 141,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** How a command came to nothing, for whoever typed it. */
export interface Failure {
  readonly code: ExitCode;
  readonly lines: readonly string[];
}

/** It came to nothing, or not to all that was asked for, for a reason that this program found out itself. */
export class Failed extends Error {
  override readonly name = "Failed";
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What an error means. Undefined for what is no operating error but a mistake in this program. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof UsageError) return { code: EXIT.usage, lines: [error.message] };
  if (error instanceof Refusal) return { code: EXIT.usage, lines: [error.text] };
  if (error instanceof Failed) return { code: error.code, lines: [error.message] };
  if (error instanceof OmsError) return { code: exitCodeOf(error), lines: linesOf(error) };
  return undefined;
}

function exitCodeOf(error: OmsError): ExitCode {
  if (error.kind === "token") return EXIT.forbidden;
  if (error.kind !== "refused") return EXIT.unreachable;
  if (error.status === 401 || error.status === 403) return EXIT.forbidden;
  if (error.status === 404) return EXIT.notFound;
  return error.isRetryable ? EXIT.later : EXIT.refused;
}

function linesOf(error: OmsError): readonly string[] {
  if (error.kind === "unreachable") return [plainText(`No OMS answers: ${innermost(error)}`)];
  const told = error.codes.length === 0 ? [error.message] : error.codes;
  return told.map(plainText);
}

/** What the platform says is wrong is in the cause of the cause. */
function innermost(error: Error): string {
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return innermost(cause.errors[0]);
  return cause instanceof Error ? innermost(cause) : error.message;
}
