/** Whether it works, and what is kept, as it is kept. */
import * as z from "zod";
import { path } from "./address.ts";
import type { Caller } from "./caller.ts";
import { asAtOf, type CallOptions, type OwnerOptions, ownerOf, type ReadOptions } from "./options.ts";

const Health = z.enum(["Healthy", "Degraded", "Unhealthy"]);
/** Degraded: it works, and somebody should look after it. */
export type Health = z.output<typeof Health>;

const Ping = z.literal("OK");

const ChannelNames = z.array(z.string());

const ChannelSnapshot = z.strictObject({
  At: z.string(),
  Position: z.record(z.string(), z.number()),
  Records: z.array(z.strictObject({ Key: z.array(z.string()), State: z.unknown() })),
});
/** The raw records of one kind as at a moment, for diagnosis: each by its key, as the Owner keeps it. */
export type ChannelSnapshot = z.output<typeof ChannelSnapshot>;

export class Diagnostics {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Answers when the server does; else throws OmsError. It needs no token. */
  async ping(options: CallOptions = {}): Promise<void> {
    await this.#caller.text(Ping, { path: path`/diagnostics/ping`, options, isOpen: true });
  }

  /** Of the installation, for anybody; of one Owner, for who may see it. What cannot be reached throws OmsError. */
  async health(options: OwnerOptions = {}): Promise<Health> {
    const { owner } = options;
    const isOpen = owner === undefined;
    const reading = { path: path`/diagnostics/health`, query: ownerOf(options), options, isOpen, isAnswer };
    return this.#caller.text(Health, reading);
  }

  /** The names of the kinds of records. */
  channels(options: CallOptions = {}): Promise<string[]> {
    return this.#caller.json(ChannelNames, { path: path`/diagnostics/channel`, options });
  }

  /** The raw records of one kind. */
  channel(name: string, options: ReadOptions & OwnerOptions = {}): Promise<ChannelSnapshot> {
    const query = [...ownerOf(options), ...asAtOf(options)];
    return this.#caller.json(ChannelSnapshot, { path: path`/diagnostics/channel/${name}`, query, options });
  }
}

/** Unhealthy is said with 503. Refusals are JSON. */
function isAnswer({ status, headers }: Response): boolean {
  return status === 503 && headers.get("Content-Type")?.startsWith("text/plain") === true;
}
