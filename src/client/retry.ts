/** When an attempt is made again: later and later, with a little chance, so that many clients do not come at once. */

/** How often and how long is tried. */
export interface RetryOptions {
  /** Attempts in all; 1 means that nothing is tried again. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; twice as many before each one after it. */
  readonly firstDelay?: number;
  /** The most milliseconds between two attempts. */
  readonly longestDelay?: number;
}

export const DEFAULT_RETRY: Required<RetryOptions> = { attempts: 5, firstDelay: 200, longestDelay: 10_000 };

/** Milliseconds that a server may ask to be left alone for; when it asks for more, the call is given up. */
const LONGEST_PATIENCE_MS = 60_000;

/**
 * Milliseconds to wait after so many failed attempts; undefined to give up. The server may ask (`Retry-After`) for more
 * than would be waited.
 */
export function delayAfter(failed: number, retry: Required<RetryOptions>, asked = 0): number | undefined {
  if (failed >= retry.attempts || asked > LONGEST_PATIENCE_MS) return undefined;
  const span = Math.min(retry.longestDelay, retry.firstDelay * 2 ** (failed - 1));
  return Math.max(asked, span * (0.5 + Math.random() / 2));
}

/** Milliseconds that `Retry-After` asks for, in seconds or as a date; undefined when it asks for nothing. */
export function retryAfterIn(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const moment = Date.parse(header);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - now);
}

/** Waits. Throws the signal's reason as soon as it is aborted. */
export function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** What is promised, unless the signal is aborted before: then throws its reason. */
export async function unlessAborted<Content>(
  signal: AbortSignal | undefined,
  promised: Promise<Content> | undefined,
): Promise<Content | undefined> {
  signal?.throwIfAborted();
  if (signal === undefined || promised === undefined) return promised;
  const done = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([promised, aborted]);
  } finally {
    done.abort();
  }
}
