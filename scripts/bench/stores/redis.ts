/** Redis Streams: the update to a stream, the rest to hashes, in one MULTI, with a sync of the file before any answer. */
import { freePort } from "../free-port.ts";
import type { Change, Kept } from "./changes.ts";
import { findProgram, Instance, temporaryFolder, versionOf } from "./instance.ts";
import { Pipeline } from "./pipeline.ts";
import { linesOf, StoreSocket } from "./socket.ts";
import { type Found, type Store, StoreFailed } from "./store.ts";

const NAME = "Redis Streams";
/** Of the answer to one transaction: OK, four times QUEUED, the array's head, the entry's id in two, three numbers. */
const LINES_OF_A_CHANGE = 11;

export async function startRedis(): Promise<Found> {
  const program = findProgram("redis-server");
  if (program === undefined) return { name: NAME, missing: "redis-server is not installed" };
  const [port, folder] = [await freePort(), await temporaryFolder("redis")];
  const settings = { bind: "127.0.0.1", port, dir: folder, save: "", appendonly: "yes", appendfsync: "always" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const instance = Instance.start({ program, args, folder });
  return { store: new Redis(await StoreSocket.open(port), instance, versionOf(program)) };
}

class Redis implements Store {
  readonly name: string;
  readonly remark = "MULTI, XADD, HSET, 2 HINCRBY, EXEC; appendfsync always";
  readonly #socket: StoreSocket;
  readonly #instance: Instance;

  constructor(socket: StoreSocket, instance: Instance, version: string) {
    this.name = `${NAME} ${version}`;
    this.#socket = socket;
    this.#instance = instance;
  }

  apply(owner: string, changes: readonly Change[], window: number): Promise<number> {
    const messages = changes.map((change) => transaction(owner, change));
    let lines = 0;
    const pipeline = new Pipeline(messages.length, window, (from, to) =>
      this.#socket.send(messages.slice(from, to).join("")),
    );
    const cut = linesOf((line) => {
      if (line.startsWith("-")) pipeline.failed(new StoreFailed(line));
      lines++;
    });
    this.#socket.listen({
      onBytes: (bytes) => {
        cut(bytes);
        const answered = Math.floor(lines / LINES_OF_A_CHANGE);
        lines -= answered * LINES_OF_A_CHANGE;
        if (answered > 0) pipeline.answered(answered);
      },
      onFailure: (error) => pipeline.failed(error),
    });
    return pipeline.run();
  }

  async kept(owner: string): Promise<Kept> {
    const states = [`orders:${owner}`, `balances:${owner}`, `holdings:${owner}`];
    const [updates = Number.NaN, ...sizes] = await this.#numbers([
      command("XLEN", `updates:${owner}`),
      ...states.map((key) => command("HLEN", key)),
    ]);
    return { updates, states: sizes.reduce((sum, size) => sum + size, 0) };
  }

  async dispose(): Promise<void> {
    this.#socket.close();
    await this.#instance.dispose();
  }

  /** Sends commands that are answered with a number each. */
  #numbers(commands: readonly string[]): Promise<number[]> {
    const numbers: number[] = [];
    return new Promise((resolve, reject) => {
      const onLine = (line: string) => {
        if (line.startsWith("-")) reject(new StoreFailed(line));
        if (numbers.push(Number(line.slice(1))) === commands.length) resolve(numbers);
      };
      this.#socket.listen({ onBytes: linesOf(onLine), onFailure: reject });
      this.#socket.send(commands.join(""));
    });
  }
}

function transaction(
  owner: string,
  { position, update, orderId, order, account, code, cents, quantity }: Change,
): string {
  return [
    command("MULTI"),
    command("XADD", `updates:${owner}`, `0-${position}`, "update", update),
    command("HSET", `orders:${owner}`, orderId, order),
    command("HINCRBY", `balances:${owner}`, account, `${cents}`),
    command("HINCRBY", `holdings:${owner}`, `${account} ${code}`, `${quantity}`),
    command("EXEC"),
  ].join("");
}

/** RESP. */
function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}
