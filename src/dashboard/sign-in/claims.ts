/** What a bearer token says of itself. The server alone judges it; this is for who reads the page. */

/** What a token says of itself. The server alone judges it; this is for the reader. */
export interface TokenClaims {
  /** Who it lets in. */
  readonly identity: string | undefined;
  /** When it expires, in milliseconds since 1970; undefined when it does not say. */
  readonly expires: number | undefined;
}

/** Why a text is no token at all, before any server is asked. */
export type TokenProblem = "not a token" | "expired";

/** What a token says; undefined when it is not one (JWT). */
export function claimsOf(token: string): TokenClaims | undefined {
  const [, payload, signature, ...more] = token.split(".");
  if (payload === undefined || signature === undefined || signature === "" || more.length > 0) return undefined;
  try {
    const json = new TextDecoder().decode(
      Uint8Array.from(atob(unescapedBase64(payload)), (each) => each.charCodeAt(0)),
    );
    const claims: unknown = JSON.parse(json);
    if (typeof claims !== "object" || claims === null) return undefined;
    const subject: unknown = Reflect.get(claims, "sub") ?? Reflect.get(claims, "client_id");
    const expires: unknown = Reflect.get(claims, "exp");
    return {
      identity: typeof subject === "string" ? subject : undefined,
      expires: typeof expires === "number" ? expires * 1000 : undefined,
    };
  } catch {
    return undefined;
  }
}

/** What is wrong with a token at a time; undefined when the server is worth asking. */
export function problemWith(token: string, now: number): TokenProblem | undefined {
  const claims = claimsOf(token);
  if (claims === undefined) return "not a token";
  return claims.expires !== undefined && claims.expires <= now ? "expired" : undefined;
}

/** A token as it was pasted, without what surrounds it in a header or a link. */
export function pastedToken(text: string): string {
  return text
    .trim()
    .replace(/^(?:Authorization:\s*)?Bearer\s+/i, "")
    .replace(/^.*#token=/, "");
}

function unescapedBase64(text: string): string {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}
