/** Owners whose logs are what the test says, line by line, and which know how much of them was drawn. */
import { app } from "../../src/api/app.ts";
import type { At } from "../../src/domain/records.ts";
import type { LogAnswer, LogQuestion, Moment, OwnerAddress } from "../../src/owner/rpc.ts";
import type { Refusal } from "../../src/protocol/errors.ts";
import { bearing, type Claims, TEST_SECRET } from "../support/token.ts";

/** One Owner. */
export interface Told {
  /** Each line's At, or its At and whether it tells of a record. */
  readonly lines: Iterable<number | readonly [at: number, records: 0 | 1]>;
  /** What is recorded from now on is after this. */
  readonly settled?: number;
  /** After each line it says that it has found nothing more so far. */
  readonly hesitates?: boolean;
  /** Characters by which each line is longer. */
  readonly padding?: number;
  /** The bytes of its stream are cut into pieces of so many; a line each when it is not said. */
  readonly cut?: number;
  /** Breaks off after so many lines. */
  readonly breaksAfter?: number;
  /** Ends in the middle of its last line. */
  readonly isCutShort?: boolean;
  /** Throws this when it is asked. */
  readonly refusal?: Refusal;
  /** Is silent after so many lines, until it is cancelled. */
  readonly silentAfter?: number;
}

const encoder = new TextEncoder();
const NOTHING_SO_FAR = "\n";

export class ToldOwners {
  readonly #owners: ReadonlyMap<string, Told>;
  /** What was asked of whom. */
  readonly asked = new Map<string, LogQuestion>();
  /** What the clock showed then. */
  readonly askedAt = new Map<string, number>();
  readonly located: (readonly [ownerId: string, moment: Moment])[] = [];
  /** How many lines of each were drawn. */
  readonly drawn = new Map<string, number>();
  /** How many pieces of each were drawn. */
  readonly pieces = new Map<string, number>();
  /** Whose streams were let go before their end. */
  readonly cancelled: string[] = [];

  constructor(owners: Readonly<Record<string, Told>>) {
    this.#owners = new Map(Object.entries(owners));
  }

  /** How one line is told. */
  static json(ownerId: string, at: number, padding = 0): string {
    return `{"of":"${ownerId}","at":${at}${padding > 0 ? `,"pad":"${"é".repeat(padding)}"` : ""}}`;
  }

  /** Asks the app, on whose Owners' behalf this answers. */
  async ask(path: string, claims: Claims): Promise<Response> {
    const environment = {
      OWNERS: { idFromName: (name: string) => name, get: (name: string) => this.#stub(name) },
      SYSTEM: {
        idFromName: (name: string) => name,
        get: () => ({
          find: async (ownerId: string) => (this.#owners.has(ownerId) ? this.#entry(ownerId) : undefined),
          directory: async () => [...this.#owners.keys()].sort().map((ownerId) => this.#entry(ownerId)),
        }),
      },
      OMS_BOOTSTRAP_SECRET: TEST_SECRET,
    };
    return app.request(path, { headers: await bearing(claims) }, environment);
  }

  /** As `ask`, with what is answered to the end: `A5` for what the Owner A has at 5. */
  async told(path: string, claims: Claims): Promise<readonly string[]> {
    const response = await this.ask(path, claims);
    const body: unknown = await response.json();
    if (response.status !== 200 || !Array.isArray(body)) throw new Error(`${response.status} ${JSON.stringify(body)}`);
    return body.map(({ of, at }) => `${of}${at}`);
  }

  #entry(ownerId: string) {
    return { ownerId, object: ownerId, generation: 1 };
  }

  #stub(ownerId: string) {
    const told = this.#owners.get(ownerId);
    if (told === undefined) throw new Error(`no Owner ${ownerId}`);
    return {
      log: async (_address: OwnerAddress, question: LogQuestion): Promise<LogAnswer> => {
        this.asked.set(ownerId, question);
        this.askedAt.set(ownerId, Date.now());
        if (told.refusal !== undefined) throw told.refusal;
        const at = 1000 as At;
        return { at, settled: (told.settled ?? 1000) as At, body: this.#body(ownerId, told, question.count) };
      },
      locate: async (_address: OwnerAddress, moment: Moment): Promise<At> => {
        this.located.push([ownerId, moment]);
        if (told.refusal !== undefined) throw told.refusal;
        return 77 as At;
      },
    };
  }

  #body(ownerId: string, told: Told, count = Number.POSITIVE_INFINITY): ReadableStream<Uint8Array> {
    const pieces = this.#pieces(ownerId, told, count);
    let drawn = 0;
    return new ReadableStream(
      {
        type: "bytes",
        pull: async (controller) => {
          if (drawn >= (told.breaksAfter ?? Number.POSITIVE_INFINITY)) throw new Error("Network connection lost.");
          if (drawn >= (told.silentAfter ?? Number.POSITIVE_INFINITY)) return new Promise<void>(() => undefined);
          const { value, done } = pieces.next();
          drawn++;
          this.pieces.set(ownerId, drawn);
          if (done !== true) return controller.enqueue(value);
          controller.close();
          // Whoever brought a buffer waits for it to be given back.
          controller.byobRequest?.respond(0);
        },
        cancel: () => void this.cancelled.push(ownerId),
      },
      { highWaterMark: 0 },
    );
  }

  *#pieces(ownerId: string, told: Told, count: number): Generator<Uint8Array, void> {
    const { cut, isCutShort = false } = told;
    const texts = this.#texts(ownerId, told, count);
    if (cut === undefined && !isCutShort) {
      for (const text of texts) yield encoder.encode(text);
      return;
    }
    const bytes = encoder.encode([...texts].join(""));
    const whole = isCutShort ? bytes.subarray(0, -3) : bytes;
    const length = cut ?? whole.length;
    for (let from = 0; from < whole.length; from += length) yield whole.slice(from, from + length);
  }

  *#texts(ownerId: string, { lines, hesitates = false, padding = 0 }: Told, count: number): Generator<string, void> {
    let told = 0;
    let last: number | undefined;
    if (hesitates) yield NOTHING_SO_FAR;
    for (const line of lines) {
      const [at, records] = typeof line === "number" ? ([line, 1] as const) : line;
      // Several lines may tell of one record.
      if (records === 1 && at !== last) {
        told++;
        last = at;
      }
      if (told > count) return;
      this.drawn.set(ownerId, (this.drawn.get(ownerId) ?? 0) + 1);
      yield `${at} ${records} ${ToldOwners.json(ownerId, at, padding)}\n`;
      if (hesitates) yield NOTHING_SO_FAR;
    }
  }
}
