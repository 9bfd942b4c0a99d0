/** A real issuer of tokens on this machine: an OpenID provider that programs and people get their tokens from. */
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Configuration, type JWK } from "oidc-provider";

export interface IssuerOptions {
  /** Whom its tokens are meant for, unless a token is asked for another audience. */
  readonly audience: string;
  /** The ids of the programs that may have tokens. */
  readonly clients: readonly string[];
  /** By what it signs; ES256 unless said. */
  readonly algorithm?: "ES256" | "RS256";
  /** How long its tokens are valid, in seconds; an hour unless said. */
  readonly validSeconds?: number;
}

/** An issuer that serves. */
export interface Issuer {
  /** What its tokens call their issuer; its OpenID configuration is found below it. */
  readonly url: string;
  /** Where its public keys are. */
  readonly jwksUri: string;
  /** A token that a program gets for itself (client credentials). */
  tokenOfClient(id: string, audience?: string): Promise<string>;
  /** A token that a person gets who signs in (authorization code with PKCE). */
  tokenOfUser(subject: string, audience?: string): Promise<string>;
  /** From now on it signs with new keys, and publishes no others. */
  rotateKeys(): Promise<void>;
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
/** The program through which people sign in. Nothing listens there: the code is taken from the redirect. */
const FRONT_END = { id: "front-end", redirect: "https://front-end.invalid/signed-in" };
const RESOURCE = "urn:audience:";
const SCOPE = "oms";

/** Starts an issuer on a free port. */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://${HOST}:${port}`;
  let provider = await makeProvider(url, options);
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const answering = request.url?.startsWith("/interaction/")
      ? signIn(provider, request, response)
      : provider.callback()(request, response);
    answering.catch((error: unknown) => response.writeHead(500).end(String(error)));
  };
  return {
    url,
    jwksUri: `${url}/jwks`,
    tokenOfClient: (id, audience = options.audience) => clientToken(url, id, audience),
    tokenOfUser: (subject, audience = options.audience) => userToken(url, subject, audience),
    rotateKeys: async () => {
      provider = await makeProvider(url, options);
    },
    stop: () => stop(server),
  };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) => server.close((error) => (error === undefined ? resolve() : reject(error))));
}

async function makeProvider(url: string, options: IssuerOptions): Promise<Provider> {
  const { algorithm = "ES256", validSeconds = 3600 } = options;
  const configuration: Configuration = {
    jwks: { keys: [await makeKey(algorithm)] },
    clients: [
      ...options.clients.map((id) => ({
        client_id: id,
        client_secret: secretOf(id),
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      })),
      {
        client_id: FRONT_END.id,
        token_endpoint_auth_method: "none",
        redirect_uris: [FRONT_END.redirect],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: algorithm },
    scopes: ["openid"],
    cookies: { keys: [randomBytes(16).toString("hex")] },
    ttl: {
      AccessToken: validSeconds,
      ClientCredentials: validSeconds,
      IdToken: validSeconds,
      Grant: 3600,
      Interaction: 60,
      Session: 60,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          scope: SCOPE,
          audience: decodeURIComponent(resource.slice(RESOURCE.length)),
          accessTokenFormat: "jwt",
          accessTokenTTL: validSeconds,
          jwt: { sign: { alg: algorithm } },
        }),
      },
    },
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  };
  return new Provider(url, configuration);
}

async function makeKey(algorithm: "ES256" | "RS256"): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const { kty, ...jwk } = await exportJWK(privateKey);
  if (kty === undefined) throw new Error("a key without a type");
  return { ...jwk, kty, alg: algorithm, use: "sig", kid: randomBytes(8).toString("hex") };
}

function secretOf(clientId: string): string {
  return `the secret of ${clientId}`;
}

/** Lets in whoever the sign-in names, as if there had been a password, and grants what was asked for. */
async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  const accountId = String(params.login_hint);
  const grant = new provider.Grant({ accountId, clientId: FRONT_END.id });
  grant.addOIDCScope("openid");
  grant.addResourceScope(String(params.resource), SCOPE);
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } });
}

function clientToken(url: string, id: string, audience: string): Promise<string> {
  const credentials = `${encodeURIComponent(id)}:${encodeURIComponent(secretOf(id))}`;
  return requestToken(
    url,
    { grant_type: "client_credentials", scope: SCOPE, resource: resourceOf(audience) },
    { Authorization: `Basic ${btoa(credentials)}` },
  );
}

async function userToken(url: string, subject: string, audience: string): Promise<string> {
  const verifier = randomBytes(32).toString("base64url");
  const address = new URL(`${url}/auth`);
  address.search = new URLSearchParams({
    client_id: FRONT_END.id,
    response_type: "code",
    redirect_uri: FRONT_END.redirect,
    scope: `openid ${SCOPE}`,
    resource: resourceOf(audience),
    login_hint: subject,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
  return requestToken(url, {
    grant_type: "authorization_code",
    client_id: FRONT_END.id,
    redirect_uri: FRONT_END.redirect,
    code: await signInCode(address),
    code_verifier: verifier,
    resource: resourceOf(audience),
  });
}

/** Follows the redirects of a sign-in as a browser does, with its cookies, until it leads back with a code. */
async function signInCode(first: URL): Promise<string> {
  const cookies = new Map<string, string>();
  let address = first;
  for (let step = 0; step < 10; step++) {
    const sent = [...cookies].map(([name, content]) => `${name}=${content}`).join("; ");
    const response = await fetch(address, { redirect: "manual", headers: { Cookie: sent } });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", content = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, content);
    }
    const location = response.headers.get("Location");
    if (location === null) throw new Error(`the sign-in stopped: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
    address = new URL(location, address);
    const code = address.searchParams.get("code");
    if (code !== null) return code;
  }
  throw new Error(`the sign-in led nowhere: ${address.href}`);
}

async function requestToken(
  url: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(`${url}/token`, { method: "POST", headers, body: new URLSearchParams(form) });
  const answer: unknown = await response.json();
  if (typeof answer === "object" && answer !== null && "access_token" in answer) return String(answer.access_token);
  throw new Error(`no token: ${JSON.stringify(answer)}`);
}

function resourceOf(audience: string): string {
  return RESOURCE + encodeURIComponent(audience);
}
