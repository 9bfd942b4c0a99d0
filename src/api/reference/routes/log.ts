/** Feeds, the log in its views, sockets, and diagnostics. */

import { LIMITS } from "../../../protocol/limits.ts";
import {
  AuditRecord,
  EventMessage,
  FeedDetails,
  FeedRequest,
  FeedResponse,
  RecordedAction,
} from "../../../protocol/messages/index.ts";
import type { QueryParameter } from "../parameters.ts";
import { AS_AT, AUDITS, HIDDEN, PAST, type Route, type Routes } from "../route.ts";

const QUERIES = [["Admin"], ["Query"]] as const;
const TEXT = { type: "string" } as const;

/** How the ends of a range are said, by the last part of the path. */
const RANGES: Readonly<Record<string, { readonly said: string; readonly takes: readonly QueryParameter[] }>> = {
  between: { said: "between two vectors of positions", takes: ["fromPositions", "toPositions"] },
  fromdate: { said: "from a moment on", takes: ["requiredFromTime", "toTime", "toPositions"] },
  fromposition: { said: "from a vector of positions on", takes: ["fromPositions", "toTime", "toPositions"] },
  toposition: { said: "up to a vector of positions", takes: ["fromTime", "fromPositions", "toPositions"] },
};

const NAMES: Readonly<Record<string, string>> = {
  between: "Between",
  fromdate: "FromDate",
  fromposition: "FromPosition",
  toposition: "ToPosition",
};

/** The four routes below a path that tell a part of the log. */
function ranges(path: string, { id, does, takes = [], ...route }: Route): Routes {
  return Object.fromEntries(
    Object.entries(RANGES).map(([form, range]) => [
      `GET ${path}/${form}`,
      {
        ...route,
        id: id + NAMES[form],
        does: `${does} ${range.said}.`,
        takes: [...range.takes, "count", ...takes],
        tellsAt: true,
        refuses: ["Field.Missing", "Owner.Unknown", "Message.TooLarge", ...PAST],
      },
    ]),
  );
}

const MERGED = "Records of several Owners are merged by time, and a sequence is then named `<owner>/<sequence>`.";

