/** Calls a running server with whatever bytes there are, and holds every answer to what all answers must be. */
import { expect } from "vitest";
import { signToken } from "../../scripts/support/bootstrap-token.ts";
import { defineOwner } from "../../scripts/support/owners.ts";
import { FEATURES } from "../../src/domain/permissions.ts";
import { codeOf, ERRORS, type ErrorText } from "../../src/protocol/errors.ts";
import { type RunningServer, SECRET } from "../e2e/support.ts";

/** The feeds that hostile adapters may supply. */
export const FEEDS = Array.from({ length: 100 }, (_, index) => `asx${index}`);

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly text: string;
  /** What was refused; empty for a success. */
  readonly codes: readonly string[];
}

export class Caller {
  readonly url: URL;
  readonly token: string;

  private constructor(url: URL, token: string) {
    this.url = url;
    this.token = token;
  }

  /** One who may do everything with every Owner; some are defined first. */
  static async of({ server: { url } }: RunningServer, ...owners: readonly string[]): Promise<Caller> {
    for (const owner of owners) await defineOwner(url, SECRET, owner);
    const token = await signToken(SECRET, { identity: "hostile", features: FEATURES, feeds: FEEDS });
    return new Caller(url, token);
  }

  /** Makes a call; what it means is a parameter so that a failure shows it. */
  async call({ method, path, body, headers }: Call): Promise<Told> {
    const answer = await fetch(this.url.origin + path, {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    const text = await answer.text();
    const what = () => `${method} ${path.slice(0, 300)} ${shown(body)} → ${answer.status} ${text.slice(0, 300)}`;
    expect(answer.status, what()).not.toBe(500);
    if (answer.status < 400) return { status: answer.status, text, codes: [] };
    const codes = codesOf(text);
    expect(codes.length, what()).toBeGreaterThan(0);
    for (const code of codes) {
      expect(ERRORS, what()).toHaveProperty([codeOf(code)]);
      expect(codeOf(code), what()).not.toBe("Internal");
      // A retry later may be asked for; that it cannot be done ever is not said so.
      if (answer.status >= 500) expect(ERRORS[codeOf(code)].retryable, what()).toBe(true);
    }
    return { status: answer.status, text, codes };
  }

  /** Reads JSON. Throws when it is refused. */
  async read(path: string): Promise<unknown> {
    const { status, text } = await this.call({ method: "GET", path });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  /** All that was ever recorded of an Owner, and all that it holds: what was refused must not have changed it. */
  async everythingOf(owner: string): Promise<readonly unknown[]> {
    const paths = [
      `/audit/fromdate?from=2000-01-01&owner=${owner}`,
      "/audit/system",
      `/account/byid/${owner}`,
      `/balance/for/${owner}`,
      `/holding/for/${owner}`,
      `/order/for/${owner}`,
      `/request/for/${owner}`,
    ];
    return await Promise.all(paths.map((path) => this.read(path)));
  }

  /** An Owner goes on: it takes a transfer, shows it, and its log is whole. */
  async expectAlive(owner: string, id: string): Promise<void> {
    const body = JSON.stringify({
      Transaction: { TransactionID: id, Account: { AccountID: id, OwnerID: owner } },
      Transfer: { Currency: "AUD", Value: 7 },
    });
    expect(await this.call({ method: "POST", path: "/balance", body })).toMatchObject({ status: 204 });
    expect(await this.read(`/balance/for/${owner}/${id}`)).toMatchObject([{ Currency: "AUD", Balance: 7 }]);
    expect(await this.read(`/audit/verify?owner=${owner}`)).toMatchObject({ Broken: null });
  }
}

/** A refusal is a list of codes out of the closed set. */
export function codesOf(text: string): readonly ErrorText[] {
  const codes: unknown = JSON.parse(text);
  if (!Array.isArray(codes)) throw new Error(`no list of codes: ${text.slice(0, 300)}`);
  return codes;
}

/** What stands behind the code: which field is meant. */
export function detailOf(code: string): string {
  const space = code.indexOf(" ");
  return space < 0 ? "" : code.slice(space + 1);
}

/** What was sent, as a failure shows it: bytes that are no text in hexadecimal. */
export function shown(sent: string | Uint8Array | undefined): string {
  if (sent === undefined) return "";
  const whole = typeof sent === "string" ? sent : `bytes ${Buffer.from(sent).toString("hex")}`;
  return whole.length > 2000 ? `${whole.slice(0, 2000)}… (${whole.length})` : whole;
}
