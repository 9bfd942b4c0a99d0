/** Whether it works, and what is kept, as it is kept. */
import { each, type Positions, path } from "./address.ts";
import type { Caller } from "./caller.ts";
import { asAtOf, type CallOptions, type Names, type OwnerOptions, ownerOf, type ReadOptions } from "./options.ts";
import { arrayIn, mapIn, numberIn, objectIn, oneOf, textIn } from "./shapes.ts";

const HEALTH = ["Healthy", "Degraded", "Unhealthy"] as const;
/** Degraded: it works, and somebody should look after it. */
export type Health = (typeof HEALTH)[number];

/** A record as an Owner keeps it. */
export interface RawRecord {
  readonly Key: readonly string[];
  /** JSON; a number of more digits than every double carries is a NumberLiteral. */
  readonly State: unknown;
}

/** The raw records of one kind as at a moment, for diagnosis. */
export interface ChannelSnapshot {
  readonly At: string;
  /** The last position of each sequence. */
  readonly Position: Positions;
  readonly Records: readonly RawRecord[];
}

export interface MetricsOptions extends CallOptions {
  readonly owner?: Names | undefined;
}

export class Diagnostics {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Answers when the server does; else throws OmsError. It needs no token. */
  async ping(options: CallOptions = {}): Promise<void> {
    await this.#caller.text(pingIn, { path: path`/diagnostics/ping`, options, isOpen: true });
  }

  /** Of the installation, for anybody; of one Owner, for who may see it. What cannot be reached throws OmsError. */
  async health(options: OwnerOptions = {}): Promise<Health> {
    const { owner } = options;
    const isOpen = owner === undefined;
    const reading = { path: path`/diagnostics/health`, query: ownerOf(options), options, isOpen, isAnswer };
    return this.#caller.text(healthIn, reading);
  }

  /**
   * Figures as OpenMetrics 1.0 text: of these Owners or, without any, of all that the caller may see unless they are too
   * many. It needs the feature Audit or Admin, and wakes the objects that it asks.
   */
  metrics(options: MetricsOptions = {}): Promise<string> {
    const query = each("owner", options.owner);
    return this.#caller.text((text) => textIn(text), { path: path`/metrics`, query, options });
  }

  /** The names of the kinds of records. */
  channels(options: CallOptions = {}): Promise<readonly string[]> {
    return this.#caller.json(namesIn, { path: path`/diagnostics/channel`, options });
  }

  /** The raw records of one kind. */
  channel(name: string, options: ReadOptions & OwnerOptions = {}): Promise<ChannelSnapshot> {
    const query = [...ownerOf(options), ...asAtOf(options)];
    return this.#caller.json(snapshotIn, { path: path`/diagnostics/channel/${name}`, query, options });
  }
}

/** Unhealthy is said with 503. Refusals are JSON. */
function isAnswer({ status, headers }: Response): boolean {
  return status === 503 && headers.get("Content-Type")?.startsWith("text/plain") === true;
}

const pingIn = oneOf(["OK"]);
const healthIn = oneOf(HEALTH);
const namesIn = arrayIn(textIn);

function snapshotIn(answer: unknown): ChannelSnapshot {
  const { At, Position, Records } = objectIn(answer);
  return { At: textIn(At), Position: mapIn(numberIn)(Position), Records: arrayIn(recordIn)(Records) };
}

function recordIn(value: unknown): RawRecord {
  const { Key, State } = objectIn(value);
  return { Key: namesIn(Key), State };
}
