/** What is common to tenants, and who may do what: each is defined and undefined. */
import type { Family } from "../command.ts";
import type { Invocation } from "../invocation.ts";
import { writeAccountName } from "../records/account-names.ts";
import { ACCOUNTS, EXCHANGES, IDENTITIES, OWNERS, SOURCES, STATUSES } from "../records/kinds.ts";
import { definitionVerbs } from "./definitions.ts";
import { asAt } from "./reading.ts";
import { TRANSFORM, transformOf } from "./transforms.ts";

const accountName = (call: Invocation) => {
  const { OwnerID, AccountID } = call.account();
  return { owner: OwnerID, account: AccountID };
};

export const account: Family = {
  name: "account",
  summary: "What is known of trading accounts",
  verbs: [
    ...definitionVerbs({
      kind: ACCOUNTS,
      one: "an account",
      parameters: "<account>",
      key: { Account: (call) => writeAccountName(call.account()) },
      list: async (call) => {
        const { owner } = call.connection;
        return await call.client.accounts.list({ ...asAt(call), ...(owner !== undefined && { owner }) });
      },
      get: (call) => call.client.accounts.get(accountName(call), asAt(call)),
      define: (call, record) => call.client.accounts.define(record),
      undefine: (call) => call.client.accounts.undefine(accountName(call)),
    }),
    {
      name: "rename",
      parameters: "<account> <new-account>",
      summary: "Renames an account in its balances, holdings, orders and queued requests",
      options: TRANSFORM,
      run: async (call) => {
        const renamed = call.required("new-account");
        const { owner } = accountName(call);
        const name = renamed.startsWith(`${owner}/`) ? renamed.slice(owner.length + 1) : renamed;
        await call.client.accounts.rename(accountName(call), name, transformOf(call));
      },
    },
  ],
};

export const owner: Family = {
  name: "owner",
  summary: "Tenants",
  verbs: [
    ...definitionVerbs({
      kind: OWNERS,
      one: "an Owner",
      parameters: "<owner-id>",
      key: { OwnerID: (call) => call.required("owner-id") },
      undefineOptions: { force: { kind: "flag", describe: "Even if it has balances, holdings or orders" } },
      list: (call) => call.client.owners.list(asAt(call)),
      get: (call) => call.client.owners.get(call.required("owner-id"), asAt(call)),
      define: (call, record) => call.client.owners.define(record),
      undefine: (call) =>
        call.client.owners.undefine(call.required("owner-id"), call.flag("force") ? { force: true } : {}),
    }),
    {
      name: "rename",
      parameters: "<owner-id> <new-owner-id>",
      summary: "Renames an Owner; its log goes with it",
      options: TRANSFORM,
      run: async (call) => {
        await call.client.owners.rename(call.required("owner-id"), call.required("new-owner-id"), transformOf(call));
      },
    },
  ],
};

export const exchange: Family = {
  name: "exchange",
  summary: "Exchanges: where orders may go, and what their statuses mean",
  verbs: definitionVerbs({
    kind: EXCHANGES,
    one: "an exchange",
    parameters: "<exchange>",
    key: { Exchange: (call) => call.required("exchange") },
    list: (call) => call.client.exchanges.list({ ...asAt(call), owner: call.connection.owner }),
    get: (call) =>
      call.client.exchanges.get(call.required("exchange"), { ...asAt(call), owner: call.connection.owner }),
    define: (call, record) => call.client.exchanges.define(record),
    undefine: (call) => call.client.exchanges.undefine(call.required("exchange")),
  }),
};

export const status: Family = {
  name: "status",
  summary: "What the status of a client request means",
  verbs: definitionVerbs({
    kind: STATUSES,
    one: "a request status",
    parameters: "<code>",
    key: { Code: (call) => call.required("code") },
    list: (call) => call.client.statuses.list(asAt(call)),
    get: (call) => call.client.statuses.get(call.required("code"), asAt(call)),
    define: (call, record) => call.client.statuses.define(record),
    undefine: (call) => call.client.statuses.undefine(call.required("code")),
  }),
};

const identityName = (call: Invocation) => ({
  source: call.required("source"),
  identity: call.required("identity"),
});

export const identity: Family = {
  name: "identity",
  summary: "Who may do what",
  verbs: [
    ...definitionVerbs({
      kind: IDENTITIES,
      one: "what an identity may do",
      parameters: "<source> <identity>",
      listParameters: "[source]",
      key: { Source: (call) => call.required("source"), Identity: (call) => call.required("identity") },
      list: (call) => call.client.identities.list({ ...asAt(call), source: call.text("source") }),
      get: (call) => call.client.identities.get(identityName(call), asAt(call)),
      define: (call, record) => call.client.identities.define(record),
      undefine: (call) => call.client.identities.undefine(identityName(call)),
    }),
    {
      name: "current",
      summary: "Shows what the caller itself may do",
      run: async (call) => call.printer.one(IDENTITIES, await call.client.identities.current()),
    },
  ],
};

export const identitySource: Family = {
  name: "identity-source",
  summary: "Whose tokens are let in",
  verbs: definitionVerbs({
    kind: SOURCES,
    one: "an identity source",
    parameters: "<code>",
    key: { Code: (call) => call.required("code") },
    list: (call) => call.client.identitySources.list(asAt(call)),
    get: (call) => call.client.identitySources.get(call.required("code"), asAt(call)),
    define: (call, record) => call.client.identitySources.define(record),
    undefine: (call) => call.client.identitySources.undefine(call.required("code")),
  }),
};
