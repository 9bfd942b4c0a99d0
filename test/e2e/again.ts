/** Calls to a server that is killed on the way: made again until they are answered. */
import { Backoff } from "../../scripts/support/backoff.ts";
import { SessionClosed } from "../../scripts/support/session.ts";
import { OmsError } from "../../src/client/index.ts";

const PATIENCE_MS = 60_000;

/**
 * Makes a call until its answer is final, and again when it was cut off or the server is not up again yet. Throws what
 * was refused for good, and what went on for too long.
 */
export async function again<Answer>(
  call: () => Promise<Answer>,
  isFinal: (answer: Answer) => boolean = () => true,
): Promise<Answer> {
  const backoff = new Backoff();
  for (;;) {
    try {
      const answer = await call();
      if (isFinal(answer)) return answer;
      await backoff.wait(PATIENCE_MS, new Error("it never came to an end"));
    } catch (error) {
      const isPassing = error instanceof TypeError || error instanceof SessionClosed;
      if (!isPassing && !(error instanceof OmsError && error.isRetryable)) throw error;
      await backoff.wait(PATIENCE_MS, error);
    }
  }
}
