/** Every kind of token that lets somebody in, and every one that must not. */
import { SignJWT } from "jose";
import { LIMITS } from "../../src/protocol/limits.ts";
import { makeKey, type RegisteredIssuer } from "../support/registered.ts";
import { type Claims, TEST_SECRET, tokenFor, unsignedToken } from "../support/token.ts";

/** Makes a token for somebody whom the claims permit. */
export type MakeToken = (issuer: RegisteredIssuer, claims: Claims) => Promise<string>;

export const GOOD_TOKENS: readonly (readonly [name: string, make: MakeToken])[] = [
  ["of the bootstrap secret", (_issuer, claims) => tokenFor(claims)],
  ["of an identity source", (issuer, claims) => issuer.tokenFor(claims)],
];

/** Seconds since 1970, so many from now. */
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const BEYOND_SKEW = LIMITS.CLOCK_SKEW_SECONDS + 5;

const bytes = (text: string) => new TextEncoder().encode(text);
const withHash = (claims: Claims, secret: string, alg: string) =>
  new SignJWT({ sub: "alice", ...claims }).setProtectedHeader({ alg }).sign(bytes(secret));

const OF_THE_SECRET: readonly (readonly [name: string, make: MakeToken])[] = [
  ["signed with another secret", (_issuer, claims) => tokenFor(claims, "x".repeat(40))],
  ["without a signature", async (_issuer, claims) => unsignedToken(claims)],
  ["that has expired", (_issuer, claims) => tokenFor({ ...claims, exp: inSeconds(-BEYOND_SKEW) })],
  ["that is not yet valid", (_issuer, claims) => tokenFor({ ...claims, nbf: inSeconds(BEYOND_SKEW) })],
  ["whose owners are no list", (_issuer, claims) => tokenFor({ ...claims, owners: "A" })],
  ["signed with the secret by another algorithm", (_issuer, claims) => withHash(claims, TEST_SECRET, "HS512")],
  ["of nobody", (_issuer, claims) => tokenFor({ ...claims, sub: "" })],
];

const OF_A_SOURCE: readonly (readonly [name: string, make: MakeToken])[] = [
  ["that has expired", (issuer, claims) => issuer.tokenFor({ ...claims, exp: inSeconds(-BEYOND_SKEW) })],
  ["that never expires", (issuer, claims) => issuer.tokenFor({ ...claims, exp: undefined })],
  ["that is not yet valid", (issuer, claims) => issuer.tokenFor({ ...claims, nbf: inSeconds(BEYOND_SKEW) })],
  ["for another audience", (issuer, claims) => issuer.tokenFor({ ...claims, aud: "another" })],
  ["for no audience", (issuer, claims) => issuer.tokenFor({ ...claims, aud: undefined })],
  ["of another issuer", (issuer, claims) => issuer.tokenFor({ ...claims, iss: "https://another.test" })],
  ["of nobody", (issuer) => issuer.sign({})],
  ["signed with another key", async (issuer) => issuer.sign({ sub: "number 0" }, { by: (await makeKey()).privateKey })],
  [
    "signed with another key of an unknown name",
    async (issuer) => issuer.sign({ sub: "number 0" }, { by: (await makeKey()).privateKey, kid: "second" }),
  ],
  [
    "without a signature",
    async (issuer) => unsignedToken({ sub: "number 0", iss: issuer.url, aud: "oms", exp: inSeconds(3600) }),
  ],
  [
    "signed with the public key as if it were a secret",
    async (issuer) =>
      withHash(
        { sub: "number 0", iss: issuer.url, aud: "oms", exp: inSeconds(3600) },
        await issuer.publicText(),
        "HS256",
      ),
  ],
];

/** All that is answered 401. */
export const BAD_TOKENS: readonly (readonly [name: string, make: MakeToken])[] = [
  ...OF_THE_SECRET.map(([name, make]) => [`of the bootstrap secret ${name}`, make] as const),
  ...OF_A_SOURCE.map(([name, make]) => [`of an identity source ${name}`, make] as const),
];
