/** Where the server is and who calls: from options, else from the environment. */
import { exec } from "node:child_process";
import { promisify } from "node:util";
import { UsageError } from "./usage.ts";

/** What the command line says of the connection. */
export interface ConnectionOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly "token-command"?: string | undefined;
  readonly owner?: string | undefined;
}

export interface Connection {
  readonly url: URL;
  /** Absent: the caller shows no token. */
  readonly token: string | (() => Promise<string>) | undefined;
  readonly owner: string | undefined;
}

export const DEFAULT_URL = "http://localhost:8787";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The connection that options and environment name; an option outweighs every variable, and a command outweighs a
 * token in the same place. Throws UsageError.
 */
export function connectionOf(options: ConnectionOptions, environment: Environment): Connection {
  const given = { token: options.token, command: options["token-command"] };
  const isGiven = given.token !== undefined || given.command !== undefined;
  const { token, command } = isGiven
    ? given
    : { token: environment.OMS_TOKEN || undefined, command: environment.OMS_TOKEN_COMMAND || undefined };
  return {
    url: urlOf(options.url ?? (environment.OMS_URL || DEFAULT_URL)),
    token: command === undefined ? token?.trim() : () => tokenFrom(command),
    owner: options.owner ?? (environment.OMS_OWNER || undefined),
  };
}

function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`'${text}' is not the address of a server, such as ${DEFAULT_URL}.`);
  }
  return url;
}

interface FailedCommand extends Error {
  readonly stderr?: string;
  readonly code?: number;
  readonly signal?: string;
}

/** Runs a command in the shell; what it prints is the token. Throws Error with what it said instead. */
async function tokenFrom(command: string): Promise<string> {
  const { stdout } = await promisify(exec)(command).catch((error: FailedCommand) => {
    const said = error.stderr?.trim() || `it ended with ${error.code ?? error.signal}`;
    throw new Error(`'${command}' failed: ${said}`);
  });
  const token = stdout.trim();
  if (/^\S+$/.test(token)) return token;
  throw new Error(`'${command}' printed no token.`);
}
