/** The adapter that sends the updates, at full speed or at a pace. */
import { setTimeout as wait } from "node:timers/promises";
import { Connection } from "./connection.ts";
import { type Frame, SEQUENCE } from "./updates.ts";

/** Where and as whom to connect. */
export interface Target {
  readonly url: URL;
  readonly owner: string;
  readonly token: string;
}

/** Who is told of each update when it is sent, and when it is acknowledged. */
export interface Heard {
  sent(position: number): void;
  acknowledged(position: number): void;
}

export class Supply {
  /** The last position that was durable when the feed was opened. */
  readonly resumedAt: number;
  readonly #connection: Connection;

  private constructor(connection: Connection, resumedAt: number) {
    this.#connection = connection;
    this.resumedAt = resumedAt;
  }

  /** Opens the feed of an Owner, in JSON or in protobuf. */
  static async open({ url, owner, token }: Target, isBinary = false): Promise<Supply> {
    const connection = await Connection.open(url, owner, token, isBinary);
    const resumed = connection.listen<number>((text, done) => {
      if (text.includes("FeedEventType_Resume")) done(Number(POSITION.exec(text)?.[1] ?? 0));
    });
    connection.send(feedRequest("Open"));
    return new Supply(connection, await resumed);
  }

  /** Connects to the bare object, which knows no feeds. */
  static async openBare({ url, owner, token }: Target): Promise<Supply> {
    return new Supply(await Connection.open(url, owner, token), 0);
  }

  /**
   * Sends frames with at most `window` updates unacknowledged, and gives the milliseconds from the first one to the
   * acknowledgement of the last.
   */
  async pipelined(
    frames: readonly Frame[],
    window: number,
    onAcknowledged?: (position: number) => void,
  ): Promise<number> {
    const first = (frames[0]?.last ?? 0) - 1;
    const last = frames.at(-1)?.last ?? 0;
    let next = 0;
    let acknowledged = first;
    const pump = () => {
      for (
        let frame = frames[next];
        frame !== undefined && frame.last - acknowledged <= window;
        frame = frames[++next]
      ) {
        this.#connection.send(frame.content);
      }
    };
    const begun = performance.now();
    const ended = this.#connection.listen<number>((text, done) => {
      acknowledged = bookmarkOf(text) ?? acknowledged;
      onAcknowledged?.(acknowledged);
      if (acknowledged >= last) done(performance.now());
      else pump();
    });
    pump();
    return (await ended) - begun;
  }

  /**
   * Sends so many frames a second, whatever comes back, and tells of each when it was sent. Resolves with the last
   * acknowledgement.
   */
  paced(frames: readonly Frame[], perSecond: number, heard: Heard): Promise<void> {
    return this.timed(frames, (index) => (index * 1000) / perSecond, heard);
  }

  /** Sends each frame so many milliseconds after the beginning, otherwise as `paced`. */
  async timed(frames: readonly Frame[], dueOf: (index: number) => number, heard: Heard): Promise<void> {
    const last = frames.at(-1)?.last ?? 0;
    const ended = this.#connection.listen<void>((text, done) => {
      const position = bookmarkOf(text);
      if (position === undefined) return;
      heard.acknowledged(position);
      if (position >= last) done();
    });
    const begun = performance.now();
    for (const [index, frame] of frames.entries()) {
      const due = begun + dueOf(index);
      while (performance.now() < due) await wait(1);
      heard.sent(frame.last);
      this.#connection.send(frame.content);
    }
    await ended;
  }

  /** Closes the feed, so that nothing is left to be recorded when the Owner wakes next. */
  async close(): Promise<void> {
    const closed = this.#connection.listen<void>((text, done) => {
      if (text.includes("FeedEventType_Close")) done();
    });
    this.#connection.send(feedRequest("Close"));
    await closed;
    this.disconnect();
  }

  disconnect(): void {
    this.#connection.close();
  }
}

function feedRequest(type: "Open" | "Close"): string {
  return JSON.stringify({ Type: "FeedRequest", Feed: { Type: type, Position: { Sequence: SEQUENCE } } });
}

const POSITION = /"Position":(\d+)/;

function bookmarkOf(text: string): number | undefined {
  return text.includes('"FeedEventType_Bookmark"') ? Number(POSITION.exec(text)?.[1] ?? 0) : undefined;
}
