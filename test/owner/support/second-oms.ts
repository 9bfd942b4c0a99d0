/**
 * An OMS that is given what the audit of another says, line by line, and nothing else. What came by a feed comes by the
 * feed, at its position; what was handed down is handed down; what is in `oms` is submitted, also what the OMS itself
 * did there when a timer rang or a socket was lost: none of that happens here. Only that a feed is online cannot be
 * submitted, because an adapter has to be there: it is one that opens the feed, and says so in the log by that.
 */

import type { Wire, WireEvent } from "../../../src/domain/log-record.ts";
import { OMS_SEQUENCE, SYSTEM_SEQUENCE } from "../../../src/domain/records.ts";
import { readStanding } from "../../../src/owner/standing.ts";
import type { AuditRecord } from "../../../src/protocol/messages/index.ts";
import { EmptyWorld, type PlayedSocket } from "../world.ts";
import { FEEDS } from "./random-run.ts";

/** A line of an audit, and its At. */
export interface AuditLine {
  readonly at: number;
  readonly message: Wire<AuditRecord>;
}

export class SecondOms {
  readonly world = new EmptyWorld();
  readonly #suppliers = new Map<string, PlayedSocket>();
  #last: AuditLine | undefined;

  constructor() {
    let ids = 0;
    this.world.newId = () => `second${++ids}`;
  }

  /** Whether a line may share a commit with the one before it: their order is kept, and the clock stands still. */
  mayJoin({ at, message }: AuditLine): boolean {
    return this.#last !== undefined && this.#last.message.Sequence === message.Sequence && this.#last.at + 1 === at;
  }

  /** Takes a line; it is durable once `settle` has been called. */
  take(line: AuditLine): void {
    if (!this.mayJoin(line)) this.world.settle();
    this.#last = line;
    // What is recorded gets the At that it had, or the next one.
    if (!this.world.isBusy) this.world.now = Math.floor(line.at / 1000);
    const { Sequence = "", Update } = line.message;
    if (Sequence === SYSTEM_SEQUENCE) this.#handDown(line.message);
    else if (Sequence !== OMS_SEQUENCE) this.#feed(Sequence, line.message);
    else if (isOnline(Update)) this.#open(Update?.Status?.FeedID ?? "");
    else this.#submit(Update);
  }

  settle(): void {
    this.world.settle();
    for (const error of this.world.reported) throw error;
  }

  #handDown({ ID: position = 0, Update }: Wire<AuditRecord>): void {
    const items = [{ position, update: JSON.stringify(Update) }];
    this.world.engine
      .handDown({ after: 0, items, upTo: position })
      .catch((error: unknown) => this.world.reported.push(error));
  }

  #submit(update: WireEvent | undefined): void {
    const standing = readStanding(this.world.store.property("owner"));
    if (standing === undefined) throw new Error("the object is nobody");
    void this.world.engine.submit(standing, [{ update: JSON.stringify(update) }]);
  }

  /** Another instance of the adapter takes the place of the one that is there, if there is one. */
  #open(feed: string): void {
    const { world } = this;
    // What was submitted before stands before it.
    this.settle();
    const owner = readStanding(world.store.property("owner"))?.ownerId ?? "";
    const socket = world.connectWith({
      Source: "test",
      Identity: "Client:second",
      Owners: [owner],
      Feeds: [...FEEDS],
      Exchanges: ["ASX", "XLON"],
    });
    this.#suppliers.set(feed, socket);
    const Configuration = { Agent: "1", Settings: {} };
    this.#send(feed, { Type: "Open", Position: { Sequence: feed }, Configuration });
    this.settle();
  }

  #feed(Sequence: string, { ID: Position, Update, Configuration, Unreadable }: Wire<AuditRecord>): void {
    if (Unreadable !== undefined) this.#sendText(Sequence, Unreadable);
    else this.#send(Sequence, { ...contentOf(Update, Configuration), Position: { Sequence, Position } });
  }

  #send(feed: string, Feed: object): void {
    this.#sendText(feed, JSON.stringify({ Type: "FeedRequest", Feed }));
  }

  #sendText(feed: string, text: string): void {
    const socket = this.#suppliers.get(feed);
    if (socket === undefined) throw new Error(`nobody has ever supplied ${feed}`);
    this.world.engine.receive(socket.id, text);
  }
}

function isOnline(update: WireEvent | undefined): boolean {
  return update?.UpdateAction === undefined && update?.Status?.Status === "CONNECTIONSTATUS_ONLINE";
}

/** Of what could not be taken nothing is kept but that it could not: something else that cannot be stands for it. */
function contentOf(update: WireEvent | undefined, configuration: object | undefined): object {
  if (configuration !== undefined) return { Type: "Configure", Configuration: configuration };
  if (update?.Action !== undefined) return { Type: "Action", Action: update.Action };
  if (update?.Operation !== undefined) return { Type: "Operation", Operation: update.Operation };
  if (update?.Status !== undefined) return { Type: "Status", Status: update.Status };
  return { Type: "Action" };
}
