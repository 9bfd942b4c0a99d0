/** Plays a random run on an Owner's engine: adapters, callers over REST, the System and subscribers do as its steps say. */
import { SYSTEM_SEQUENCE } from "../../../src/domain/records.ts";
import type { DeliveryItem, Instruction } from "../../../src/owner/rpc.ts";
import { readStanding, type Standing } from "../../../src/owner/standing.ts";
import { Refusal } from "../../../src/protocol/errors.ts";
import type { Permissions } from "../../../src/protocol/messages/index.ts";
import type { Step } from "../../domain/support/arbitraries.ts";
import type { OperationOnTheWire } from "../../domain/support/operations.ts";
import { EmptyWorld, OWNER, type PlayedSocket } from "../world.ts";
import { type Call, Clients } from "./clients.ts";
import { ADAPTERS, BEGINNING, FEEDS, type Feed, type OtherFrame, type RunStep } from "./random-run.ts";
import { type Reader, Readers } from "./readers.ts";
import { aboutOpen } from "./request-arbitraries.ts";
import { Script } from "./script.ts";

/** The other name that an Owner bears when it has been renamed. */
const OTHER_NAME = "ZU";

export class Player {
  readonly world: EmptyWorld;
  readonly #readers: Readers;
  /** The sequences that were moved on without a record. */
  readonly bookmarked = new Set<string>();
  readonly #clients: Clients;
  readonly #script = new Script();
  readonly #upstream = new Map<Feed, number>();
  readonly #adapters = new Map<number, PlayedSocket>();
  #handed = 0;
  #ids = 0;

