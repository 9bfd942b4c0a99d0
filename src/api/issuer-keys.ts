/** The keys by which issuers sign: where they are published, and as they were last read. */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { isTrustworthy } from "../domain/identity-sources.ts";
import { LIMITS } from "../protocol/limits.ts";
import { IssuerDocument, type KeepGoing } from "./issuer-document.ts";
import { Remembered } from "./remembered.ts";

/** Whose tokens are accepted: those of an issuer that are meant for an audience. */
export interface TokenSource {
  /** The identity source's code, which Permissions name. */
  readonly code: string;
  readonly issuer: string;
  readonly audience: string;
  /** Where its keys are; if it is left out, its OpenID configuration says where. */
  readonly jwksUri?: string;
}

/** The keys of all issuers that this isolate has to do with. */
export class IssuerKeys {
  readonly #configurations = new Remembered<IssuerDocument<string>>(LIMITS.ISSUERS_REMEMBERED);
  readonly #keySets = new Remembered<IssuerDocument<JWTVerifyGetKey>>(LIMITS.ISSUERS_REMEMBERED);

  /**
   * Finds the key of a source by which a token was signed. A key that is not known has the keys read again, but not
   * sooner than LIMITS.KEYS_COOLDOWN_MS after the last time. What it finds throws Refusal `Retry` when the keys cannot
   * be had, and an error of jose when no key fits, or when several do: a token must then name the one.
   */
  of(source: TokenSource, keepGoing: KeepGoing): JWTVerifyGetKey {
    return async (header, token) => {
      const published = await this.#publishedKeys(source, keepGoing);
      const keys = await published.current(keepGoing);
      try {
        return await keys(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
      const renewed = await published.renewed(keepGoing);
      return renewed(header, token);
    };
  }

  async #publishedKeys(source: TokenSource, keepGoing: KeepGoing): Promise<IssuerDocument<JWTVerifyGetKey>> {
    const address = source.jwksUri ?? (await this.#configuration(source.issuer).current(keepGoing));
    return rememberedIn(this.#keySets, address, () => new IssuerDocument(address, readKeySet));
  }

  #configuration(issuer: string): IssuerDocument<string> {
    const make = () => new IssuerDocument(configurationAddress(issuer), (json) => readKeysAddress(json, issuer));
    return rememberedIn(this.#configurations, issuer, make);
  }
}

function rememberedIn<Content>(memory: Remembered<Content>, name: string, make: () => Content): Content {
  const now = Date.now();
  const known = memory.get(name, now);
  if (known !== undefined) return known;
  const made = make();
  memory.set(name, made, now);
  return made;
}

/** Where an issuer publishes its OpenID configuration (OpenID Connect Discovery 1.0, section 4). */
export function configurationAddress(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/** Where an OpenID configuration says that the keys are. Throws when it is another issuer's. */
function readKeysAddress(json: unknown, issuer: string): string {
  if (!isObject(json)) throw new Error("not an OpenID configuration");
  if (json.issuer !== issuer) throw new Error("the OpenID configuration is another issuer's");
  const { jwks_uri: address } = json;
  if (typeof address !== "string" || !isTrustworthy(address))
    throw new Error("its jwks_uri is not an address of https");
  return address;
}

function readKeySet(json: unknown): JWTVerifyGetKey {
  if (!isKeySet(json)) throw new Error("not a JSON Web Key Set");
  return createLocalJWKSet(json);
}

function isKeySet(json: unknown): json is JSONWebKeySet {
  return isObject(json) && Array.isArray(json.keys) && json.keys.every(isObject);
}

function isObject(json: unknown): json is { readonly [name: string]: unknown } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
