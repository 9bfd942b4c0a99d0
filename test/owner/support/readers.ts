/** The subscribers of a run: they subscribe, end it and leave, each on one socket at a time. */

import type { At } from "../../../src/domain/records.ts";
import type { Subscription } from "../../../src/domain/views.ts";
import type { Permissions } from "../../../src/protocol/messages/index.ts";
import type { EmptyWorld, PlayedSocket } from "../world.ts";
import { BEGINNING, type LeftOff, type RunStep } from "./random-run.ts";
import { WindowCheck } from "./window-check.ts";

/** The subscriber that wants enums in their short spelling. */
const COMPACT_READER = 2;
/** The subscriber that speaks protobuf. */
const BINARY_READER = 1;

/** A subscriber's socket, and what was asked on it, by the RequestID. */
export interface Reader {
  readonly socket: PlayedSocket;
  readonly compact: boolean;
  readonly asked: Map<string, Asked>;
  readonly windows: WindowCheck;
}

/** A subscription that was asked for, and from where; or the end of one, and where that was. */
export type Asked =
  | { readonly subscription: Subscription; readonly from: Readonly<Record<string, number>> | undefined }
  | { readonly ended: Subscription; readonly at: At };

/** What subscribers need of whoever plays the run. */
export interface ReadersContext {
  readonly world: EmptyWorld;
  /** Undefined when it is not let in. */
  connect(permissions: Permissions, compact: boolean): PlayedSocket | undefined;
  lose(socket: PlayedSocket | undefined): void;
  /** A text in which the Owner bears the name that it has now. */
  named(text: string): string;
}

export class Readers {
  /** Every socket that one of them has had. */
  readonly all: Reader[] = [];
  readonly #context: ReadersContext;
  readonly #present = new Map<number, Reader>();
  #requests = 0;

  constructor(context: ReadersContext) {
    this.#context = context;
  }

  subscribe({ reader, subscription: drawn, leftOff, window }: Extract<RunStep, { step: "subscribe" }>): void {
    const present = this.#readerOf(reader);
    if (present === undefined) return;
    const from = leftOff && this.#positionsOf(leftOff);
    const RequestID = `request${++this.#requests}`;
    const subscription: Subscription = JSON.parse(this.#context.named(JSON.stringify(drawn)));
    present.asked.set(RequestID, { subscription, from });
    const { type: Type, targets: Targets } = subscription;
    present.windows.ask(RequestID, { Type, Targets }, window);
    const Window = window === undefined ? {} : { Window: window };
    const Subscription = { Type, Targets, ...Window, ...(from !== undefined && { From: { Positions: from } }) };
    this.#context.world.send(present.socket, { Type: "Subscribe", RequestID, Subscription });
  }

  /** Says that it has received a share of what is under way to it. */
  acknowledge(reader: number, share: number): void {
    const present = this.#present.get(reader);
    if (present === undefined || present.socket.closed !== undefined) return;
    const Received = present.windows.take(present.socket, share);
    if (Received !== undefined) this.#context.world.send(present.socket, { Type: "Acknowledge", Received });
  }

  /** All that there is to be sent is sent. */
  acknowledgeAll(): void {
    for (const [reader, { socket, windows }] of this.#present) {
      this.#context.world.settle();
      while (socket.closed === undefined && windows.underWay(socket) > 0) {
        this.acknowledge(reader, 1);
        this.#context.world.settle();
      }
    }
  }

  /** Ends the last of its subscriptions, when nothing else is under way: so it is known where. */
  unsubscribe(reader: number): void {
    this.#context.world.settle();
    this.acknowledgeAll();
    const present = this.#present.get(reader);
    const last = present?.socket.kept?.stream.subscriptions.at(-1);
    if (present === undefined || present.socket.closed !== undefined || last === undefined) return;
    const RequestID = `request${++this.#requests}`;
    present.asked.set(RequestID, { ended: last, at: this.#context.world.store.head().at });
    const Subscription = { Type: last.type, Targets: last.targets };
    present.windows.askEnd(RequestID, Subscription);
    this.#context.world.send(present.socket, { Type: "Unsubscribe", RequestID, Subscription });
    this.#context.world.settle();
  }

  leave(reader: number): void {
    const present = this.#present.get(reader);
    this.#context.lose(present?.socket);
  }

  #readerOf(reader: number): Reader | undefined {
    const present = this.#present.get(reader);
    if (present !== undefined && present.socket.closed === undefined) return present;
    const compact = reader === COMPACT_READER;
    const socket = this.#context.connect({ Source: "test", Identity: `User:${reader}` }, compact);
    if (socket === undefined) return undefined;
    socket.speaksBinary = reader === BINARY_READER;
    const newcomer = { socket, compact, asked: new Map(), windows: new WindowCheck() };
    this.#present.set(reader, newcomer);
    this.all.push(newcomer);
    return newcomer;
  }

  #positionsOf(leftOff: LeftOff): Readonly<Record<string, number>> {
    const { at, positions } = this.#context.world.store.head();
    if (leftOff.by === "time") {
      const first = BEGINNING * 1000;
      return { "@at": Math.floor(first + leftOff.share * (at - first)) };
    }
    const drawn = [...positions].map(([sequence, position], index): [string, number] => [
      sequence,
      Math.floor((leftOff.shares[index] ?? 1) * position),
    ]);
    return Object.fromEntries(drawn.filter(([, position]) => position > 0));
  }
}
