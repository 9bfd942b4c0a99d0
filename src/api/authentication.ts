/**
 * Who asks. A bearer token is a JWT of a registered identity source, whose Permissions the System keeps, or, while the
 * installation has a secret, one that is signed with it.
 */
import type { MiddlewareHandler } from "hono";
import { BOOTSTRAP_SOURCE } from "../domain/identity-sources.ts";
import { type Feature, hasFeature, hasOneOf } from "../domain/permissions.ts";
import { sameContent } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { BOOTSTRAP_ALGORITHM, bootstrapCaller } from "./bootstrap-identity.ts";
import { Callers } from "./callers.ts";
import type { Api, Call, Caller } from "./environment.ts";
import { type Identified, identify, SIGNING_ALGORITHMS } from "./identity-sources.ts";
import { IssuerKeys, type TokenSource } from "./issuer-keys.ts";
import { systemStub } from "./system.ts";
import { claimedAlgorithm } from "./token-claims.ts";

/** The subprotocol of a streaming socket, which is what the server answers when it is offered. */
export const SOCKET_PROTOCOL = "oms.v1";
/** What a token begins with when it is offered as a subprotocol, because a browser cannot set headers on a socket. */
export const TOKEN_PROTOCOL = "bearer.";
const AUTHORIZATION = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;

// What this isolate knows, whichever call it learnt it for.
const callers = new Callers();
const issuerKeys = new IssuerKeys();

/** Lets a call through when it bears a valid token and, if features are given, one that has at least one of them. */
export function authorised(...features: readonly Feature[]): MiddlewareHandler<Api> {
  return async (call, next) => {
    await admit(call, bearerToken(call), features);
    await next();
  };
}

/** Lets a call through when it bears a valid token that has every one of these features. */
export function authorisedAll(...features: readonly Feature[]): MiddlewareHandler<Api> {
  return async (call, next) => {
    await admit(call, bearerToken(call), []);
    const { permissions } = call.var.caller;
    if (!features.every((feature) => hasFeature(permissions, feature))) throw new Refusal("Authority");
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

/**
 * Verifies the call's token and keeps who it is. Throws Refusal `Unauthenticated` or `Authority`, `Retry` when the
 * issuer's keys cannot be had, or whatever asking the System throws.
 */
export async function admit(call: Call, token: string | undefined, features: readonly Feature[]): Promise<void> {
  const caller = await callerWith(call, token);
  call.set("caller", caller);
  if (!hasOneOf(caller.permissions, features)) throw new Refusal("Authority");
}

/**
 * Throws Refusal `Retry` unless the System says now what the call was admitted by, which may be some seconds old, and
 * `Unauthenticated` unless the token is one of the sources that there are now. To be asked once a socket is open: later
 * changes reach the socket's Owner, and only those before it need asking for.
 */
export async function requireStillPermitted(call: Call): Promise<void> {
  const { permissions } = call.var.caller;
  if (permissions.Source === BOOTSTRAP_SOURCE) return;
  const system = systemStub(call);
  const token = bearerToken(call) ?? offeredToken(call) ?? "";
  const identified = await identifiedBy(call, token, await callers.sourcesNow(system));
  const present = await callers.permissionsNow(system, identified);
  if (!sameContent(present, permissions)) throw new Refusal("Retry");
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

async function callerWith(call: Call, token: string | undefined): Promise<Caller> {
  // What a token is made of takes a byte for each character.
  if (token === undefined || token.length > LIMITS.TOKEN_BYTES) throw new Refusal("Unauthenticated");
  const { OMS_BOOTSTRAP_SECRET: secret = "" } = call.env;
  const algorithm = claimedAlgorithm(token);
  if (secret !== "" && algorithm === BOOTSTRAP_ALGORITHM) return bootstrapCaller(token, secret);
  if (!SIGNING_ALGORITHMS.includes(algorithm)) throw new Refusal("Unauthenticated");
  return registeredCaller(call, token);
}

async function registeredCaller(call: Call, token: string): Promise<Caller> {
  const system = systemStub(call);
  const identified = await identifiedBy(call, token, await callers.sources(system));
  return { permissions: await callers.permissions(system, identified), expires: identified.expires };
}

function identifiedBy(call: Call, token: string, sources: readonly TokenSource[]): Promise<Identified> {
  const keepGoing = (work: Promise<unknown>) => call.executionCtx.waitUntil(work);
  return identify(token, sources, (source) => issuerKeys.of(source, keepGoing));
}
