/** `npm run -s token -- --owner XS --feature Alter`: prints a token signed with the local secret, and nothing else. */
import { parseArgs } from "node:util";
import { FEATURES, type Feature } from "../src/domain/permissions.ts";
import { isReadableText } from "../src/protocol/fields.ts";
import { isFeedName, isOwnerId } from "../src/protocol/names.ts";
import { isFeature, signToken } from "./support/bootstrap-token.ts";
import { readSecret, secretFile } from "./support/secret-file.ts";

const HELP = `Prints a token signed with the secret of this installation.

  npm run -s token -- --owner XS --feature Alter --feed asx

  --owner NAME      an Owner that the token may see
  --feature NAME    ${FEATURES.join(", ")}
  --feed NAME       a feed that the token may supply
  --exchange CODE   an Exchange that the token's feeds may define
  --identity NAME   who it is (developer)
  --expires TIME    how long it is good for: 15m, 12h, 30d (30d)

--owner, --feature, --feed and --exchange may be repeated.`;

const REPEATED = { type: "string", multiple: true } as const;

/** The command line asks for something that cannot be. */
class UsageError extends Error {}

try {
  await main();
} catch (error) {
  if (!(error instanceof TypeError || error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${HELP}`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      owner: REPEATED,
      feature: REPEATED,
      feed: REPEATED,
      exchange: REPEATED,
      identity: { type: "string", default: "developer" },
      expires: { type: "string", default: "30d" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const claims = {
    identity: named("--identity", values.identity),
    owners: (values.owner ?? []).map((name) => named("--owner", name, isOwnerId)),
    features: (values.feature ?? []).map(featureOf),
    feeds: (values.feed ?? []).map((name) => named("--feed", name, isFeedName)),
    exchanges: (values.exchange ?? []).map((name) => named("--exchange", name)),
    expires: span(values.expires),
  };
  const secret = readSecret();
  if (secret === undefined) {
    console.error(`There is no secret in ${secretFile()} yet: npm start makes one.`);
    process.exitCode = 1;
    return;
  }
  console.log(await signToken(secret, claims));
}

function featureOf(name: string): Feature {
  if (isFeature(name)) return name;
  throw new UsageError(`Unknown feature '${name}'. The features are ${FEATURES.join(", ")}.`);
}

function named(option: string, name: string, isValid: (name: string) => boolean = isText): string {
  if (isValid(name)) return name;
  throw new UsageError(`${option} cannot be '${name}'.`);
}

/** Whatever the server takes for the name of an identity or an exchange. */
function isText(name: string): boolean {
  return name !== "" && isReadableText(name);
}

function span(text: string): string {
  if (/^[1-9]\d{0,5}[smhdw]$/.test(text)) return text;
  throw new UsageError(`--expires '${text}' is not a span of time such as 15m, 12h or 30d.`);
}
