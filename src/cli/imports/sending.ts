/** Sends batches, and finds out which of their lines are refused. */
import { OmsError } from "../../client/errors.ts";
import type { Item } from "./batches.ts";
import type { RefusedLine } from "./records.ts";

/** Sends records together: all or none of them are taken. Throws OmsError. */
export type Send<Message> = (records: readonly Message[]) => Promise<unknown>;

/**
 * Sends a batch. When it is refused, its halves are sent by themselves, down to the lines that are to blame; the others
 * are taken. So what is sent must be harmless to send again. Gives how many were taken. Throws what is no refusal of
 * the records: that nobody answers, or that the caller is not let in.
 */
export async function sendBatch<Message>(
  batch: readonly Item<Message>[],
  send: Send<Message>,
  refuse: (refused: RefusedLine) => void,
): Promise<number> {
  try {
    await send(batch.map(({ record }) => record));
    return batch.length;
  } catch (error) {
    if (!isRefusalOfRecords(error)) throw error;
    const [only, ...others] = batch;
    if (only !== undefined && others.length === 0) {
      refuse({ line: only.line, codes: error.codes.map(withoutIndex) });
      return 0;
    }
    const middle = Math.ceil(batch.length / 2);
    const first = await sendBatch(batch.slice(0, middle), send, refuse);
    return first + (await sendBatch(batch.slice(middle), send, refuse));
  }
}

/** A code without the place in the batch, where there is only one: the line says more. */
function withoutIndex(code: string): string {
  return code.replace(/ ?\[0\](?:\.| |$)/, " ").trimEnd();
}

function isRefusalOfRecords(error: unknown): error is OmsError {
  return error instanceof OmsError && error.kind === "refused" && error.status !== 401 && !error.isRetryable;
}
