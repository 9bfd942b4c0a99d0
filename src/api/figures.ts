/** Which figures operators are told, and how they are named: the families of /metrics. */
import type { Family, Labels, Sample } from "../operations/openmetrics.ts";
import type { Counts, ObjectMetrics, OwnerMetrics } from "../owner/rpc.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { SystemMetrics } from "../system/rpc.ts";

function counter(name: string, help: string): Family {
  return { name: `oms_${name}`, type: "counter", help };
}

function gauge(name: string, help: string, unit?: Family["unit"]): Family {
  return { name: `oms_${name}`, type: "gauge", help, ...(unit !== undefined && { unit }) };
}

const MEMORY = "Counted in the memory of its object: begins anew when that is restarted or woken.";

/** Every family there is. `owner` is the Owner; what has no such label is of the whole installation. */
export const FAMILIES = {
  up: gauge("up", "1 if the Owner's object told its figures, else 0."),
  notAsked: gauge("owners_not_asked", "Owners that the caller may see and whose objects were not asked: name them."),
  commits: counter("commits", `Commits that became durable. ${MEMORY}`),
  updates: counter("updates", `Updates that were recorded. ${MEMORY}`),
  events: counter("events", `Events that updates caused. ${MEMORY}`),
  refusals: counter("refusals", `Frames, calls and questions that the object refused, by code. ${MEMORY}`),
  failures: counter("failures", `Programmer's errors: each is in the log. ${MEMORY}`),
  alarmRetries: counter("alarm_retries", `Times that something due could not be dealt with. ${MEMORY}`),
  rowsWritten: counter("rows_written", `Rows written, with those of indexes. ${MEMORY}`),
  socketsOpened: counter("sockets_opened", `Sockets that were opened. ${MEMORY}`),
  socketsClosed: counter("sockets_closed", `Sockets that have gone, by the code they were closed with. ${MEMORY}`),
  sockets: gauge("sockets", "Sockets that are open."),
  subscriptions: gauge("subscriptions", "Subscriptions of open sockets."),
  socketsBehind: gauge("sockets_behind", "Sockets that have yet to be sent what there is."),
  socketsStalled: gauge("sockets_stalled", "Sockets behind whose window is used up: they wait for an acknowledgement."),
  queue: gauge("queue_bytes", "What waits to be applied.", "bytes"),
  storage: gauge("storage_bytes", "Storage in use.", "bytes"),
  storageLimit: gauge("storage_limit_bytes", "Storage that an object may have.", "bytes"),
  timerLag: gauge("timer_lag_seconds", "For how long something has been due; 0 when nothing is.", "seconds"),
  jobStarted: gauge(
    "job_started_timestamp_seconds",
    "Since when a job of steps is under way; absent when none is.",
    "seconds",
  ),
  feedSupplied: gauge("feed_supplied", "1 if somebody supplies the feed, else 0."),
  feedStandby: gauge("feed_standby", "How many stand by to supply the feed."),
  feedPosition: gauge("feed_position", "The feed's last durable position."),
  feedUpdated: gauge(
    "feed_last_update_timestamp_seconds",
    "When the feed's last update or bookmark was taken. Where a bookmark was last and the object has been woken since: when the record before it was.",
    "seconds",
  ),
  systemCommits: counter("system_commits", `Commits of the System. ${MEMORY}`),
  systemUpdates: counter("system_updates", `Changes of what is common. ${MEMORY}`),
  systemRefusals: counter("system_refusals", `Changes that the System refused, by code. ${MEMORY}`),
  systemFailures: counter("system_failures", `Programmer's errors in the System. ${MEMORY}`),
  systemRowsWritten: counter("system_rows_written", `Rows that the System has written. ${MEMORY}`),
  systemStorage: gauge("system_storage_bytes", "Storage that the System has in use.", "bytes"),
  systemTimerLag: gauge("system_timer_lag_seconds", "For how long something of the System's has been due.", "seconds"),
  owners: gauge("owners", "Owners that are defined."),
  deliveries: gauge("deliveries_outstanding", "Owners that have yet to be handed down what is common."),
  deliveriesFailing: gauge("deliveries_failing", "Those of them that could not be reached when that was tried last."),
  deliveryFailures: counter("delivery_failures", `Attempts to hand metadata down that failed. ${MEMORY}`),
} as const satisfies Record<string, Family>;

