/** Identities: what each one that a source vouches for may do. */
import { Refusal } from "../protocol/errors.ts";
import { Permissions } from "../protocol/messages/index.ts";
import { isOwnerId } from "../protocol/names.ts";
import { ordered } from "../protocol/ordered.ts";
import type { Definable } from "./definable.ts";
import { isFeature } from "./permissions.ts";
import { keyOf } from "./records.ts";
import { isId, requiredId } from "./requirements.ts";
import { isRoute } from "./routing.ts";
import type { State } from "./state.ts";

const PATH = "Operation.Permissions";

export const IDENTITY: Definable<"identity"> = {
  kind: "identity",
  path: PATH,
  details: (operation) => operation.Permissions && ordered(Permissions, operation.Permissions),
  identify: ({ Source, Identity }) => {
    const source = requiredId(Source, `${PATH}.Source`);
    const identity = requiredId(Identity, `${PATH}.Identity`);
    return { key: keyOf.identity(source, identity), name: `${source}/${identity}` };
  },
  check: checkPermissions,
};

function checkPermissions(permissions: Permissions, state: State): void {
  const { Source = "", Identity = "", Owners, Exchanges, Features, Feeds } = permissions;
  if (state.record("source", keyOf.source(Source)) === undefined) throw new Refusal("Field.Invalid", `${PATH}.Source`);
  if (!/^(User|Client):./su.test(Identity)) throw new Refusal("Field.Invalid", `${PATH}.Identity`);
  // Owners need not be defined yet: people are often named before what they are to work for.
  requireList(Owners, `${PATH}.Owners`, isOwnerId);
  requireList(Exchanges, `${PATH}.Exchanges`, isId);
  requireList(Features, `${PATH}.Features`, isFeature);
  requireList(Feeds, `${PATH}.Feeds`, isRoute);
}

/** Every item is valid and none comes twice. Throws Refusal `Field.Invalid` naming the one that is not so. */
function requireList(items: readonly string[] = [], path: string, isValid: (item: string) => boolean): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    if (!isValid(item) || seen.has(item)) throw new Refusal("Field.Invalid", `${path}[${index}]`);
    seen.add(item);
  }
}
