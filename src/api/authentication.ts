/**
 * Who asks. A bearer token is a JWT; while the secret OMS_BOOTSTRAP_SECRET is set, those signed with it (HS256) are
 * accepted. Its claims `owners`, `features`, `feeds` and `exchanges` are what it permits, `sub` or `client_id` who it is.
 */
import type { MiddlewareHandler } from "hono";
import { errors, type JWTPayload, jwtVerify } from "jose";
import { Refusal } from "../protocol/errors.ts";
import { isReadableText } from "../protocol/fields.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Permissions } from "../protocol/messages/index.ts";
import { isFeedName, isOwnerId } from "../protocol/names.ts";
import type { Api, Call, Caller, Environment } from "./environment.ts";
import { type Feature, hasOneOf } from "./permissions.ts";

/** The subprotocol of a streaming socket, which is what the server answers when it is offered. */
export const SOCKET_PROTOCOL = "oms.v1";
/** What a token begins with when it is offered as a subprotocol, because a browser cannot set headers on a socket. */
const TOKEN_PROTOCOL = "bearer.";
const BOOTSTRAP_SOURCE = "bootstrap";
const AUTHORIZATION = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;

/** Lets a call through when it bears a valid token and, if features are given, one that has at least one of them. */
export function authorised(...features: readonly Feature[]): MiddlewareHandler<Api> {
  return async (call, next) => {
    await admit(call, bearerToken(call), features);
    await next();
  };
}

/** As `authorised`, for a call that may offer its token as a WebSocket subprotocol. */
export function authorisedSocket(): MiddlewareHandler<Api> {
  return async (call, next) => {
    await admit(call, bearerToken(call) ?? offeredToken(call), []);
    await next();
  };
}

/** Verifies the call's token and keeps who it is. Throws Refusal `Unauthenticated` or `Authority`. */
export async function admit(call: Call, token: string | undefined, features: readonly Feature[]): Promise<void> {
  const caller = await verify(token, call.env);
  call.set("caller", caller);
  if (!hasOneOf(caller.permissions, features)) throw new Refusal("Authority");
}

/** The token of the Authorization header, if there is one of the kind. */
export function bearerToken(call: Call): string | undefined {
  return AUTHORIZATION.exec(call.req.header("Authorization") ?? "")?.[1];
}

/** The subprotocols that the client offers for a socket. */
export function offeredProtocols(call: Call): readonly string[] {
  const offered = call.req.header("Sec-WebSocket-Protocol");
  return offered === undefined ? [] : offered.split(",").map((protocol) => protocol.trim());
}

function offeredToken(call: Call): string | undefined {
  return offeredProtocols(call)
    .find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))
    ?.slice(TOKEN_PROTOCOL.length);
}

/** Why nobody can be let in, if that is so. A secret that can be guessed would let everybody in. */
export function misconfiguration({ OMS_BOOTSTRAP_SECRET: secret = "" }: Environment): string | undefined {
  if (secret === "") return "OMS_BOOTSTRAP_SECRET is not set";
  return new TextEncoder().encode(secret).length < LIMITS.SECRET_BYTES
    ? `OMS_BOOTSTRAP_SECRET has less than ${LIMITS.SECRET_BYTES} bytes`
    : undefined;
}

async function verify(token: string | undefined, environment: Environment): Promise<Caller> {
  const { OMS_BOOTSTRAP_SECRET: secret = "" } = environment;
  if (secret !== "" && misconfiguration(environment) !== undefined) {
    console.error(misconfiguration(environment));
    throw new Refusal("Unhealthy");
  }
  if (token === undefined || secret === "") throw new Refusal("Unauthenticated");
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ["HS256"] });
    return callerOf(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new Refusal("Unauthenticated");
    throw error;
  }
}

/** What the claims of a verified token permit. Throws Refusal `Unauthenticated` when one is not as it must be. */
function callerOf(claims: JWTPayload): Caller {
  const { sub, client_id: clientId, exp, owners, exchanges, features, feeds } = claims;
  const identity: Permissions =
    sub === undefined
      ? { Type: "IdentityType_Service", Identity: `Client:${readName(clientId)}` }
      : { Type: "IdentityType_Operator", Identity: `User:${readName(sub)}` };
  const permissions: Permissions = {
    ...identity,
    Source: BOOTSTRAP_SOURCE,
    Owners: readList(owners, isOwnerId),
    Exchanges: readList(exchanges, isReadableText),
    Features: readList(features, isReadableText),
    Feeds: readList(feeds, isFeedName),
  };
  return { permissions, ...(exp !== undefined && { expires: exp }) };
}

function readName(claim: unknown): string {
  if (typeof claim !== "string" || claim === "" || !isReadableText(claim)) throw new Refusal("Unauthenticated");
  return claim;
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
