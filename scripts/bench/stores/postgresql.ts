/** PostgreSQL: one prepared statement does a change. Its settings are the defaults: it syncs its log at every commit. */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import type { Change, Kept } from "./changes.ts";
import { findProgram, Instance, runProgram, temporaryFolder, userInstead, versionOf } from "./instance.ts";
import { Pipeline } from "./pipeline.ts";
import { StoreSocket } from "./socket.ts";
import { type Found, type Store, StoreFailed } from "./store.ts";

const NAME = "PostgreSQL";
const USER = "postgres";
const PROTOCOL_VERSION = 0x00030000;
const HEAD_BYTES = 5;
/** In a row: how many columns, and the length of the first. */
const ROW_HEAD_BYTES = 6;
const ATTEMPTS = 100;
const BETWEEN_ATTEMPTS_MS = 50;
const [ERROR, READY, DATA_ROW] = ["E", "Z", "D"];

const TABLES = `
  CREATE TABLE updates (owner text, position bigint, body text NOT NULL, PRIMARY KEY (owner, position));
  CREATE TABLE orders (owner text, id text, body text NOT NULL, PRIMARY KEY (owner, id));
  CREATE TABLE balances (owner text, account text, cents bigint NOT NULL, PRIMARY KEY (owner, account));
  CREATE TABLE holdings (owner text, account text, code text, quantity bigint NOT NULL,
    PRIMARY KEY (owner, account, code));
  PREPARE change (text, bigint, text, text, text, text, text, bigint, bigint) AS
  WITH appended AS (INSERT INTO updates VALUES ($1, $2, $3)),
    ordered AS (INSERT INTO orders VALUES ($1, $4, $5)
      ON CONFLICT (owner, id) DO UPDATE SET body = excluded.body),
    paid AS (INSERT INTO balances VALUES ($1, $6, $8)
      ON CONFLICT (owner, account) DO UPDATE SET cents = balances.cents + excluded.cents)
  INSERT INTO holdings VALUES ($1, $6, $7, $9)
    ON CONFLICT (owner, account, code) DO UPDATE SET quantity = holdings.quantity + excluded.quantity`;

/** Two ways of asking one instance: a transaction for each change, and one for so many of them. */
export async function startPostgresql(group: number): Promise<readonly Found[]> {
  const [initdb, program] = [findProgram("initdb"), findProgram("postgres")];
  if (initdb === undefined || program === undefined) return [{ name: NAME, missing: "postgresql is not installed" }];
  const user = userInstead(USER);
  const [port, folder] = [await freePort(), await temporaryFolder("postgresql", user)];
  const data = join(folder, "data");
  runProgram(initdb, ["-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale"], user);
  const args = ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", folder];
  // SIGINT ends it at once and in good order; SIGTERM would wait for its clients.
  const instance = Instance.start({ program, args, folder, user, signal: "SIGINT" });
  const socket = await signedIn(port);
  await socket.query(TABLES);
  const version = versionOf(program);
  return [
    { store: new Postgresql(socket, instance, { version, group: 1 }) },
    { store: new Postgresql(socket, instance, { version, group }) },
  ];
}

/** It listens before it lets anybody in. */
async function signedIn(port: number): Promise<PostgresSocket> {
  for (let attempt = 1; ; attempt++) {
    const socket = new PostgresSocket(await StoreSocket.open(port));
    try {
      await socket.signIn();
      return socket;
    } catch (error) {
      socket.close();
      if (attempt === ATTEMPTS) throw error;
      await wait(BETWEEN_ATTEMPTS_MS);
    }
  }
}

class Postgresql implements Store {
  readonly name: string;
  readonly remark: string;
  readonly #socket: PostgresSocket;
  readonly #instance: Instance;
  readonly #group: number;

