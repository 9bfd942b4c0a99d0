/** The subscriber to every view, which must see every update while the speed is measured. */
import { Connection } from "./connection.ts";
import type { Target } from "./supply.ts";
import { SEQUENCE } from "./updates.ts";

const VIEWS = ["Balances", "Holdings", "Orders", "Transactions", "Updates", "Status"];
const POSITION = new RegExp(`"Position":\\{"Sequence":"${SEQUENCE}","Position":(\\d+)`);

export class Audience {
  readonly #connection: Connection;
  readonly #onPosition: (position: number) => void;

  private constructor(connection: Connection, onPosition: (position: number) => void) {
    this.#connection = connection;
    this.#onPosition = onPosition;
  }

  /** Subscribes to all views and waits until every snapshot is complete. */
  static async open(
    { url, owner, token }: Target,
    isBinary: boolean,
    onPosition: (position: number) => void = () => undefined,
  ): Promise<Audience> {
    const connection = await Connection.open(url, owner, token, isBinary);
    let left = VIEWS.length;
    const complete = connection.listen<void>((text, done) => {
      if (text.includes("EventMessageType_SnapshotFinish") && --left === 0) done();
    });
    for (const view of VIEWS) connection.send(JSON.stringify({ Type: "Subscribe", Subscription: { Type: view } }));
    await complete;
    return new Audience(connection, onPosition);
  }

  /** Bytes received. */
  get bytes(): number {
    return this.#connection.bytes;
  }

  /** Frames received. */
  get frames(): number {
    return this.#connection.frames;
  }

  /** Resolves when all events up to a position have come. Call it before they are caused. */
  reached(last: number): Promise<void> {
    return this.#connection.listen<void>((text, done) => {
      const position = Number(POSITION.exec(text)?.[1] ?? 0);
      if (position === 0) return;
      this.#onPosition(position);
      if (position >= last) done();
    });
  }

  close(): void {
    this.#connection.close();
  }
}
