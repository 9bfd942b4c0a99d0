/** Tokens for tests, signed as an installation signs them. */
import { type JWTPayload, SignJWT } from "jose";

/** The secret under which tests run the Worker. */
export const TEST_SECRET = "a secret that is known to every test";

/** What a token says. Owners, features, feeds and exchanges default to none, `sub` to alice. */
export interface Claims extends JWTPayload {
  readonly owners?: unknown;
  readonly features?: unknown;
  readonly feeds?: unknown;
  readonly exchanges?: unknown;
}

/** A signed token. */
export function tokenFor(claims: Claims, secret = TEST_SECRET): Promise<string> {
  return new SignJWT({ sub: "alice", ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
}

/** The claims under `alg: none`, without a signature. */
export function unsignedToken(claims: Claims): string {
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part({ sub: "alice", ...claims })}.`;
}

/** The headers of a call that bears a token. */
export async function bearing(claims: Claims): Promise<Record<string, string>> {
  return { Authorization: `Bearer ${await tokenFor(claims)}` };
}
