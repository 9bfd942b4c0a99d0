/** Feeds: whether they are supplied, what came by them, and questions to their adapters. */
import { readFileSync } from "node:fs";
import type { Family } from "../command.ts";
import { EXIT, Failed } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import { pairs } from "../options/pairs.ts";
import { plainText } from "../output/plain-text.ts";
import { ANSWERS, FEED_UPDATES, FEEDS } from "../records/kinds.ts";
import { UsageError } from "../usage.ts";
import { RANGE } from "./reading.ts";

export const feed: Family = {
  name: "feed",
  summary: "Feeds, which adapters supply",
  verbs: [
    {
      name: "list",
      summary: "Lists the feeds of an Owner, and whether they are supplied",
      run: async (call) => call.printer.list(FEEDS, await call.client.feeds.list(ofOwner(call))),
    },
    {
      name: "get",
      parameters: "<feed>",
      summary: "Shows whether a feed is supplied",
      run: async (call) => call.printer.one(FEEDS, await call.client.feeds.get(call.required("feed"), ofOwner(call))),
    },
    {
      name: "updates",
      parameters: "<feed>",
      summary: "Lists what came by a feed, in its order",
      options: {
        from: { kind: "text", describe: "After a position of the feed, or after a time" },
        to: { kind: "text", describe: "Up to a position of the feed" },
        count: RANGE.count ?? { kind: "count", describe: "At most so many" },
      },
      run: async (call) => {
        const [from, to, count] = [call.text("from"), position(call, "to"), call.count("count")];
        const options = {
          ...ofOwner(call),
          ...(from !== undefined && { from: /^\d+$/.test(from) ? Number(from) : from }),
          ...(to !== undefined && { to }),
          ...(count !== undefined && { count }),
        };
        await call.printer.list(FEED_UPDATES, call.client.feeds.updates(call.required("feed"), options));
      },
    },
    {
      name: "query",
      parameters: "<feed> <type>",
      summary: "Asks the adapter of a feed; what a type means is the adapter's to say",
      options: {
        parameter: { kind: "texts", alias: "p", describe: "A parameter of the question: NAME=VALUE" },
        tag: { kind: "text", describe: "Comes back with the answer" },
        data: { kind: "text", describe: "A file whose bytes go with the question" },
      },
      run: query,
    },
  ],
};

async function query(call: Invocation): Promise<void> {
  const [tag, file] = [call.text("tag"), call.text("data")];
  const answer = await call.client.feeds.query(call.required("feed"), call.required("type"), {
    ...ofOwner(call),
    parameters: pairs(call.texts("parameter")),
    ...(tag !== undefined && { tag }),
    ...(file !== undefined && { data: bytesOf(file) }),
  });
  await call.printer.one(ANSWERS, answer);
  const errors = answer.Errors ?? [];
  if (errors.length > 0) throw new Failed(EXIT.refused, plainText(`The adapter answers: ${errors.join(", ")}`));
}

function bytesOf(file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new UsageError(`'${file}' cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function position(call: Invocation, name: string): number | undefined {
  const text = call.text(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--${name} must be a position of the feed.`);
  return Number(text);
}

/** The Owner, where one is named; a caller who may see only one need not. */
export function ofOwner(call: Invocation): { readonly owner?: string } {
  const { owner } = call.connection;
  return owner === undefined ? {} : { owner };
}