export const LOG_ROUTES: Routes = {
  "GET /feed": {
    id: "listFeeds",
    tag: "Feeds",
    does: "Reads whether the feeds of an Owner are supplied.",
    takes: ["owner"],
    answer: { many: FeedDetails },
    tellsAt: true,
    refuses: [...HIDDEN, "Field.Missing"],
  },
  "GET /feed/byid/:feed": {
    id: "getFeed",
    tag: "Feeds",
    does: "Reads whether a feed is supplied.",
    takes: ["owner"],
    answer: { one: FeedDetails },
    tellsAt: true,
    refuses: [...HIDDEN, "Field.Missing", "Unknown"],
  },
  "GET /feed/byid/:feed/updates": {
    id: "listFeedUpdates",
    tag: "Feeds",
    does: "Reads what came by a feed, by position.",
    takes: ["owner", "fromPosition", "toPosition", "count"],
    answer: { many: FeedRequest },
    tellsAt: true,
    refuses: [...HIDDEN, ...PAST, "Field.Missing", "Unknown"],
  },
  "GET /feed/byid/:feed/updates/fromdate": {
    id: "listFeedUpdatesFromDate",
    tag: "Feeds",
    does: "Reads what came by a feed from a moment on.",
    takes: ["owner", "requiredFromTime", "toPosition", "count"],
    answer: { many: FeedRequest },
    tellsAt: true,
    refuses: [...HIDDEN, ...PAST, "Field.Missing", "Unknown"],
  },
  "GET /feed/byid/:feed/query/:type": {
    id: "queryFeed",
    tag: "Feeds",
    does: "Asks the adapter of a feed, and answers what it answers.",
    more: "It is asked once and never again by itself, since the adapter may have acted. What is wrong with the question is in the answer's Errors, in the adapter's own words.",
    needs: QUERIES,
    takes: ["owner", "tag", "parameters"],
    answer: { one: FeedResponse },
    refuses: [...HIDDEN, "Field.Missing", "Unknown", "Message.TooLarge", "Feed.Offline", "Feed.Lost", "Timeout"],
  },
  "POST /feed/byid/:feed/query/:type": {
    id: "queryFeedWithData",
    tag: "Feeds",
    does: "Asks the adapter of a feed with bytes that mean nothing to the OMS, and answers what it answers.",
    needs: QUERIES,
    takes: ["owner", "tag", "parameters"],
    body: { type: "application/octet-stream", schema: {} },
    answer: { one: FeedResponse },
    refuses: [...HIDDEN, "Field.Missing", "Unknown", "Feed.Offline", "Feed.Lost", "Timeout"],
  },
  ...ranges("/audit", {
    id: "listAudit",
    tag: "Audit",
    does: "Reads every update as it was applied, also what was refused,",
    more: MERGED,
    needs: AUDITS,
    takes: ["owners"],
    answer: { many: AuditRecord },
  }),
  "GET /audit/latest": {
    id: "getLatestUpdate",
    tag: "Audit",
    does: "Tells when the last update was recorded; 204 when there was none.",
    needs: AUDITS,
    takes: ["owners"],
    answer: { is: "moment" },
    mayBeNothing: true,
    tellsAt: true,
    refuses: ["Owner.Unknown", "Message.TooLarge"],
  },
  "GET /audit/verify": {
    id: "verifyLog",
    tag: "Audit",
    does: "Walks the hash chain of an Owner's log, and tells whether every commit follows from the one before.",
    needs: AUDITS,
    takes: ["owner"],
    answer: {
      json: {
        type: "object",
        required: ["Commits", "Head", "Broken"],
        additionalProperties: false,
        properties: {
          Commits: { type: "integer", minimum: 0, description: "How many commits follow from one another." },
          Head: {
            type: "string",
            description:
              "The hash of the last of them. Written down elsewhere it shows later that the log's end was not cut off.",
          },
          Broken: {
            type: ["integer", "null"],
            description: "The first commit that does not follow; null when the log is whole.",
          },
        },
      },
    },
    refuses: [...HIDDEN, "Field.Missing", "History.Archived"],
  },
  "GET /audit/export": {
    id: "exportLog",
    tag: "Audit",
    does: "Exports an Owner's log as it is kept, a commit a line, for whoever verifies it without trusting the server.",
    needs: AUDITS,
    takes: ["owner", "fromCommit", "count"],
    answer: { type: "application/x-ndjson", schema: { type: "string" } },
    refuses: [...HIDDEN, "Field.Missing", "History.Archived"],
  },
  "GET /audit/system": {
    id: "listSystemAudit",
    tag: "Audit",
    does: "Reads every change of what is common to all Owners.",
    needs: [["Audit", "Admin"]],
    takes: ["fromPosition", "toPosition", "count"],
    answer: { many: AuditRecord },
  },
  ...ranges("/event", {
    id: "listEvents",
    tag: "Events",
    does: "Reads the events that the caller may see",
    more: MERGED,
    takes: ["views", "owners", "accounts", "snapshot"],
    answer: { many: EventMessage },
  }),
  ...ranges("/event/audit", {
    id: "listEventAudit",
    tag: "Events",
    does: "Reads every event",
    more: MERGED,
    needs: AUDITS,
    takes: ["views", "owners", "snapshot"],
    answer: { many: EventMessage },
  }),
  ...ranges("/trades", {
    id: "listTrades",
    tag: "Trades",
    does: "Reads the trades, corrections and cancels that were applied",
    more: MERGED,
    takes: ["owners", "accounts"],
    answer: { many: RecordedAction },
  }),
  "GET /streaming": {
    id: "openSocket",
    tag: "Streaming",
    does: "Opens a WebSocket to one Owner.",
    more: "The token goes into the header Authorization or, from a browser, into the offered subprotocols: `oms.v1` and `bearer.<token>`. The answer to them is `oms.v1`.",
    takes: ["owner", "compact"],
    refuses: ["Authority", "Owner.Unknown", "Field.Missing", "Message.Upgrade", "Subscription.TooLarge"],
  },
  "GET /diagnostics/ping": {
    id: "ping",
    tag: "Diagnostics",
    does: "Answers `OK`.",
    isOpen: true,
    answer: { type: "text/plain", schema: { const: "OK" } },
  },
  "GET /diagnostics/health": {
    id: "getHealth",
    tag: "Diagnostics",
    does: "Tells whether the installation works, to anybody; with `owner`, whether that Owner does, to who may see it.",
    more: "With `detail` it tells why, as a JSON object `{Status, Reasons, Details}`; that needs the feature `Audit`.",
    isOpen: true,
    takes: ["owner", "detail"],
    answer: { type: "text/plain", schema: { enum: ["Healthy", "Degraded"] } },
    refuses: ["Unauthenticated", "Authority", "Owner.Unknown"],
  },
  "GET /metrics": {
    id: "getMetrics",
    tag: "Diagnostics",
    does: "Tells figures of the Owners that the caller may see as OpenMetrics 1.0 text, and of the System to who sees every Owner.",
    more: `Without \`owner\`, of all Owners if there are no more than ${LIMITS.METRICS_OWNERS}, else of none of them. An object that is asked is woken; what is counted in its memory begins anew with it.`,
    needs: [["Audit"], ["Admin"]],
    takes: ["measuredOwners"],
    answer: { type: "application/openmetrics-text", schema: TEXT },
    refuses: [...HIDDEN, "Message.TooLarge"],
  },
  "GET /diagnostics/channel": {
    id: "listChannels",
    tag: "Diagnostics",
    does: "Names the kinds of record that an Owner keeps.",
    needs: AUDITS,
    answer: { json: { type: "array", items: TEXT } },
  },
  "GET /diagnostics/channel/:channel": {
    id: "getChannel",
    tag: "Diagnostics",
    does: "Reads the raw records of one kind, with the positions that they are as at.",
    needs: AUDITS,
    takes: [...AS_AT, "owner"],
    answer: { json: { type: "object", required: ["Position"] } },
    tellsAt: true,
    refuses: [...HIDDEN, ...PAST, "Field.Missing", "Unknown"],
  },
};

export const PROTO_ROUTES: Routes = {
  "GET /proto": {
    id: "getProto",
    tag: "Diagnostics",
    does: "Tells the messages of the contract as a `.proto` file, with the numbers by which they travel in protobuf.",
    isOpen: true,
    answer: { type: "text/plain", schema: TEXT },
  },
};
