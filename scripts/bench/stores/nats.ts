/**
 * NATS JetStream: the update to one stream, the order, the balance and the holding to another one that keeps the last
 * message of each subject. It has no transactions, so a change is done when all four messages have been answered; and it
 * cannot add, so its client keeps the sums.
 */
import { execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import type { Change, Kept } from "./changes.ts";
import { findProgram, Instance, temporaryFolder, versionOf } from "./instance.ts";
import { Pipeline } from "./pipeline.ts";
import { linesOf, StoreSocket } from "./socket.ts";
import { type Found, type Store, StoreFailed } from "./store.ts";

const NAME = "NATS JetStream";
const INBOX = "_INBOX.bench";
const MESSAGES_OF_A_CHANGE = 4;
const PATIENCE_MS = 10_000;

export async function startNats(): Promise<Found> {
  const program = findProgram("nats-server");
  if (program === undefined) return { name: NAME, missing: "nats-server is not installed" };
  const [port, folder] = [await freePort(), await temporaryFolder("nats")];
  const config = join(folder, "nats.conf");
  const write = (sync: string) =>
    writeFile(config, `listen: 127.0.0.1:${port}\njetstream { store_dir: ${JSON.stringify(folder)}${sync} }\n`);
  await write(", sync_interval: always");
  const isDurable = accepts(program, config);
  if (!isDurable) await write("");
  await chmod(folder, 0o700);
  const instance = Instance.start({ program, args: ["-c", config], folder });
  const socket = await StoreSocket.open(port);
  socket.send(`CONNECT {"verbose":false,"pedantic":false}\r\nSUB ${INBOX}.* 1\r\n`);
  return { store: new Nats(socket, instance, versionOf(program), isDurable) };
}

/** Versions before 2.10 cannot sync each message. */
function accepts(program: string, config: string): boolean {
  try {
    execFileSync(program, ["-c", config, "-t"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

class Nats implements Store {
  readonly name: string;
  readonly remark: string;
  readonly #socket: StoreSocket;
  readonly #instance: Instance;

  constructor(socket: StoreSocket, instance: Instance, version: string, isDurable: boolean) {
    this.name = `${NAME} ${version}`;
    this.remark = `4 messages, not all or nothing; ${isDurable ? "sync_interval always" : "NOT DURABLE: this version answers before its file is synced"}`;
    this.#socket = socket;
    this.#instance = instance;
  }

  async apply(owner: string, changes: readonly Change[], window: number): Promise<number> {
    await this.#ask(`$JS.API.STREAM.CREATE.LOG_${owner}`, { name: `LOG_${owner}`, subjects: [`log.${owner}`] });
    await this.#ask(`$JS.API.STREAM.CREATE.STATE_${owner}`, {
      name: `STATE_${owner}`,
      subjects: [`state.${owner}.>`],
      max_msgs_per_subject: 1,
    });
    const messages = messagesOf(owner, changes);
    const left = new Map(changes.map((_, index) => [`${index}`, MESSAGES_OF_A_CHANGE]));
    const pipeline = new Pipeline(messages.length, window, (from, to) =>
      this.#socket.send(messages.slice(from, to).join("")),
    );
    this.#listen(
      (inbox, answer) => {
        if (answer.includes('"error"')) pipeline.failed(new StoreFailed(answer));
        const missing = (left.get(inbox) ?? 0) - 1;
        left.set(inbox, missing);
        if (missing === 0) pipeline.answered(1);
      },
      (error) => pipeline.failed(error),
    );
    return await pipeline.run();
  }

  async kept(owner: string): Promise<Kept> {
    const messagesIn = async (stream: string) => {
      const answer = await this.#ask(`$JS.API.STREAM.INFO.${stream}`, {});
      return Number(/"messages":(\d+)/.exec(answer)?.[1] ?? Number.NaN);
    };
    return { updates: await messagesIn(`LOG_${owner}`), states: await messagesIn(`STATE_${owner}`) };
  }

  async dispose(): Promise<void> {
    this.#socket.close();
    await this.#instance.dispose();
  }

  #ask(subject: string, request: object): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const silence = setTimeout(() => reject(new StoreFailed(`${subject} was not answered`)), PATIENCE_MS);
    this.#listen((_, answer) => {
      if (answer.includes('"error"')) reject(new StoreFailed(answer));
      else resolve(answer);
    }, reject);
    this.#socket.send(message(subject, "asked", JSON.stringify(request)));
    return promise.finally(() => clearTimeout(silence));
  }

  /** Takes what comes to the inbox: the last part of its subject, and the message. */
  #listen(onAnswer: (inbox: string, answer: string) => void, onFailure: (error: StoreFailed) => void): void {
    let inbox: string | undefined;
    const onLine = (line: string) => {
      if (inbox !== undefined) {
        const answered = inbox;
        inbox = undefined;
        onAnswer(answered, line);
      } else if (line.startsWith("MSG ")) inbox = line.split(" ")[1]?.slice(INBOX.length + 1);
      else if (line === "PING") this.#socket.send("PONG\r\n");
      else if (line.startsWith("-ERR")) onFailure(new StoreFailed(line));
    };
    this.#socket.listen({ onBytes: linesOf(onLine), onFailure });
  }
}

/** What is sent for each change, with the sums as they are after it. */
function messagesOf(owner: string, changes: readonly Change[]): string[] {
  const sums = new Map<string, number>();
  const added = (subject: string, amount: number) => {
    const sum = (sums.get(subject) ?? 0) + amount;
    sums.set(subject, sum);
    return `${sum}`;
  };
  return changes.map(({ update, orderId, order, account, code, cents, quantity }, index) => {
    const [balance, holding] = [`state.${owner}.balance.${account}`, `state.${owner}.holding.${account}.${code}`];
    return [
      message(`log.${owner}`, `${index}`, update),
      message(`state.${owner}.order.${orderId}`, `${index}`, order),
      message(balance, `${index}`, added(balance, cents)),
      message(holding, `${index}`, added(holding, quantity)),
    ].join("");
  });
}

function message(subject: string, inbox: string, content: string): string {
  return `PUB ${subject} ${INBOX}.${inbox} ${Buffer.byteLength(content)}\r\n${content}\r\n`;
}
