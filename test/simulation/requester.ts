/** A client that asks for orders over a socket, and is told what becomes of them. */
import type { Connection, Message, Peer, Platform } from "./platform.ts";
import type { Random } from "./random.ts";

export class Requester implements Peer {
  /** What it was told last of each request that it made on its present connection. */
  readonly told = new Map<string, string>();
  /** The requests that it made on its present connection. */
  readonly asked: string[] = [];
  connection: Connection | undefined;
  readonly #platform: Platform;
  readonly #random: Random;
  readonly #name: string;
  #ids = 0;

  constructor(platform: Platform, random: Random, name: string) {
    this.#platform = platform;
    this.#random = random;
    this.#name = name;
  }

  ask(): void {
    const { ownerId } = this.#platform;
    this.connection ??= this.#platform.connect(this, {
      Source: "simulation",
      Identity: `User:${this.#name}`,
      Owners: [ownerId],
    });
    const isAgain = this.asked.length > 0 && this.#random.percent(10);
    const id = isAgain ? this.#random.pick(this.asked) : `${ownerId}-R${this.#name}${++this.#ids}`;
    if (!isAgain) this.asked.push(id);
    const Request = {
      Type: "New",
      RequestID: id,
      Account: { OwnerID: ownerId, AccountID: `${ownerId}-A1` },
      // The exchange is supplied by the feed of its own name. An id always asks for the same.
      New: {
        Exchange: "asx",
        Code: "BHP",
        Side: "BUY",
        OrderType: "LIMIT",
        Price: 10,
        Quantity: 5,
        Lifetime: "GOOD_TILL_CANCEL",
      },
    };
    this.connection?.say({ Type: "ClientRequest", RequestID: id, Request });
  }

  lost(): void {
    this.connection = undefined;
    this.told.clear();
    this.asked.length = 0;
  }

  heard({ RequestResponse, Request }: Message): void {
    const id = RequestResponse?.RequestID ?? Request?.RequestID ?? "";
    const outcome = RequestResponse?.Status ?? (Request?.Errors ?? []).join(" ");
    if (id !== "") this.told.set(id, outcome);
  }
}
