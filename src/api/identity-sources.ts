/** Tokens of registered identity sources: which of them are accepted, and who they say bears them. */

import { decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { BOOTSTRAP_SOURCE } from "../domain/identity-sources.ts";
import { tell } from "../operations/log.ts";
import { decode, readJson } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { IdentitySource } from "../protocol/messages/index.ts";
import type { TokenSource } from "./issuer-keys.ts";
import { claimsIfVerified, client, expiry, type Named, user } from "./token-claims.ts";

/** The algorithms by which an issuer may sign. With none of them can its public key be taken for a secret. */
export const SIGNING_ALGORITHMS: readonly string[] = [
  ...["RS256", "RS384", "RS512"],
  ...["PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512"],
  ...["EdDSA", "Ed25519"],
];

/** Who bears a token, by the word of an identity source. */
export interface Identified {
  readonly named: Named;
  /** The source's code. */
  readonly source: string;
  /** When the token expires, in seconds since 1970. */
  readonly expires: number;
}

/**
 * The sources that a JSON array of IdentitySource defines, in order of their codes. One by which no token could be
 * verified is left out: it must not lock out those of the others.
 */
export function readSources(json: string): readonly TokenSource[] {
  const list = readJson(json);
  if (!Array.isArray(list)) throw new Error("the identity sources are not a list");
  return list
    .map(readSource)
    .filter((source) => source !== undefined)
    .sort((left, right) => (left.code < right.code ? -1 : 1));
}

function readSource(json: unknown): TokenSource | undefined {
  const { Code: code = "", Authentication, Parameters = {} } = decodeSource(json);
  const { Issuer: issuer = "", Audience: audience = "", JwksUri: jwksUri = "" } = Parameters;
  const isUsable = Authentication === "IdentityAuthentication_JWT" && issuer !== "" && audience !== "";
  if (!isUsable || code === "" || code === BOOTSTRAP_SOURCE) {
    tell("warn", "misconfigured", {
      problem: `tokens of the identity source ${code} cannot be verified as it is defined`,
    });
    return undefined;
  }
  return { code, issuer, audience, ...(jwksUri !== "" && { jwksUri }) };
}

function decodeSource(json: unknown): IdentitySource {
  try {
    return decode(IdentitySource, json);
  } catch (error) {
    if (error instanceof Refusal) return {};
    throw error;
  }
}

/**
 * Who bears a token: by the word of the first source that verifies it, of those with its issuer and one of its
 * audiences. Throws Refusal `Unauthenticated`, or `Retry` when none verifies it and the keys of one cannot be had.
 */
export async function identify(
  token: string,
  sources: readonly TokenSource[],
  keysOf: (source: TokenSource) => JWTVerifyGetKey,
): Promise<Identified> {
  const { iss, aud } = unverifiedClaims(token);
  const candidates = sources.filter(({ issuer, audience }) => issuer === iss && isFor(aud, audience));
  let refusal = new Refusal("Unauthenticated");
  for (const source of candidates) {
    try {
      const claims = await verifiedBy(source, token, keysOf(source));
      if (claims !== undefined) return { named: nameIn(claims), source: source.code, expires: expiry(claims.exp) };
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "Retry")) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function verifiedBy(source: TokenSource, token: string, keys: JWTVerifyGetKey): Promise<JWTPayload | undefined> {
  const verification = jwtVerify(token, keys, {
    algorithms: [...SIGNING_ALGORITHMS],
    issuer: source.issuer,
    audience: source.audience,
    clockTolerance: LIMITS.CLOCK_SKEW_SECONDS,
    requiredClaims: ["exp"],
  });
  return claimsIfVerified(verification);
}

/** What a token says of itself. It is good for finding who could verify it, and for nothing else. */
function unverifiedClaims(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw new Refusal("Unauthenticated");
  }
}

function isFor(audiences: unknown, audience: string): boolean {
  return Array.isArray(audiences) ? audiences.includes(audience) : audiences === audience;
}

/** A client that acts for itself has either no subject or itself as the subject (RFC 9068, section 2.2). */
function nameIn({ sub, client_id: clientId }: JWTPayload): Named {
  return sub === undefined || sub === clientId ? client(clientId) : user(sub);
}
