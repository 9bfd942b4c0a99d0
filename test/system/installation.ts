/**
 * A whole installation on Node: the System's engine and real Owners' engines, each on a store in memory. The test takes
 * every turn of theirs, says what becomes of every call between them, and tells the time.
 */
import { Engine, type SurvivingSocket } from "../../src/owner/engine.ts";
import type { Delivery, OwnerAddress, Retirement, Submitted } from "../../src/owner/rpc.ts";
import { readStanding, type Standing } from "../../src/owner/standing.ts";
import type { Operation, Permissions } from "../../src/protocol/messages/index.ts";
import { digestOf } from "../../src/storage/digest.ts";
import { MemoryData, MemoryStore } from "../../src/storage/memory-store.ts";
import { SystemEngine } from "../../src/system/engine.ts";
import type { DirectoryEntry, SystemChange } from "../../src/system/rpc.ts";
import { PlayedSocket } from "../owner/world.ts";

/** What becomes of a call: done; lost before it arrived; done, but its answer lost; or held until it is released. */
export type Fate = "done" | "lost" | "unanswered" | "stuck";

/** A call of the System to an Owner's object. */
export interface PlayedCall {
  /** The name of the object. */
  readonly object: string;
  readonly at: number;
  readonly delivery?: Delivery;
}

interface Turn {
  readonly actor: string;
  readonly act: () => void;
}

const SYSTEM = "system";

/** An object: what it keeps, and the engine that it has while it is in memory. */
class PlayedOwner {
  readonly data = new MemoryData();
  readonly sockets: PlayedSocket[] = [];
  engine: Engine | undefined;
  /** Ends the calls that are under way, when the object goes. */
  readonly underWay = new Set<(reason: Error) => void>();

  get store(): MemoryStore {
    return new MemoryStore(this.data);
  }
}

export class Installation {
  readonly data = new MemoryData();
  readonly owners = new Map<string, PlayedOwner>();
  readonly calls: PlayedCall[] = [];
  readonly reported: unknown[] = [];
  /** Every entry that the directory has ever given. */
  readonly seen = new Map<string, DirectoryEntry>();
  now = 1_700_000_000_000;
  alarmAt: number | undefined;
  system: SystemEngine;
  fateOf: (object: string, call: PlayedCall) => Fate = () => "done";
  /** Which of so many turns is taken next. */
  choose: (count: number) => number = () => 0;
  jurisdictions: readonly string[] = ["eu"];
  #turns: Turn[] = [];
  #held: Turn[] = [];
  #epoch = 0;

  constructor() {
    this.system = this.restart();
  }

  get store(): MemoryStore {
    return new MemoryStore(this.data);
  }

  /** The System's object has lost its memory: what it kept, and its alarm, it has not. */
  restart(): SystemEngine {
    const epoch = ++this.#epoch;
    const isAlive = () => this.#epoch === epoch;
    this.#turns = this.#turns.filter(({ actor }) => actor !== SYSTEM);
    this.system = new SystemEngine(this.store, {
      ...this.#surroundings(),
      later: (_, act) => {
        if (isAlive()) this.#turns.push({ actor: SYSTEM, act });
      },
      setAlarm: (due) => {
        if (isAlive()) this.alarmAt = due;
      },
      abort: () => void (isAlive() && this.restart()),
      object: ({ object }) => ({
        receive: (delivery) =>
          this.#call({ object, at: this.now, delivery }, (engine) => engine.handDown(structuredClone(delivery))),
        retire: (address: OwnerAddress, force: boolean): Promise<Retirement> =>
          this.#call({ object, at: this.now }, (engine) => engine.retire(address, force)),
      }),
      canKeepIn: (jurisdiction) => this.jurisdictions.includes(jurisdiction),
    });
    this.system.wake();
    return this.system;
  }

  /** An Owner's object loses its memory; calls that are under way fail. Its sockets hibernate. */
  evict(object: string): void {
    const owner = this.#ownerOf(object);
    owner.engine = undefined;
    this.#turns = this.#turns.filter(({ actor }) => actor !== object);
    for (const fail of owner.underWay) fail(new Error("the object was reset"));
    owner.underWay.clear();
  }

  engineOf(object: string): Engine {
    const owner = this.#ownerOf(object);
    if (owner.engine !== undefined) return owner.engine;
    owner.engine = new Engine(owner.store, {
      ...this.#surroundings(),
      later: (_, act) => void this.#turns.push({ actor: object, act }),
      setAlarm: () => undefined,
      abort: () => this.evict(object),
    });
    owner.engine.wake(
      owner.sockets.flatMap((socket): SurvivingSocket[] =>
        socket.kept === null ? [] : [{ socket, state: socket.kept, isOpen: socket.closed === undefined }],
      ),
    );
    return owner.engine;
  }

