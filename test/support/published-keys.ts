/** An issuer under a test's control: what it publishes, how often it is asked, and what it signs. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from "jose";

/** A key by which tokens are signed, and what is published of it. */
export interface SigningKey {
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly published: JWK;
}

/** Makes a key; the other things that are published of it, such as its `kid`, are given. */
export async function makeSigningKey(published: Partial<JWK> = {}, algorithm = "ES256"): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { algorithm, privateKey, published: { ...(await exportJWK(publicKey)), ...published } };
}

/** Answers one question to the issuer. */
export type Answer = (response: ServerResponse) => void;

/** Answers with JSON. */
export function json(content: unknown): Answer {
  return (response) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(content));
}

/** Answers with a status and nothing else. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => response.writeHead(code, headers).end();
}

const CONFIGURATION = "/.well-known/openid-configuration";
const KEYS = "/keys";

export class PublishedKeys {
  readonly url: string;
  readonly keysUrl: string;
  /** The paths that were asked for. */
  readonly asked: string[] = [];
  /** What it answers, by path. What is not in it is answered 404. */
  readonly answers = new Map<string, Answer>();
  readonly #server: Server;

  private constructor(server: Server, origin: string, path: string) {
    this.#server = server;
    this.url = origin + path;
    this.keysUrl = origin + KEYS;
    this.answers.set(path.replace(/\/$/, "") + CONFIGURATION, json({ issuer: this.url, jwks_uri: this.keysUrl }));
  }

  /** Serves on a free port; its issuer may have a path. */
  static async start(path = ""): Promise<PublishedKeys> {
    const server = createServer((request, response) => issuer.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const issuer = new PublishedKeys(server, `http://127.0.0.1:${port}`, path);
    return issuer;
  }

  /** Publishes these keys and no others. */
  publish(...keys: readonly SigningKey[]): void {
    this.answers.set(KEYS, json({ keys: keys.map(({ published }) => published) }));
  }

  /** How often its keys were asked for. */
  get keysAsked(): number {
    return this.asked.filter((path) => path === KEYS).length;
  }

  /** How often its configuration was asked for. */
  get configurationAsked(): number {
    return this.asked.filter((path) => path.endsWith(CONFIGURATION)).length;
  }

  /** A token of alice for the audience `oms`, valid for an hour, with other claims laid over. */
  token(key: SigningKey, claims: object = {}, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
    const exp = Math.floor(Date.now() / 1000) + 3600;
    const { kid } = key.published;
    return new SignJWT({ iss: this.url, aud: "oms", sub: "alice", exp, ...claims })
      .setProtectedHeader({ alg: key.algorithm, ...(kid !== undefined && { kid }), ...header })
      .sign(key.privateKey);
  }

  /** Breaks off all that it is being asked. */
  disconnect(): void {
    this.#server.closeAllConnections();
  }

  stop(): Promise<void> {
    this.disconnect();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "";
    this.asked.push(path);
    const answer = this.answers.get(path) ?? status(404);
    answer(response);
  }
}
