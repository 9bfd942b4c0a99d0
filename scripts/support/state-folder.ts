/**
 * The folder that holds a server's data belongs to one server at a time. Two on the same files would each believe in
 * its own memory, and money would be booked against a state that is not there.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The folder is in use by another server; the message says by which process. */
export class StateInUse extends Error {
  override readonly name = "StateInUse";
}

/**
 * A lock that the operating system releases with the process, however it ends. It also remembers the runtime that the
 * server started, because that one survives a `kill -9` of its parent, and goes on writing.
 */
export class StateFolder {
  readonly path: string;
  readonly #lock: DatabaseSync;

  /** Claims a folder, made if there is none. Throws StateInUse. */
  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true });
    this.#lock = new DatabaseSync(join(path, "lock.sqlite"));
    try {
      this.#lock.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
      this.#lock.exec("CREATE TABLE IF NOT EXISTS runtime (pid INTEGER PRIMARY KEY, command TEXT NOT NULL) STRICT");
      this.#lock.exec("COMMIT");
    } catch {
      this.#lock.close();
      throw new StateInUse(`Another server is using ${path}.`);
    }
    const orphan = this.#orphan();
    if (orphan !== undefined) {
      this.#lock.close();
      throw new StateInUse(
        `The runtime of a server that was killed, process ${orphan}, is still using ${path}. End it first: kill -9 ${orphan}`,
      );
    }
  }

  /** Remembers the runtime that works in this folder from now on. */
  remember(runtimePid: number): void {
    this.#lock.exec("DELETE FROM runtime");
    this.#lock.prepare("INSERT INTO runtime VALUES (?, ?)").run(runtimePid, commandOf(runtimePid));
  }

  /** Gives the folder back, once the runtime has ended. */
  release(): void {
    this.#lock.exec("DELETE FROM runtime");
    this.#lock.close();
  }

  /** The remembered runtime, if that very process still lives. */
  #orphan(): number | undefined {
    const row = this.#lock.prepare("SELECT pid, command FROM runtime").get();
    if (row === undefined) return undefined;
    const pid = Number(row.pid);
    return row.command !== "" && commandOf(pid) === row.command ? pid : undefined;
  }
}

/** The command line of a process; empty when there is none, or nobody can say. */
function commandOf(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return "";
  }
}
