/** What every token must say properly, whoever signed it. */

import { decodeProtectedHeader, errors, type JWTPayload } from "jose";
import { errorFields, tell } from "../operations/log.ts";
import { Refusal } from "../protocol/errors.ts";
import { isReadableText } from "../protocol/fields.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { IdentityType } from "../protocol/messages/index.ts";

/** The last second of which a clock can tell. */
const LAST_SECOND = 8_640_000_000_000;

/** Who a token speaks of. */
export interface Named {
  readonly Type: IdentityType;
  /** `User:<sub>` or `Client:<client_id>`. */
  readonly Identity: string;
}

/** A person. Throws Refusal `Unauthenticated` when the claim is no name. */
export function user(subject: unknown): Named {
  return { Type: "IdentityType_Operator", Identity: named("User:", subject) };
}

/** A program. Throws Refusal `Unauthenticated` when the claim is no name. */
export function client(clientId: unknown): Named {
  return { Type: "IdentityType_Service", Identity: named("Client:", clientId) };
}

function named(prefix: string, claim: unknown): string {
  if (typeof claim !== "string" || claim === "" || !isReadableText(claim)) throw new Refusal("Unauthenticated");
  const identity = prefix + claim;
  if (identity.length > LIMITS.ID_CHARACTERS) throw new Refusal("Unauthenticated");
  return identity;
}

/** When a token expires, in seconds since 1970. Throws Refusal `Unauthenticated` when the claim is no time. */
export function expiry(claim: unknown): number {
  if (typeof claim !== "number" || !(claim >= 0 && claim <= LAST_SECOND)) throw new Refusal("Unauthenticated");
  return claim;
}

/** The algorithm that a token claims to be signed by. Throws Refusal `Unauthenticated` when it is no token. */
export function claimedAlgorithm(token: string): string {
  try {
    return decodeProtectedHeader(token).alg ?? "";
  } catch {
    throw new Refusal("Unauthenticated");
  }
}

/**
 * The claims that a verification gives; undefined when it fails. Refusals are thrown on. What may not be the token's
 * fault, such as a key that is too weak to be used, is logged: the token is not verified all the same.
 */
export async function claimsIfVerified(
  verification: Promise<{ readonly payload: JWTPayload }>,
): Promise<JWTPayload | undefined> {
  try {
    return (await verification).payload;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (!(error instanceof errors.JOSEError)) tell("error", "failure", errorFields(error));
    return undefined;
  }
}
