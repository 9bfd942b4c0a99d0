/**
 * The identities of an installation that is being claimed. While the secret OMS_BOOTSTRAP_SECRET is set, tokens signed
 * with it (HS256) are accepted. Their claims `owners`, `features`, `feeds` and `exchanges` are what they permit, `sub`
 * or `client_id` who it is.
 */

import { type JWTPayload, jwtVerify } from "jose";
import { BOOTSTRAP_SOURCE } from "../domain/identity-sources.ts";
import { tell } from "../operations/log.ts";
import { Refusal } from "../protocol/errors.ts";
import { isReadableText } from "../protocol/fields.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Permissions } from "../protocol/messages/index.ts";
import { isFeedName, isOwnerId } from "../protocol/names.ts";
import type { Caller, Environment } from "./environment.ts";
import { claimsIfVerified, client, expiry, user } from "./token-claims.ts";

/** The algorithm of bootstrap tokens, and of no others. */
export const BOOTSTRAP_ALGORITHM = "HS256";

type Secret = Pick<Environment, "OMS_BOOTSTRAP_SECRET">;

/** Why the secret lets nobody in, if that is so. One that can be guessed would let everybody in. */
export function secretProblem({ OMS_BOOTSTRAP_SECRET: secret = "" }: Secret): string | undefined {
  if (secret === "") return "OMS_BOOTSTRAP_SECRET is not set";
  return isTooShort(secret) ? `OMS_BOOTSTRAP_SECRET has less than ${LIMITS.SECRET_BYTES} bytes` : undefined;
}

/** Why nobody can be let in, if that is so, when so many identity sources are registered. */
export function misconfiguration(environment: Secret, sources: number): string | undefined {
  const problem = secretProblem(environment);
  return problem === undefined || sources > 0 ? undefined : `${problem}, and no identity source is defined`;
}

/**
 * Who bears a token signed with the secret. Throws Refusal `Unauthenticated`, or `Unhealthy` when the secret is too
 * short for anybody to be let in by it.
 */
export async function bootstrapCaller(token: string, secret: string): Promise<Caller> {
  if (isTooShort(secret)) {
    tell("error", "misconfigured", { problem: secretProblem({ OMS_BOOTSTRAP_SECRET: secret }) ?? "" });
    throw new Refusal("Unhealthy");
  }
  const claims = await claimsIfVerified(
    jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: [BOOTSTRAP_ALGORITHM],
      clockTolerance: LIMITS.CLOCK_SKEW_SECONDS,
    }),
  );
  if (claims === undefined) throw new Refusal("Unauthenticated");
  return callerOf(claims);
}

function isTooShort(secret: string): boolean {
  return new TextEncoder().encode(secret).length < LIMITS.SECRET_BYTES;
}

/** What the claims of a verified token permit. Throws Refusal `Unauthenticated` when one is not as it must be. */
function callerOf(claims: JWTPayload): Caller {
  const { sub, client_id: clientId, exp, owners, exchanges, features, feeds } = claims;
  const permissions: Permissions = {
    ...(sub === undefined ? client(clientId) : user(sub)),
    Source: BOOTSTRAP_SOURCE,
    Owners: readList(owners, isOwnerId),
    Exchanges: readList(exchanges, isReadableText),
    Features: readList(features, isReadableText),
    Feeds: readList(feeds, isFeedName),
  };
  return { permissions, ...(exp !== undefined && { expires: expiry(exp) }) };
}

/** A list without repetitions; undefined when it is empty, as a normalised message has it. */
function readList(claim: unknown, isValid: (item: string) => boolean): string[] | undefined {
  if (claim === undefined) return undefined;
  if (!Array.isArray(claim)) throw new Refusal("Unauthenticated");
  const items = new Set<string>();
  for (const item of claim) {
    if (typeof item !== "string" || item === "" || !isValid(item)) throw new Refusal("Unauthenticated");
    items.add(item);
  }
  return items.size === 0 ? undefined : [...items];
}
