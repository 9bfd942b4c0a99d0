/** Identity sources: who issues the tokens that callers show, and how these are verified. */
import { Refusal } from "../protocol/errors.ts";
import { IdentitySource } from "../protocol/messages/index.ts";
import { isFeedName } from "../protocol/names.ts";
import { ordered } from "../protocol/ordered.ts";
import type { Definable } from "./definable.ts";
import { keyOf } from "./records.ts";
import { checkedId, required } from "./requirements.ts";
import type { State } from "./state.ts";

const PATH = "Operation.IdentitySource";

/** The source of identities whose tokens are signed with the installation's own secret. It cannot be defined. */
export const BOOTSTRAP_SOURCE = "bootstrap";

/** Where tokens may be issued without encryption: nothing leaves the machine. */
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

const PARAMETERS: ReadonlySet<string> = new Set(["Issuer", "Audience", "JwksUri"]);

export const IDENTITY_SOURCE: Definable<"source"> = {
  kind: "source",
  path: PATH,
  details: (operation) => operation.IdentitySource && ordered(IdentitySource, operation.IdentitySource),
  identify: ({ Code }) => {
    const name = required(Code, `${PATH}.Code`);
    if (!isFeedName(name) || name === BOOTSTRAP_SOURCE) throw new Refusal("Field.Invalid", `${PATH}.Code`);
    return { key: keyOf.source(name), name };
  },
  check: checkSource,
};

function checkSource({ Code = "", Authentication, Parameters = {} }: IdentitySource, state: State): void {
  if (Authentication !== "IdentityAuthentication_JWT") throw new Refusal("Field.Invalid", `${PATH}.Authentication`);
  for (const name of Object.keys(Parameters)) {
    if (!PARAMETERS.has(name)) throw new Refusal("Field.Unknown", `${PATH}.Parameters.${name}`);
  }
  const issuer = required(Parameters.Issuer, `${PATH}.Parameters.Issuer`);
  // The issuer is compared as text with what tokens say.
  if (!isTrustworthy(issuer) || /[?#]/.test(issuer)) throw new Refusal("Field.Invalid", `${PATH}.Parameters.Issuer`);
  const audience = checkedId(
    required(Parameters.Audience, `${PATH}.Parameters.Audience`),
    `${PATH}.Parameters.Audience`,
  );
  const { JwksUri } = Parameters;
  if (JwksUri !== undefined && !isTrustworthy(JwksUri)) {
    throw new Refusal("Field.Invalid", `${PATH}.Parameters.JwksUri`);
  }
  // A token must tell which source it is of.
  if (audience === "" || isTaken(state, Code, issuer, audience)) {
    throw new Refusal("Field.Invalid", `${PATH}.Parameters.Audience`);
  }
}

// A parser of URLs mends what is not one. No backslash: it would be taken for a slash. No `@` in the authority: what
// stands before it would be credentials.
const ADDRESS = /^https?:\/\/[^\s\\/?#@]+(?:[/?#][^\s\\]*)?$/;

/** Whether a text is the address of a server whose answers nobody on the way can forge. */
export function isTrustworthy(address: string): boolean {
  const url = ADDRESS.test(address) ? URL.parse(address) : null;
  return url !== null && (url.protocol === "https:" || LOOPBACK.has(url.hostname));
}

function isTaken(state: State, code: string, issuer: string, audience: string): boolean {
  for (const key of state.keys("source")) {
    const { Code, Parameters } = state.record("source", key) ?? {};
    if (Code !== code && Parameters?.Issuer === issuer && Parameters.Audience === audience) return true;
  }
  return false;
}
