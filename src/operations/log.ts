/**
 * What operators read: one line of JSON for each event, at a level. What an event may tell is a closed set of fields:
 * names of tenants and feeds, codes, counts and times. No identities, no tokens, no amounts, and nothing that a caller
 * sent; of an error only what the program itself wrote.
 */

/** From the least to the most urgent. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** How a level that nobody set is read. */
export const DEFAULT_LEVEL: Level = "info";

/** What may be told of each event, beside when it was. Times are in milliseconds since 1970, sizes in bytes. */
export interface LogEvents {
  /** Calls were refused with a code; `count` of them since it was told last. */
  readonly "calls.refused": { readonly code: string; readonly count: number };
  /** Frames, updates, requests or questions were refused by an Owner's object; `count` since it was told last. */
  readonly "messages.refused": { readonly owner: string; readonly code: string; readonly count: number };
  readonly "socket.opened": { readonly owner: string; readonly session: string; readonly sockets: number };
  readonly "socket.closed": {
    readonly owner: string;
    readonly session: string;
    readonly code: number;
    readonly sockets: number;
  };
  /** A feed has a supplier, and had none. */
  readonly "feed.supplied": FeedEvent;
  /** Another takes the place of the one that supplied it, who is gone. */
  readonly "feed.passed": FeedEvent;
  /** The same adapter takes its own place on a newer socket. */
  readonly "feed.superseded": FeedEvent;
  /** A frame was not taken: its supplier must resume. */
  readonly "feed.suspended": FeedEvent;
  /** Nobody supplies it any more. */
  readonly "feed.vacant": FeedEvent;
  readonly "job.begun": { readonly owner: string; readonly job: string };
  /** A job that was cut short goes on. */
  readonly "job.resumed": { readonly owner: string; readonly since: number };
  readonly "job.finished": { readonly owner: string; readonly milliseconds: number };
  /** An object's storage has come to a threshold, or gone below it. */
  readonly "storage.threshold": { readonly owner: string; readonly state: string; readonly bytes: number };
  /** Timers that were due could not be dealt with: the alarm comes back to them. */
  readonly "alarm.retried": { readonly owner: string; readonly kind: string };
  /** An Owner could not be handed metadata down, and is tried again after so many milliseconds. */
  readonly "delivery.failed": { readonly owner: string; readonly retryMilliseconds: number };
  /** The installation is not configured as it should be. */
  readonly misconfigured: { readonly problem: string };
  /** An issuer's keys could not be read. */
  readonly "issuer.unreachable": { readonly address: string } & ErrorFields;
  /** An object could not be reached, or was reset. */
  readonly "object.unreachable": ErrorFields;
  /** A long answer was broken off. */
  readonly "answer.broken": ErrorFields;
  /** A programmer's error. `object` is the one in which it happened. */
  readonly failure: { readonly object?: string } & ErrorFields;
}

interface FeedEvent {
  readonly owner: string;
  readonly feed: string;
  readonly standby: number;
}

export interface ErrorFields {
  readonly error: string;
  readonly message: string;
  readonly stack: readonly string[];
}

const URGENCY = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<Level, number>;

/** What this isolate tells. It is the same for all that runs in it; until a Worker has said so, what is urgent alone. */
let least: Level = "warn";

/** Sets the least urgent level that is told. What is no level counts as the default. */
export function setLevel(level: string | undefined): void {
  least = LEVELS.find((known) => known === level) ?? DEFAULT_LEVEL;
}

/** Sets the level that a Worker's environment names as OMS_LOG_LEVEL. */
export function setLevelBy(environment: object): void {
  const level = "OMS_LOG_LEVEL" in environment ? environment.OMS_LOG_LEVEL : undefined;
  setLevel(typeof level === "string" ? level : undefined);
}

/** Tells of an event. */
export type Tell = <Name extends keyof LogEvents>(level: Level, event: Name, fields: LogEvents[Name]) => void;

/** Tells of an event in the isolate's own log. */
export const tell: Tell = (level, event, fields) => {
  if (URGENCY[level] < URGENCY[least]) return;
  // biome-ignore lint/suspicious/noConsole: this is where the log is written.
  console[level](JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }));
};

/** What may be told of an error: its kind, what it says without what it quotes, and where it happened. */
export function errorFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { error: typeof error, message: "", stack: [] };
  const { name, message, stack = "" } = error;
  return { error: name, message: withoutContent(message), stack: framesOf(stack, name, message) };
}

/** The lines of a stack that name places in the program. A message may have several lines, and any of them may look so. */
function framesOf(stack: string, name: string, message: string): readonly string[] {
  const heading = `${name}: ${message}`;
  const rest = stack.startsWith(heading) ? stack.slice(heading.length) : stack.replace(message, "");
  return rest
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => FRAME.test(line));
}

/** `at name (file:1:2)` or `at file:1:2`, the platform's own among them. */
const FRAME = /^at [^\s"'`]+(?: [^"'`]*)?$/;

/**
 * Engines quote what they could not read, and ids are part of some messages, and both are somebody's: so from the first
 * quotation mark on nothing is told, and before it plain words alone.
 */
function withoutContent(message: string): string {
  return message
    .slice(0, MESSAGE_CHARACTERS)
    .replace(/["'`].*$/s, "…")
    .replace(/\S+/g, (word) => (PLAIN_WORD.test(word) ? word : "#"));
}

/** What sentences are made of, and the names of SQLite's errors. */
const PLAIN_WORD = /^(?:\(?[A-Z]?[a-z-]{1,31}[.,:;)…]*|A|I|SQLITE_[A-Z_]{1,31}[.,:;)]*|…)$/;

const MESSAGE_CHARACTERS = 256;