type FamilyName = keyof typeof FAMILIES;

/** The samples of an Owner; undefined figures: its object did not tell them. */
export function* ownerSamples(owner: string, metrics: OwnerMetrics | undefined): Generator<Sample> {
  const labels = { owner };
  yield sample("up", labels, metrics === undefined ? 0 : 1);
  if (metrics === undefined) return;
  const { counts, feeds, jobSince } = metrics;
  const counted = (name: FamilyName, value: number, more: Labels = {}) =>
    countedSample(name, { ...labels, ...more }, value, counts);
  yield counted("commits", counts.commits);
  yield counted("updates", counts.updates);
  yield counted("events", counts.events);
  for (const [code, count] of Object.entries(counts.refusals)) yield counted("refusals", count, { code });
  yield counted("failures", counts.failures);
  yield counted("alarmRetries", counts.alarmsRetried);
  yield counted("rowsWritten", metrics.rowsWritten ?? 0);
  yield counted("socketsOpened", counts.socketsOpened);
  for (const [code, count] of Object.entries(counts.socketsClosed)) yield counted("socketsClosed", count, { code });
  yield sample("sockets", labels, metrics.sockets);
  yield sample("subscriptions", labels, metrics.subscriptions);
  yield sample("socketsBehind", labels, metrics.socketsBehind);
  yield sample("socketsStalled", labels, metrics.socketsStalled);
  yield sample("queue", labels, metrics.queuedBytes);
  yield sample("storage", labels, metrics.storageBytes);
  yield sample("timerLag", labels, metrics.timerLag / 1000);
  if (jobSince !== undefined) yield sample("jobStarted", labels, jobSince / 1000);
  for (const { feed, position, isSupplied, standby, lastUpdate } of feeds) {
    const ofFeed = { ...labels, feed };
    yield sample("feedSupplied", ofFeed, isSupplied ? 1 : 0);
    yield sample("feedStandby", ofFeed, standby);
    yield sample("feedPosition", ofFeed, position);
    if (lastUpdate !== undefined) yield sample("feedUpdated", ofFeed, lastUpdate / 1000);
  }
}

/** The samples of the System. */
export function* systemSamples(metrics: SystemMetrics): Generator<Sample> {
  const { counts, owners, deliveries } = metrics;
  const counted = (name: FamilyName, value: number, labels: Labels = {}) => countedSample(name, labels, value, counts);
  yield counted("systemCommits", counts.commits);
  yield counted("systemUpdates", counts.updates);
  for (const [code, count] of Object.entries(counts.refusals)) yield counted("systemRefusals", count, { code });
  yield counted("systemFailures", counts.failures);
  yield counted("systemRowsWritten", metrics.rowsWritten ?? 0);
  yield sample("systemStorage", {}, metrics.storageBytes);
  yield sample("systemTimerLag", {}, metrics.timerLag / 1000);
  yield sample("owners", {}, owners);
  yield sample("deliveries", {}, deliveries.outstanding);
  yield sample("deliveriesFailing", {}, deliveries.failing);
  yield counted("deliveryFailures", deliveries.failures);
}

/** The samples that say what the others mean: what an object may have, and whose were left out. */
export function* callSamples(notAsked: number): Generator<Sample> {
  yield sample("notAsked", {}, notAsked);
  yield sample("storageLimit", {}, LIMITS.STORAGE_BYTES);
}

function sample(name: FamilyName, labels: Labels, value: number): Sample {
  return { family: FAMILIES[name], labels, value };
}

function countedSample(name: FamilyName, labels: Labels, value: number, { since }: Counts): Sample {
  return { ...sample(name, labels, value), created: since };
}

/** What every object tells, for who asks how it is. */
export function detailsOf({ storageBytes, queuedBytes, timerLag, counts }: ObjectMetrics) {
  return {
    StorageBytes: storageBytes,
    StorageLimit: LIMITS.STORAGE_BYTES,
    QueueBytes: queuedBytes,
    TimerLagMilliseconds: timerLag,
    Failures: counts.failures,
  };
}
