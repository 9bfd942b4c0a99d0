/** An installation without its objects: what its System would say is said by the test, and no Owner is asked. */
import { Hono } from "hono";
import { vi } from "vitest";
import { authorised, authorisedAll, authorisedSocket, requireStillPermitted } from "../../src/api/authentication.ts";
import type { Api, Environment } from "../../src/api/environment.ts";
import { answerError } from "../../src/api/refusals.ts";
import type { IdentitySource, Permissions } from "../../src/protocol/messages/index.ts";
import type { SystemRpc } from "../../src/system/rpc.ts";
import { PublishedKeys, type SigningKey } from "./published-keys.ts";

/** Answers a question that no test asks. */
function unasked(): never {
  throw new Error("asked what nobody should ask here");
}

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

export class Installation {
  readonly #app = this.#routes();
  /** What its identity sources are. */
  sources: readonly IdentitySource[] = [];
  /** Who may do what. */
  permissions: readonly Permissions[] = [];
  /** How often the System was asked for either. */
  readonly asked = { sources: 0, permissions: 0 };
  /** Whether the System answers. */
  isReachable = true;
  /** The secret, if it has one. */
  secret: string | undefined;
  /** What happens between a call's admission and its socket being open. */
  meanwhile: () => void = () => undefined;
  /** Work that goes on although a client may hang up. */
  readonly goingOn: Promise<unknown>[] = [];

  /** What the System says. */
  readonly system: Pick<SystemRpc, "sources" | "permissions"> = {
    sources: async () => {
      this.#beAsked("sources");
      return JSON.stringify(this.sources);
    },
    permissions: async (source, identity) => {
      this.#beAsked("permissions");
      const found = this.permissions.find(({ Source, Identity }) => Source === source && Identity === identity);
      return found && JSON.stringify(found);
    },
  };

  /** Asks with these headers. */
  async ask(path: string, headers: Record<string, string>): Promise<Answered & { readonly headers: Headers }> {
    const environment: Environment = {
      OWNERS: { idFromName: (name) => ({ name }), get: unasked, jurisdiction: unasked },
      SYSTEM: {
        idFromName: (name) => ({ name }),
        get: () => ({
          ...{ change: unasked, list: unasked, record: unasked, find: unasked, directory: unasked },
          ...{ audit: unasked, health: unasked, metrics: unasked },
          ...this.system,
        }),
      },
      ...(this.secret !== undefined && { OMS_BOOTSTRAP_SECRET: this.secret }),
    };
    const context = {
      waitUntil: (work: Promise<unknown>) => this.goingOn.push(work),
      passThroughOnException() {},
      props: {},
    };
    const response = await this.#app.request(path, { headers }, environment, context);
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  /** Asks with a bearer token. */
  async askWith(token: string, path = "/any"): Promise<Answered> {
    const { status, body } = await this.ask(path, { Authorization: `Bearer ${token}` });
    return { status, body };
  }

  #routes(): Hono<Api> {
    const app = new Hono<Api>();
    app.get("/any", authorised(), (call) => call.json(call.var.caller));
    app.get("/alter", authorised("Alter"), (call) => call.json(call.var.caller));
    app.get("/alter-or-audit", authorised("Alter", "Audit"), (call) => call.json(call.var.caller));
    app.get("/alter-and-admin", authorisedAll("Alter", "Admin"), (call) => call.json(call.var.caller));
    app.get("/socket", authorisedSocket(), (call) => call.json(call.var.caller));
    app.get("/opened", authorised(), async (call) => {
      this.meanwhile();
      await requireStillPermitted(call);
      return call.json(call.var.caller);
    });
    app.onError(answerError);
    return app;
  }

  #beAsked(what: "sources" | "permissions"): void {
    this.asked[what]++;
    if (!this.isReachable) throw new Error("Network connection lost.");
  }
}

/** An identity source of JWTs for the audience `oms`. */
export function sourceOf(
  issuer: string,
  parameters: Readonly<Record<string, string>> = {},
  code = "main",
): IdentitySource {
  return {
    Code: code,
    Authentication: "IdentityAuthentication_JWT",
    Parameters: { Issuer: issuer, Audience: "oms", ...parameters },
  };
}

const HOUR_MS = 3_600_000;
let hour = Date.parse("2030-01-01T00:00:00Z");

/**
 * Gives a test an hour of its own, in which only `passTime` lets time pass: nothing that was learnt in an earlier one
 * is remembered for so long.
 */
export function beginHour(): void {
  hour += HOUR_MS;
  vi.useFakeTimers({ toFake: ["Date"], now: hour });
}

/** Begins a test with an issuer that publishes a key, an installation that trusts it, and silence. */
export async function installationTrusting(
  key: SigningKey,
): Promise<{ readonly issuer: PublishedKeys; readonly installation: Installation }> {
  beginHour();
  for (const log of ["warn", "error"] as const) vi.spyOn(console, log).mockReturnValue();
  const issuer = await PublishedKeys.start();
  issuer.publish(key);
  const installation = new Installation();
  installation.sources = [sourceOf(issuer.url)];
  return { issuer, installation };
}

/** Ends such a test. */
export async function forget(issuer: PublishedKeys): Promise<void> {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await issuer.stop();
}

export function passTime(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
}

export const UNAUTHENTICATED = { status: 401, body: ["Unauthenticated"] };
export const RETRY = { status: 503, body: ["Retry"] };
