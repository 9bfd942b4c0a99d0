/**
 * The System object: accepts calls, hands them to its engine, and is the engine's world. Everything that decides
 * anything is elsewhere.
 */
import { DurableObject } from "cloudflare:workers";
import { setLevelBy } from "../operations/log.ts";
import { hostOf, nextTurn } from "../owner/host.ts";
import { streamOf } from "../owner/reading.ts";
import type { Listing, Reading, Submitted } from "../owner/rpc.ts";
import { SqliteStore } from "../storage/sqlite-store.ts";
import { type OwnerObject, SystemEngine } from "./engine.ts";
import { canKeepIn, objectOf } from "./placement.ts";
import type {
  DirectoryEntry,
  SystemChange,
  SystemHealth,
  SystemListQuestion,
  SystemMetrics,
  SystemRecord,
  SystemRecordQuestion,
  SystemRpc,
} from "./rpc.ts";

export class System extends DurableObject<Env> implements SystemRpc {
  #engine: SystemEngine | undefined;
  #store: SqliteStore | undefined;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    setLevelBy(env);
  }

  override async alarm(): Promise<void> {
    (await this.#awake()).alarm();
  }

  async change(change: SystemChange): Promise<Submitted> {
    return await (await this.#awake()).change(change);
  }

  async list(question: SystemListQuestion): Promise<Listing> {
    const { at, pieces } = (await this.#awake()).list(question);
    return { at, body: streamOf(pieces, nextTurn) };
  }

  async record(question: SystemRecordQuestion): Promise<Reading> {
    return (await this.#awake()).record(question);
  }

  async find(ownerId: string): Promise<DirectoryEntry | undefined> {
    return (await this.#awake()).find(ownerId);
  }

  async directory(): Promise<readonly DirectoryEntry[]> {
    return (await this.#awake()).directory();
  }

  async sources(): Promise<string> {
    return (await this.#awake()).sources();
  }

  async permissions(source: string, identity: string): Promise<string | undefined> {
    return (await this.#awake()).permissions(source, identity);
  }

  async audit(after: number, upTo: number, count: number): Promise<readonly SystemRecord[]> {
    return (await this.#awake()).audit(after, upTo, count);
  }

  async health(): Promise<SystemHealth> {
    return (await this.#awake()).health();
  }

  async metrics(): Promise<SystemMetrics> {
    return { ...(await this.#awake()).metrics(), rowsWritten: this.#store?.rowsWritten ?? 0 };
  }

  async #awake(): Promise<SystemEngine> {
    if (this.#engine === undefined) {
      const { OWNERS } = this.env;
      this.#store = new SqliteStore(this.ctx.storage);
      this.#engine = new SystemEngine(this.#store, {
        ...hostOf(this.ctx),
        object: (entry): OwnerObject => objectOf(OWNERS, entry),
        canKeepIn: (jurisdiction) => canKeepIn(OWNERS, jurisdiction),
      });
      this.#engine.wake();
    }
    await this.#engine.ready;
    return this.#engine;
  }
}
