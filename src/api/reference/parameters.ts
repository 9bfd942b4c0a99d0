/** The parameters of paths and queries. */
import { LIMITS } from "../../protocol/limits.ts";
import { SubscriptionType } from "../../protocol/messages/index.ts";
import type { Json, JsonObject } from "./json.ts";

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly required?: true;
  readonly schema: JsonObject;
  readonly examples?: Readonly<Record<string, { readonly value: Json }>>;
  readonly style?: "form";
  readonly explode?: boolean;
}

const TEXT = { type: "string" } as const;
const WHOLE = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
const TIME = { type: "string", examples: ["2026-11-22T09:30:00Z"] } as const;
const REPEATED = { style: "form", explode: true, schema: { type: "array", items: TEXT } } as const;

function path(name: string, description: string): Parameter {
  return { name, in: "path", required: true, description, schema: { ...TEXT, minLength: 1 } };
}

function query(name: string, description: string, schema: JsonObject = TEXT): Parameter {
  return { name, in: "query", description, schema };
}

/** Parameters with a key in brackets, of which there may be several: `from[asx]=7&from[oms]=3`. */
function keyed(name: string, description: string, value: JsonObject, example: JsonObject): Parameter {
  return {
    name: `${name}[…]`,
    in: "query",
    description,
    style: "form",
    explode: true,
    schema: { type: "object", patternProperties: { [`^${name}\\[.+\\]$`]: value }, additionalProperties: false },
    examples: { one: { value: example } },
  };
}

function positions(name: string, description: string): Parameter {
  return keyed(name, `${description} ${SEQUENCES}`, WHOLE, { [`${name}[oms]`]: 7 });
}

const SEQUENCES =
  "The key is a feed's name, `oms` or `system`; where the call concerns several Owners it is `<owner>/<sequence>`.";

/** Parameters of the path. */
export const PATH_PARAMETERS = {
  owner: path("owner", "The Owner."),
  account: path("account", "The account's code within its Owner. A `/` in it is escaped."),
  currency: path("currency", "The currency of the balance."),
  exchange: path("exchange", "The exchange."),
  code: path("code", "The security's code on its exchange."),
  order: path("order", "The order's id within its account."),
  status: path("status", "The status's code."),
  feed: path("feed", "The feed's name."),
  type: path("type", "What is asked: the adapter says which types there are."),
  source: path("source", "The identity source's code."),
  identity: path("identity", "The identity: `User:<sub>` or `Client:<client_id>`."),
  channel: path("channel", "The kind of record, one of those that /diagnostics/channel lists."),
} as const satisfies Record<string, Parameter>;

/** Parameters of the query. A name that means several things has several entries. */
export const QUERY_PARAMETERS = {
  asAt: query("asAt", "Reads the state as it was at this moment. One that is not in the past means now.", TIME),
  asAtPosition: positions("asAt", "Reads the state as it was after this position of one sequence."),
  onlyActive: query("onlyActive", "Leaves out what is completed.", { type: "boolean", default: false }),
  newOwner: { ...query("newOwner", "The new name."), required: true },
  sameOwner: query("newOwner", "The account's own Owner, or nothing: an account stays with its Owner."),
  newAccount: { ...query("newAccount", "The account's new code."), required: true },
  force: query("force", "Undefines the Owner also when it has balances, holdings or orders.", {
    type: "boolean",
    default: false,
  }),
  ids: { ...query("id", "An account, as `owner/account`. May be repeated."), ...REPEATED },
  batch: query("id", "The batch's own id, which makes it harmless to send it again. Without it one is made up.", {
    ...TEXT,
    maxLength: LIMITS.SETTLEMENT_ID_CHARACTERS,
  }),
  inOwner: query(
    "owner",
    "Tells what is in effect in this Owner, where a feed's own definition lies over the common one.",
  ),
  owner: query("owner", "The Owner. Needed when the caller may see several."),
  owners: { ...query("owner", "Only of this Owner. May be repeated; joined with `account` by OR."), ...REPEATED },
  measuredOwners: {
    ...query("owner", `Of this Owner. May be repeated, up to ${LIMITS.METRICS_OWNERS} times.`),
    ...REPEATED,
  },
  detail: query("detail", "Tells why, in JSON.", { type: "boolean", default: false }),
  accounts: {
    ...query("account", "Only of this account, as `owner/account`. May be repeated; joined with `owner` by OR."),
    ...REPEATED,
  },
  views: {
    ...query("for", "Only the events of this view, by its name, short name or number. May be repeated."),
    style: "form",
    explode: true,
    schema: { type: "array", items: { type: "string", examples: [...SubscriptionType.spellings.keys()].slice(-3) } },
  },
  snapshot: query("snapshot", "Puts before the events the state of each view where they begin.", {
    type: "boolean",
    default: false,
  }),
  fromTime: query("from", "From this moment on, exclusive.", TIME),
  requiredFromTime: { ...query("from", "From this moment on, exclusive.", TIME), required: true },
  fromPositions: positions("from", "From these positions on, exclusive. A sequence that is left out counts as 0."),
  toTime: query("to", "Up to this moment, inclusive.", TIME),
  toPositions: positions("to", "Up to these positions, inclusive. A sequence that is left out counts as 0."),
  fromPosition: query("from", "From this position on, exclusive.", WHOLE),
  toPosition: query("to", "Up to this position, inclusive.", WHOLE),
  fromCommit: query("from", "From this commit on, exclusive: the id of the last one that was exported.", WHOLE),
  count: query("count", "At most so many. Without it, everything.", { ...WHOLE, minimum: 1 }),
  tag: query("tag", "For the caller: the answer carries it.", { ...TEXT, maxLength: LIMITS.QUERY_NAME_CHARACTERS }),
  parameters: keyed("param", "Parameters of the question, by name.", TEXT, { "param[Code]": "BHP" }),
  compact: query("compact", "Writes enumerations in their short spelling.", { type: "boolean", default: false }),
  renamedExchange: { ...query("exchange", "The exchange whose symbol is renamed."), required: true },
  renamedCode: { ...query("code", "The present code."), required: true },
  newCode: { ...query("newCode", "The new code."), required: true },
} as const satisfies Record<string, Parameter>;

export type QueryParameter = keyof typeof QUERY_PARAMETERS;

/** Writes enumerations short: for people, since the answer is then not of the documented schema. */
export const COMPACT_HEADER: Parameter = {
  name: "X-OMS-Compact",
  in: "header",
  description:
    "`true` writes enumerations in their short spelling: `BUY` instead of `SIDE_BUY`. The schemas here describe the full one.",
  schema: { type: "boolean", default: false },
};
