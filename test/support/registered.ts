/** An identity source inside workerd whose issuer is the test itself: it publishes its keys in place of the network. */
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import { vi } from "vitest";
import { ask } from "./api.ts";
import type { Claims } from "./token.ts";

const OPERATOR = { sub: "operator of the test", features: ["Admin"] };
const ALGORITHM = "ES256";
const KEY_ID = "first";

/** How a token is signed, where that is not as the issuer does it. */
export interface Signed extends Partial<JWTHeaderParameters> {
  readonly by?: CryptoKey;
}

export class RegisteredIssuer {
  readonly code: string;
  readonly url: string;
  readonly #publicKey: CryptoKey;
  readonly #privateKey: CryptoKey;
  /** One identity for each set of permissions: what isolates remember of it never grows old. */
  readonly #identities = new Map<string, Promise<string>>();

  private constructor(code: string, { publicKey, privateKey }: { publicKey: CryptoKey; privateKey: CryptoKey }) {
    this.code = code;
    this.url = `https://${code}.test`;
    this.#publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  /** Defines the source. To be done before any token of a source is shown: isolates remember which sources there are. */
  static async define(code: string): Promise<RegisteredIssuer> {
    const issuer = new RegisteredIssuer(code, await makeKey());
    const JwksUri = `${issuer.url}/keys`;
    const published = { keys: [{ ...(await exportJWK(issuer.#publicKey)), kid: KEY_ID }] };
    const others = globalThis.fetch;
    vi.stubGlobal("fetch", async (...asked: Parameters<typeof fetch>) =>
      asked[0] === JwksUri ? Response.json(published) : others(...asked),
    );
    const Parameters = { Issuer: issuer.url, Audience: "oms", JwksUri };
    await operate("/identity/source", { Code: code, Authentication: "JWT", Parameters });
    return issuer;
  }

  /** Gives an identity permissions, in place of those that it had. */
  async permit(Identity: string, { owners, exchanges, features, feeds }: Claims): Promise<void> {
    const may = { Owners: owners, Exchanges: exchanges, Features: features, Feeds: feeds };
    await operate("/identity", { Source: this.code, Identity, ...may });
  }

  /** A token of an identity that has the permissions which the claims speak of, with the other claims laid over. */
  async tokenFor({ owners, exchanges, features, feeds, ...others }: Claims): Promise<string> {
    const permissions = { owners, exchanges, features, feeds };
    const name = JSON.stringify(permissions);
    const subject = this.#identities.get(name) ?? this.#identityWith(permissions);
    this.#identities.set(name, subject);
    return this.sign({ sub: await subject, ...others });
  }

  /** A token that says so, valid for an hour unless it says otherwise. */
  sign(claims: Claims, { by = this.#privateKey, ...header }: Signed = {}): Promise<string> {
    const exp = Math.floor(Date.now() / 1000) + 3600;
    return new SignJWT({ iss: this.url, aud: "oms", exp, ...claims })
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, ...header })
      .sign(by);
  }

  /** Its public key, as it may be mistaken for a secret. */
  publicText(): Promise<string> {
    return exportSPKI(this.#publicKey);
  }

  async #identityWith(permissions: Claims): Promise<string> {
    const subject = `number ${this.#identities.size}`;
    await this.permit(`User:${subject}`, permissions);
    return subject;
  }
}

/** A pair of keys that nobody publishes. */
export function makeKey(): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }> {
  return generateKeyPair(ALGORITHM, { extractable: true });
}

async function operate(path: string, body: object): Promise<void> {
  const answer = await ask("POST", path, { claims: OPERATOR, body: JSON.stringify(body) });
  if (answer.status !== 204) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}