  /** On an object that nothing was handed down to yet: it is told who it is first. */
  constructor(world = new EmptyWorld()) {
    this.world = world;
    this.#readers = new Readers({
      world,
      connect: (permissions, compact) => this.#connect({ ...permissions, Owners: [this.ownerId] }, compact),
      lose: (socket) => this.#lose(socket),
      named: (text) => this.#named(text),
    });
    this.#clients = new Clients({
      world,
      connect: (permissions) => this.#connect(permissions),
      named: (text) => this.#named(text),
      standing: () => this.#standing,
    });
    world.now = BEGINNING;
    world.newId = () => `id${++this.#ids}`;
    this.#handDown([["DefineOwner", { OwnerDetails: { OwnerID: OWNER } }]]);
    world.settle();
  }

  /** Plays a run to its end. `played` is called after each step. */
  async play(run: readonly RunStep[], played: (step: number) => void = () => {}): Promise<this> {
    for (const [index, step] of run.entries()) {
      await this.#take(step);
      played(index);
    }
    this.world.settle();
    this.#readers.acknowledgeAll();
    for (const error of this.world.reported) throw error;
    return this;
  }

  /** Every socket that a subscriber has had. */
  get readers(): readonly Reader[] {
    return this.#readers.all;
  }

  /** Every call that clients have made. */
  get calls(): readonly Call[] {
    return this.#clients.calls;
  }

  get ownerId(): string {
    return this.#standing.ownerId;
  }

  get #standing(): Standing {
    const standing = readStanding(this.world.store.property("owner"));
    if (standing === undefined) throw new Error("the object is nobody");
    return standing;
  }

  async #take(step: RunStep): Promise<void> {
    const { world } = this;
    switch (step.step) {
      case "clock":
        world.now += step.by;
        return;
      case "turn":
        world.turn();
        return;
      case "settle":
        world.settle();
        return;
      case "feed":
        this.#feed(step.feed, step.skip, step.steps);
        return;
      case "other":
        this.#other(step.feed, step.skip, step.frame);
        return;
      case "ask":
        this.#clients.ask(step);
        return;
      case "passOn":
        this.#send(this.#supplierOf(step.feed), [
          { Type: "Request", Request: step.request, Position: this.#next(step.feed, step.skip) },
        ]);
        return;
      case "tell":
        this.#tell(step);
        return;
      case "open":
        this.#open(step.feed, step.adapter);
        return;
      case "close":
        this.#send(this.#supplierOf(step.feed), [{ Type: "Close", Position: { Sequence: step.feed } }]);
        return;
      case "lose":
        this.#lose(this.#adapters.get(step.adapter));
        return;
      case "submit":
        void world.engine.submit(this.#standing, this.#instructions(step.steps));
        return;
      case "operate":
        this.#operate(step.operation);
        return;
      case "hand":
        this.#handDown(step.operations);
        return;
      case "revoke":
        this.#revoke(step.adapter);
        return;
      case "rename":
        this.#rename();
        return;
      case "storage":
        world.data.failure = step.isFull ? new Refusal("Storage.Full") : undefined;
        return;
      case "wake":
        world.wake();
        return;
      case "ring":
        if (step.isDue) world.now = Math.max(world.now, world.alarmAt ?? 0);
        await world.ring();
        return;
      case "subscribe":
        this.#readers.subscribe(step);
        return;
      case "unsubscribe":
        this.#readers.unsubscribe(step.reader);
        return;
      case "acknowledge":
        this.#readers.acknowledge(step.reader, step.share);
        return;
      case "leave":
        this.#readers.leave(step.reader);
        return;
    }
  }

  #feed(feed: Feed, skip: number, steps: readonly Step[]): void {
    const frames = steps.flatMap((step) => {
      const line = this.#script.lineOf(step);
      if (line === undefined) return [];
      const { Action, Operation } = line.update;
      const content = Action === undefined ? { Type: "Operation", Operation } : { Type: "Action", Action };
      return [{ ...content, Position: this.#next(feed, skip) }];
    });
    this.#send(this.#supplierOf(feed), frames);
  }

  #other(feed: Feed, skip: number, frame: OtherFrame): void {
    if (frame.of === "bookmark") this.bookmarked.add(feed);
    this.#send(this.#supplierOf(feed), [{ ...contentOf(frame), Position: this.#next(feed, skip) }]);
  }

  #tell({ feed, skip, isResponse, which, told: drawn }: Extract<RunStep, { readonly step: "tell" }>): void {
    const told: object = JSON.parse(aboutOpen(JSON.stringify(drawn), this.world.store, which, feed));
    const frame = isResponse
      ? { Type: "RequestResponse", RequestResponse: told, Position: { Sequence: feed } }
      : { Type: "Update", Update: told, Position: this.#next(feed, skip) };
    this.#send(this.#supplierOf(feed), [frame]);
  }

  #next(feed: Feed, skip: number) {
    const last = this.#upstream.get(feed) ?? 0;
    const next = Math.max(1, last + 1 + skip);
    this.#upstream.set(feed, Math.max(last, next));
    return { Sequence: feed, Position: next };
  }

  /** One frame alone, several in an array. */
  #send(socket: PlayedSocket | undefined, feeds: readonly object[]): void {
    const messages = feeds.map((Feed) => ({ Type: "FeedRequest", Feed }));
    if (socket === undefined || messages.length === 0) return;
    const text = JSON.stringify(messages.length === 1 ? messages[0] : messages);
    this.world.engine.receive(socket.id, this.#named(text));
  }

  /** A text in which the Owner bears the name that it has now. */
  #named(text: string): string {
    return text
      .replaceAll(`"OwnerID":"${OWNER}"`, `"OwnerID":"${this.ownerId}"`)
      .replaceAll(`"${OWNER}/`, `"${this.ownerId}/`)
      .replaceAll(`["${OWNER}"]`, `["${this.ownerId}"]`);
  }

  /** The socket that supplies a feed; one is opened if there is none. */
  #supplierOf(feed: Feed): PlayedSocket | undefined {
    const sockets = this.world.sockets.filter(({ closed }) => closed === undefined);
    const supplier = sockets.find(({ kept }) => kept?.feeds[feed]?.role === "supplier");
    if (supplier !== undefined) return supplier;
    const socket = this.#open(feed, FEEDS.indexOf(feed) % ADAPTERS.length);
    this.world.settle();
    return socket;
  }

  #open(feed: Feed, adapter: number): PlayedSocket | undefined {
    const socket = this.#adapterSocket(adapter);
    const Configuration = { Agent: ADAPTERS[adapter]?.agent };
    this.#send(socket, [{ Type: "Open", Position: { Sequence: feed }, Configuration }]);
    return socket;
  }

  #adapterSocket(adapter: number): PlayedSocket | undefined {
    const present = this.#adapters.get(adapter);
    if (present !== undefined && present.closed === undefined) return present;
    const socket = this.#connect({
      ...this.#identityOf(adapter),
      Owners: [this.ownerId],
      Feeds: [...FEEDS],
      Exchanges: ["ASX", "XLON"],
    });
    if (socket !== undefined) this.#adapters.set(adapter, socket);
    return socket;
  }

  #identityOf(adapter: number) {
    return { Source: "test", Identity: `Client:${ADAPTERS[adapter]?.identity}` };
  }

  /** Undefined when it is not let in: its permissions have just been taken away. */
  #connect(permissions: Permissions, compact = false): PlayedSocket | undefined {
    try {
      return this.world.connectWith(permissions, undefined, compact);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  #lose(socket: PlayedSocket | undefined): void {
    if (socket === undefined || socket.closed !== undefined) return;
    socket.closed = 1006;
    this.world.engine.lose(socket.id);
  }

  #instructions(steps: readonly Step[]): readonly Instruction[] {
    return steps.flatMap((step) => {
      const line = this.#script.lineOf(step);
      if (line === undefined) return [];
      const { update, expectedBalance } = line;
      return [
        {
          update: this.#named(JSON.stringify(update)),
          ...(expectedBalance !== undefined && { expectedBalance }),
        },
      ];
    });
  }

  #operate(Operation: OperationOnTheWire): void {
    const update = this.#named(JSON.stringify({ Type: "UpdateEventType_Operation", Operation }));
    void this.world.engine.submit(this.#standing, [{ update }]);
  }

  /** Nothing to hand down is a position that is passed over. */
  #handDown(operations: readonly (readonly [type: string, content: object])[]): void {
    const items = operations.map(([type, content]): DeliveryItem => {
      const Operation = { Type: `OperationType_${type}`, ...content };
      return { position: ++this.#handed, update: JSON.stringify({ Type: "UpdateEventType_Operation", Operation }) };
    });
    if (items.length === 0) this.#handed++;
    this.#deliver(items);
  }

  #deliver(items: readonly DeliveryItem[]): void {
    if (!items.some((item) => "update" in item)) this.bookmarked.add(SYSTEM_SEQUENCE);
    const upTo = this.#handed;
    // What is lost on the way is handed down again: `after` is what the Owner has.
    const after = this.world.store.head().positions.get(SYSTEM_SEQUENCE) ?? 0;
    this.world.engine.handDown({ after, items, upTo }).catch((error: unknown) => {
      // One that cannot be recorded is lost.
      if (!(error instanceof Refusal)) this.world.reported.push(error);
    });
  }

  #revoke(adapter: number): void {
    const { Source, Identity } = this.#identityOf(adapter);
    this.#deliver([{ position: ++this.#handed, source: Source, identity: Identity }]);
  }

  /** What was asked of it by the old name is dealt with before. */
  #rename(): void {
    this.world.settle();
    const OwnerID = this.ownerId;
    const Parameters = { newOwner: OwnerID === OWNER ? OTHER_NAME : OWNER };
    this.#handDown([["TransformOwner", { OwnerTransform: { OwnerID, Parameters } }]]);
    this.world.settle();
  }
}

function contentOf(frame: OtherFrame): object {
  switch (frame.of) {
    case "status":
      return { Type: "Status", Status: frame.status };
    case "configuration":
      return { Type: "Configure", Configuration: { Name: "an adapter", Settings: frame.settings } };
    case "operation":
      return { Type: "Operation", Operation: frame.operation };
    case "nonsense":
      return { Type: "Action", Action: { Type: "Update", Prise: 1 } };
    case "nothing":
      return { Type: "Action" };
    case "bookmark":
      return { Type: "Bookmark" };
  }
}
