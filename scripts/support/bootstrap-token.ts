/** Tokens signed with the bootstrap secret: who carries one is what it says. */
import { SignJWT } from "jose";
import { FEATURES, type Feature } from "../../src/domain/permissions.ts";

export interface TokenClaims {
  /** Who it is: `sub`. */
  readonly identity: string;
  readonly owners?: readonly string[];
  readonly features?: readonly Feature[];
  readonly feeds?: readonly string[];
  readonly exchanges?: readonly string[];
  /** How long it is good for, as `30d`, `12h`, `15m`. */
  readonly expires?: string;
}

/** Signs a token with a secret. */
export function signToken(
  secret: string,
  { identity, owners = [], features = [], feeds = [], exchanges = [], expires = "1h" }: TokenClaims,
): Promise<string> {
  return new SignJWT({ owners, features, feeds, exchanges })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(identity)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));
}

export function isFeature(text: string): text is Feature {
  return FEATURES.some((feature) => feature === text);
}
