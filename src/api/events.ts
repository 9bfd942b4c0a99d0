/** What updates caused, as subscribers were told it. */
import { Hono } from "hono";
import { isView, type Subscription, VIEWS, type View } from "../domain/views.ts";
import type { LogContent } from "../owner/rpc.ts";
import { Refusal } from "../protocol/errors.ts";
import { SubscriptionType } from "../protocol/messages/index.ts";
import { authorised } from "./authentication.ts";
import { type Concern, concernIn, targetsOf } from "./concern.ts";
import type { Api } from "./environment.ts";
import { answerRange } from "./log-answers.ts";
import { Query } from "./parameters.ts";
import { RANGE_FORMS, rangeParameters, readRange } from "./ranges.ts";

export const events = new Hono<Api>();

for (const [name, form] of Object.entries(RANGE_FORMS)) {
  /** Every event, or those of some views, of all that the caller may see. */
  events.get(`/event/audit/${name}`, authorised("Audit"), async (call) => {
    const query = new Query(call, ...rangeParameters(form), "for", "owner", "snapshot");
    const range = readRange(query, form);
    const views = viewsIn(query);
    const snapshot = query.flag("snapshot");
    const concern = await concernIn(call, query);
    const content = { type: "events", snapshot, ...(views && { subscriptions: views.map(wholeView) }) } as const;
    return answerRange(call, concern, range, { type: "events", of: () => content });
  });

  /** The events of some views, or of all of them, of Owners and accounts. */
  events.get(`/event/${name}`, authorised(), async (call) => {
    const query = new Query(call, ...rangeParameters(form), "for", "owner", "account", "snapshot");
    const range = readRange(query, form);
    const views = viewsIn(query);
    const snapshot = query.flag("snapshot");
    const concern = await concernIn(call, query);
    if (concern.accountsOf.size > 0) requireOfAccounts(views ?? []);
    const of = (ownerId: string): LogContent => ({
      type: "events",
      snapshot,
      subscriptions: subscriptionsOf(views, concern, ownerId),
    });
    return answerRange(call, concern, range, { type: "events", of });
  });
}

/** What is shown when nobody says what: all but the view of a feed, which shows the orders of another. */
const EVERY_VIEW = [...SubscriptionType.numbers.keys()].filter(
  (type): type is View => isView(type) && type !== "SubscriptionType_Feed",
);

/** The views that `for` names; undefined for none. Throws Refusal `Field.Invalid for`. */
function viewsIn(query: Query): readonly View[] | undefined {
  const named = [...new Set(query.all("for").map(readView))];
  return named.length === 0 ? undefined : named;
}

/** A view by its number, full or short name. */
function readView(text: string): View {
  const type = /^\d+$/.test(text) ? SubscriptionType.names.get(Number(text)) : SubscriptionType.spellings.get(text);
  if (type === undefined || !isView(type) || !EVERY_VIEW.includes(type)) throw new Refusal("Field.Invalid", "for");
  return type;
}

function wholeView(type: View): Subscription {
  return { type, targets: [] };
}

/** A view that no account narrows has nothing to show of one. Throws Refusal `Field.Invalid for`. */
function requireOfAccounts(views: readonly View[]): void {
  if (!views.every(isOfAccounts)) throw new Refusal("Field.Invalid", "for");
}

function isOfAccounts(view: View): boolean {
  const targets: readonly string[] = VIEWS[view];
  return targets.includes("Account");
}

function subscriptionsOf(
  views: readonly View[] = EVERY_VIEW,
  concern: Concern,
  ownerId: string,
): readonly Subscription[] {
  const targets = targetsOf(concern, ownerId);
  return views.filter((view) => targets.length === 0 || isOfAccounts(view)).map((type) => ({ type, targets }));
}