  /** Who an object is, as it keeps it. */
  standingOf(object: string): Standing {
    const standing = readStanding(this.#ownerOf(object).store.property("owner"));
    if (standing === undefined) throw new Error(`${object} is nobody`);
    return standing;
  }

  storeOfObject(object: string): MemoryStore {
    return this.#ownerOf(object).store;
  }

  /** The store of the object that a name leads to. */
  storeOf(ownerId: string): MemoryStore {
    return this.#ownerOf(this.entryOf(ownerId).object).store;
  }

  dataOf(ownerId: string): MemoryData {
    return this.#ownerOf(this.entryOf(ownerId).object).data;
  }

  /** The object is as it was at another time. */
  restoreBackup(object: string, backup: MemoryData): void {
    this.evict(object);
    const data = this.#ownerOf(object).data;
    for (const list of ["commits", "positions"] as const) data[list].length = 0;
    data.commits.push(...backup.commits);
    data.positions.push(...backup.positions);
    for (const map of ["lastPositions", "versions", "ids", "movements", "timers", "properties"] as const)
      data[map].clear();
    for (const [sequence, position] of backup.lastPositions) data.lastPositions.set(sequence, position);
    for (const [kind, versions] of backup.versions) data.versions.set(kind, versions);
    for (const [id, known] of backup.ids) data.ids.set(id, known);
    for (const [name, content] of backup.properties) data.properties.set(name, content);
    data.hash = backup.hash;
  }

  entryOf(ownerId: string): DirectoryEntry {
    const entry = this.system.find(ownerId);
    if (entry === undefined) throw new Error(`${ownerId} is not defined`);
    return entry;
  }

  connect(ownerId: string, permissions: Permissions): PlayedSocket {
    const { object } = this.entryOf(ownerId);
    const socket = new PlayedSocket();
    const caller = { permissions: { ...permissions, Owners: [ownerId] }, compact: false };
    socket.id = this.engineOf(object).connect(caller, () => socket);
    this.#ownerOf(object).sockets.push(socket);
    return socket;
  }

  /** A change as the Worker hands it in; who asks for it is told by a name. */
  ask(operation: Operation, by = "User:x", terms: Pick<SystemChange, "force" | "mustExist"> = {}): Promise<Submitted> {
    const update = JSON.stringify({ Type: "UpdateEventType_Operation", Operation: operation });
    const authority = JSON.stringify({ Type: "IdentityType_Operator", Identity: by, Source: "test" });
    return this.system.change({ update, authority, ...terms });
  }

  /** A change that is done with all that follows from it. */
  async change(
    operation: Operation,
    terms: Pick<SystemChange, "force" | "mustExist"> = {},
    by = "User:x",
  ): Promise<Submitted> {
    const submitted = this.ask(operation, by, terms);
    await this.settle();
    return await submitted;
  }

  /** The calls that are stuck arrive after all. */
  release(): void {
    this.#turns.push(...this.#held);
    this.#held = [];
  }

  /** Takes one turn, with all that follows from it at once. False when nothing was to be done. */
  async turn(): Promise<boolean> {
    await microtasks();
    const [turn] = this.#turns.splice(this.#turns.length > 1 ? this.choose(this.#turns.length) : 0, 1);
    turn?.act();
    await microtasks();
    return turn !== undefined;
  }

  async settle(): Promise<void> {
    while (await this.turn());
  }

  /** The alarm goes off, whether it is time or not. */
  async ring(): Promise<void> {
    this.alarmAt = undefined;
    this.system.alarm();
    await this.settle();
  }

  /** Lets time pass until nothing is left to be done; gives the times, in milliseconds from now, at which the alarm rang. */
  async rest(most = 200): Promise<readonly number[]> {
    const begun = this.now;
    const rings: number[] = [];
    await this.settle();
    while (this.data.timers.size > 0) {
      if (this.alarmAt === undefined) throw new Error("something is to be done, and no alarm is set");
      if (rings.length >= most) throw new Error(`still ${JSON.stringify([...this.data.timers.values()])}`);
      this.now = Math.max(this.now, this.alarmAt);
      rings.push(this.now - begun);
      await this.ring();
    }
    return rings;
  }

  #surroundings() {
    return {
      now: () => this.now,
      digest: digestOf,
      newId: () => crypto.randomUUID(),
      timeout: () => () => undefined,
      report: (error: unknown) => void this.reported.push(error),
    };
  }

