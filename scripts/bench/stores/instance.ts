/** A private instance of an installed store: its own folder, its own port on loopback, ended by its own process id. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { accessSync, chownSync, constants, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Disposable, untilTheEnd } from "../rig.ts";
import { StoreFailed } from "./store.ts";

/** Where Debian puts programs that are not on everybody's PATH. */
const FOLDERS = ["/usr/sbin", "/usr/local/sbin", ...postgresFolders()];
const PATIENCE_MS = 10_000;
/** How much of what a program says is told when it fails. */
const TOLD_CHARACTERS = 2_000;

/** The path of an installed program, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The newest version first. */
function postgresFolders(): readonly string[] {
  try {
    const versions = readdirSync("/usr/lib/postgresql").toSorted((left, right) => Number(right) - Number(left));
    return versions.map((version) => `/usr/lib/postgresql/${version}/bin`);
  } catch {
    return [];
  }
}

/** The first version number that a program says it has. */
export function versionOf(program: string): string {
  const said = execFileSync(program, ["--version"], { encoding: "utf8" });
  return /\d+(?:\.\d+)+/.exec(said)?.[0] ?? said.trim();
}

/** Another user to run as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** A program that refuses to be root runs as its package's own user; otherwise as whoever runs the benchmark. */
export function userInstead(name: string): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (kind: string) => Number(execFileSync("id", [kind, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

export async function temporaryFolder(name: string, user?: User): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `edge-oms-${name}-`));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

export interface InstanceOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Its own, removed when it has ended. */
  readonly folder: string;
  readonly user?: User | undefined;
  /** How it is told to end. */
  readonly signal?: NodeJS.Signals;
}

export class Instance implements Disposable {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #signal: NodeJS.Signals;
  readonly #ended: Promise<void>;

  private constructor(child: ChildProcess, folder: string, signal: NodeJS.Signals) {
    this.#child = child;
    this.#folder = folder;
    this.#signal = signal;
    this.#ended = new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
  }

  static start({ program, args, folder, user, signal = "SIGTERM" }: InstanceOptions): Instance {
    // Only what goes wrong is of interest, and then its connection breaks.
    const child = spawn(program, [...args], { cwd: folder, stdio: "ignore", ...user });
    const instance = new Instance(child, folder, signal);
    untilTheEnd(instance);
    return instance;
  }

  async dispose(): Promise<void> {
    this.#child.kill(this.#signal);
    const patience = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE_MS);
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.#ended;
    clearTimeout(patience);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end. Throws StoreFailed with what it said. */
export function runProgram(program: string, args: readonly string[], user?: User): void {
  try {
    execFileSync(program, [...args], { encoding: "utf8", stdio: "pipe", cwd: tmpdir(), ...user });
  } catch (error) {
    throw new StoreFailed(`${program}: ${error instanceof Error ? error.message.slice(0, TOLD_CHARACTERS) : error}`);
  }
}
