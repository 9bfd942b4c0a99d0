/** What happened: as updates, as events, as trades, as transactions. */
import { type ClientTransaction, type EventMessage, SubscriptionType } from "../../protocol/messages/index.ts";
import type { Family } from "../command.ts";
import { EXIT, Failed } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import { AUDIT_RECORDS, EVENTS, TRADES, TRANSACTIONS } from "../records/kinds.ts";
import { UsageError } from "../usage.ts";
import { ofOwner } from "./feeds.ts";
import { RANGE, rangeOf, WHOSE, whose } from "./reading.ts";

export const trade: Family = {
  name: "trade",
  summary: "Trades, with their corrections and cancels",
  verbs: [
    {
      name: "list",
      summary: "Lists trades as they were told",
      options: { ...RANGE, ...WHOSE },
      run: (call) => call.printer.list(TRADES, rangeOf(call, call.client.trades, whose(call))),
    },
  ],
};

export const transaction: Family = {
  name: "transaction",
  summary: "What changed cash and assets, as clients are shown it",
  verbs: [
    {
      name: "list",
      summary: "Lists transactions",
      options: { ...RANGE, ...WHOSE },
      run: (call) => {
        const options = { ...whose(call), views: "SubscriptionType_Transactions" as const };
        return call.printer.list(TRANSACTIONS, transactionsIn(rangeOf(call, call.client.events, options)));
      },
    },
  ],
};

export const event: Family = {
  name: "event",
  summary: "What subscribers were told",
  verbs: [
    {
      name: "list",
      summary: "Lists the events that the caller may see",
      options: {
        ...RANGE,
        ...WHOSE,
        view: { kind: "texts", describe: `Of this view only: ${viewNames().join(", ")}` },
        snapshot: { kind: "flag", describe: "Tell first how each view stood where the events begin" },
        audit: { kind: "flag", describe: "Every event, for an auditor" },
      },
      run: (call) => call.printer.list(EVENTS, events(call)),
    },
  ],
};

export const audit: Family = {
  name: "audit",
  summary: "Every update as it was applied, and whether the log is whole",
  verbs: [
    {
      name: "list",
      summary: "Lists every update, also what was refused",
      options: RANGE,
      run: (call) => call.printer.list(AUDIT_RECORDS, rangeOf(call, call.client.audit, counted(call))),
    },
    {
      name: "latest",
      summary: "Shows when the last update was recorded",
      run: async (call) => {
        const latest = await call.client.audit.latest(ofOwner(call));
        if (latest !== undefined) await call.printer.names("Latest", [latest]);
      },
    },
    {
      name: "verify",
      summary: "Walks the hash chain of an Owner's log",
      run: async (call) => {
        const { Commits, Head, Broken } = await call.client.audit.verify(ofOwner(call));
        await call.printer.facts({ Commits, Head, Broken });
        if (Broken !== null) throw new Failed(EXIT.refused, `The log is broken at commit ${Broken}`);
      },
    },
    {
      name: "export",
      summary: "Writes an Owner's log as it is kept, a commit a line",
      options: {
        from: { kind: "count", describe: "After this commit" },
        count: { kind: "count", describe: "At most so many commits" },
      },
      run: async (call) => {
        const [from, count] = [call.count("from"), call.count("count")];
        const options = {
          ...ofOwner(call),
          ...(from !== undefined && { from }),
          ...(count !== undefined && { count }),
        };
        for await (const line of call.client.audit.export(options)) await call.printer.text(`${line}\n`);
      },
    },
    {
      name: "system",
      summary: "Lists every change of what is common: Owners, exchanges, statuses, identities",
      options: {
        from: { kind: "count", describe: "After this position" },
        to: { kind: "count", describe: "Up to this position" },
        count: { kind: "count", describe: "At most so many" },
      },
      run: (call) => {
        const range = { from: call.count("from"), to: call.count("to"), count: call.count("count") };
        return call.printer.list(AUDIT_RECORDS, call.client.audit.system(range));
      },
    },
  ],
};

function counted(call: Invocation) {
  const count = call.count("count");
  return { ...ofOwner(call), ...(count !== undefined && { count }) };
}

function events(call: Invocation): AsyncIterable<EventMessage> {
  const views = call.texts("view").map(viewNamed);
  const narrowed = {
    ...whose(call),
    ...(views.length > 0 && { views }),
    ...(call.flag("snapshot") && { snapshot: true }),
  };
  if (!call.flag("audit")) return rangeOf(call, call.client.events, narrowed);
  const { account: _account, ...everything } = { account: undefined, ...narrowed };
  if (call.texts("account").length > 0) throw new UsageError("--audit tells of whole Owners: leave out --account.");
  return rangeOf(call, call.client.events.audit, everything);
}

async function* transactionsIn(messages: AsyncIterable<EventMessage>): AsyncGenerator<ClientTransaction> {
  for await (const { Updates = [] } of messages) {
    for (const { Transaction } of Updates) if (Transaction !== undefined) yield Transaction;
  }
}

function viewNamed(name: string): SubscriptionType {
  const full = SubscriptionType.schema.safeParse(name.charAt(0).toUpperCase() + name.slice(1).toLowerCase());
  if (full.success && viewNames().some((known) => full.data.endsWith(`_${known}`))) return full.data;
  throw new UsageError(`'${name}' is no view. The views are ${viewNames().join(", ")}.`);
}

function viewNames(): readonly string[] {
  const hidden = ["Unknown", "Recent", "Feed"];
  return [...SubscriptionType.spellings.keys()].filter((name) => !name.includes("_") && !hidden.includes(name));
}