  constructor(socket: PostgresSocket, instance: Instance, { version, group }: { version: string; group: number }) {
    this.name = `${NAME} ${version}, ${group === 1 ? "a transaction each" : `${group} in a transaction`}`;
    this.remark = `1 INSERT, 3 upserts, prepared; fsync and synchronous_commit on${group === 1 ? "" : "; all or nothing together"}`;
    this.#socket = socket;
    this.#instance = instance;
    this.#group = group;
  }

  apply(owner: string, changes: readonly Change[], window: number): Promise<number> {
    const statements = changes.map((change) => statement(owner, change));
    const queries: Buffer[] = [];
    for (let from = 0; from < statements.length; from += this.#group) {
      queries.push(queryMessage(statements.slice(from, from + this.#group).join(";")));
    }
    return this.#socket.pipelined(queries, Math.max(1, Math.floor(window / this.#group)));
  }

  async kept(owner: string): Promise<Kept> {
    const of = (table: string) => `(SELECT count(*) FROM ${table} WHERE owner = '${owner}')`;
    const [updates] = await this.#socket.query(`SELECT ${of("updates")}`);
    const [states] = await this.#socket.query(`SELECT ${of("orders")} + ${of("balances")} + ${of("holdings")}`);
    return { updates: Number(updates), states: Number(states) };
  }

  async dispose(): Promise<void> {
    this.#socket.close();
    await this.#instance.dispose();
  }
}

function statement(owner: string, change: Change): string {
  const { position, update, orderId, order, account, code, cents, quantity } = change;
  const texts = [update, orderId, order, account, code].map(quoted);
  return `EXECUTE change(${[quoted(owner), position, ...texts, cents, quantity].join(",")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function queryMessage(sql: string): Buffer {
  return messageOf("Q", Buffer.from(`${sql}\0`));
}

function messageOf(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(type.length + 4);
  head.write(type, "latin1");
  head.writeUInt32BE(content.length + 4, type.length);
  return Buffer.concat([head, content]);
}

/** As much of protocol 3 as simple queries need. They may be sent before the ones before are answered. */
class PostgresSocket {
  readonly #socket: StoreSocket;

  constructor(socket: StoreSocket) {
    this.#socket = socket;
  }

  async signIn(): Promise<void> {
    const version = Buffer.alloc(4);
    version.writeUInt32BE(PROTOCOL_VERSION);
    await this.#pipelined([messageOf("", Buffer.concat([version, Buffer.from(`user\0${USER}\0\0`)]))], 1);
  }

  pipelined(queries: readonly Buffer[], window: number): Promise<number> {
    return this.#pipelined(queries, window);
  }

  /** The first column of each row, as text. */
  async query(sql: string): Promise<string[]> {
    const rows: string[] = [];
    await this.#pipelined([queryMessage(sql)], 1, (row) => rows.push(row.toString("utf8", ROW_HEAD_BYTES)));
    return rows;
  }

  close(): void {
    this.#socket.close();
  }

  #pipelined(messages: readonly Buffer[], window: number, onRow?: (row: Buffer) => void): Promise<number> {
    const pipeline = new Pipeline(messages.length, window, (from, to) =>
      this.#socket.send(Buffer.concat(messages.slice(from, to))),
    );
    const onMessage = (type: string, content: Buffer) => {
      if (type === ERROR) pipeline.failed(new StoreFailed(content.toString("utf8").replaceAll("\0", " ")));
      else if (type === READY) pipeline.answered(1);
      else if (type === DATA_ROW) onRow?.(content);
    };
    this.#socket.listen({ onBytes: messagesIn(onMessage), onFailure: (error) => pipeline.failed(error) });
    return pipeline.run();
  }
}

/** Cuts what comes into messages: a letter, the length of what follows with itself, the content. */
function messagesIn(onMessage: (type: string, content: Buffer) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= HEAD_BYTES) {
      const end = 1 + rest.readUInt32BE(1);
      if (rest.length < end) return;
      const content = rest.subarray(HEAD_BYTES, end);
      const type = rest.toString("latin1", 0, 1);
      rest = rest.subarray(end);
      onMessage(type, content);
    }
  };
}