  #ownerOf(object: string): PlayedOwner {
    const owner = this.owners.get(object) ?? new PlayedOwner();
    this.owners.set(object, owner);
    return owner;
  }

  /** A call takes turns of its own: one to arrive, one for its answer. */
  #call<Answer>(call: PlayedCall, act: (engine: Engine) => Promise<Answer>): Promise<Answer> {
    const { object } = call;
    this.calls.push(call);
    const fate = this.fateOf(object, call);
    const { underWay } = this.#ownerOf(object);
    return new Promise((resolve, reject) => {
      const arrive = () => {
        if (fate === "lost") {
          reject(new Error("it could not be reached"));
          return;
        }
        underWay.add(reject);
        const answered = (answer: () => void) => {
          underWay.delete(reject);
          this.#turns.push({ actor: SYSTEM, act: answer });
        };
        act(this.engineOf(object)).then(
          (outcome) =>
            answered(() => {
              if (fate !== "unanswered") resolve(outcome);
              else reject(new Error("the connection was lost"));
            }),
          // What passes between isolates is an Error with the name and message.
          (error: Error) => answered(() => reject(Object.assign(new Error(error.message), { name: error.name }))),
        );
      };
      (fate === "stuck" ? this.#held : this.#turns).push({ actor: "network", act: arrive });
    });
  }
}

/** Everything that follows from a turn at once: several promises deep. */
async function microtasks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

export function exchange(Exchange: string, content = ""): Operation {
  const details = { Exchange, ...(content !== "" && { Metadata: { Content: content } }) };
  return { Type: "OperationType_DefineExchange", ExchangeDetails: details };
}

export function withoutExchange(Exchange: string): Operation {
  return { Type: "OperationType_UndefineExchange", ExchangeDetails: { Exchange } };
}

export function status(Code: string, Name = ""): Operation {
  return { Type: "OperationType_DefineRequestStatus", RequestStatus: { Code, ...(Name !== "" && { Name }) } };
}

export function withoutStatus(Code: string): Operation {
  return { Type: "OperationType_UndefineRequestStatus", RequestStatus: { Code } };
}

export function owner(OwnerID: string, Name = "", Metadata: Record<string, string> = {}): Operation {
  const details = { OwnerID, ...(Name !== "" && { Name }), ...(Object.keys(Metadata).length > 0 && { Metadata }) };
  return { Type: "OperationType_DefineOwner", OwnerDetails: details };
}

export function withoutOwner(OwnerID: string): Operation {
  return { Type: "OperationType_UndefineOwner", OwnerDetails: { OwnerID } };
}

export function renaming(OwnerID: string, newOwner: string): Operation {
  const OwnerTransform = { Type: "OwnerTransformType_Rename", OwnerID, Parameters: { newOwner } } as const;
  return { Type: "OperationType_TransformOwner", OwnerTransform };
}

export function source(Code: string, Issuer = `https://${Code}.example`): Operation {
  const Parameters = { Issuer, Audience: "oms" };
  return {
    Type: "OperationType_DefineIdentitySource",
    IdentitySource: { Code, Authentication: "IdentityAuthentication_JWT", Parameters },
  };
}

export function withoutSource(Code: string): Operation {
  return { Type: "OperationType_UndefineIdentitySource", IdentitySource: { Code } };
}

export function permissions(Source: string, Identity: string, details: Permissions = {}): Operation {
  return { Type: "OperationType_DefinePermissions", Permissions: { Source, Identity, ...details } };
}

export function withoutPermissions(Source: string, Identity: string): Operation {
  return { Type: "OperationType_UndefinePermissions", Permissions: { Source, Identity } };
}

/** What is in a list, decoded. */
export function listed(reading: { readonly pieces: Iterator<string, void> }): unknown[] {
  let text = "";
  for (let next = reading.pieces.next(); next.done !== true; next = reading.pieces.next()) text += next.value;
  return JSON.parse(text);
}

/** A deposit, as an instruction to an Owner. */
export function depositTo(OwnerID: string, AccountID = "A", Value = 10) {
  const Action = {
    Type: "ExternalActionType_CashTransfer",
    Transaction: { TransactionID: crypto.randomUUID(), Account: { OwnerID, AccountID } },
    CashTransfer: { Currency: "AUD", Value },
  };
  return { update: JSON.stringify({ Type: "UpdateEventType_Action", Action }) };
}
