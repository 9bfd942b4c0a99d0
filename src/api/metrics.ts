/**
 * Figures for operators' scrapers. An object that is asked is woken, and what is counted there begins anew: so no more
 * than LIMITS.METRICS_OWNERS are asked in one call, and a call that names none asks all or none.
 */
import { Hono } from "hono";
import { seesEveryOwner } from "../domain/permissions.ts";
import { errorFields, tell } from "../operations/log.ts";
import { exposition, OPENMETRICS_TYPE, type Sample } from "../operations/openmetrics.ts";
import type { OwnerMetrics } from "../owner/rpc.ts";
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { Ahead } from "./ahead.ts";
import { seenOwners } from "./asking.ts";
import { authorised } from "./authentication.ts";
import { concernIn } from "./concern.ts";
import { askIfKnown } from "./directory.ts";
import type { Api, Call } from "./environment.ts";
import { callSamples, ownerSamples, systemSamples } from "./figures.ts";
import { Query } from "./parameters.ts";
import { systemStub } from "./system.ts";

export const metrics = new Hono<Api>();

metrics.get("/metrics", authorised("Audit", "Admin"), async (call) => {
  const asked = await askedOwners(call, new Query(call, "owner"));
  const samples = [...callSamples(asked.notAsked)];
  if (seesEveryOwner(call.var.caller.permissions)) samples.push(...systemSamples(await systemStub(call).metrics()));
  const told = await Ahead.start(asked.ownerIds, (ownerId) => samplesOf(call, ownerId, asked.areNamed));
  for await (const ofOwner of told.results()) samples.push(...ofOwner);
  return new Response(exposition(samples), {
    headers: { "Content-Type": OPENMETRICS_TYPE, "Cache-Control": "no-store" },
  });
});

interface AskedOwners {
  readonly ownerIds: readonly string[];
  /** The caller named them. */
  readonly areNamed: boolean;
  /** How many the caller may see beside them. */
  readonly notAsked: number;
}

/**
 * The Owners whose objects are asked. Throws Refusal `Owner.Unknown <owner>` for one that the caller may not see,
 * `Message.TooLarge` for more than one call may name.
 */
async function askedOwners(call: Call, query: Query): Promise<AskedOwners> {
  if (query.all("owner").length > 0) {
    const { ownerIds } = await concernIn(call, query);
    if (ownerIds.length > LIMITS.METRICS_OWNERS) {
      throw new Refusal("Message.TooLarge", `${LIMITS.METRICS_OWNERS} owners`);
    }
    return { ownerIds, areNamed: true, notAsked: 0 };
  }
  const { ownerIds } = await seenOwners(call);
  const areTooMany = ownerIds.length > LIMITS.METRICS_OWNERS;
  return { ownerIds: areTooMany ? [] : ownerIds, areNamed: false, notAsked: areTooMany ? ownerIds.length : 0 };
}

/** An object that cannot tell is told to be down, so that the others' figures are told all the same. */
async function samplesOf(call: Call, ownerId: string, isNamed: boolean): Promise<readonly Sample[]> {
  let given: { readonly given: OwnerMetrics } | undefined;
  try {
    given = await inTime(askIfKnown(call, ownerId, (object, address) => object.metrics(address)));
  } catch (error) {
    if (!(error instanceof Refusal)) tell("warn", "object.unreachable", errorFields(error));
    return [...ownerSamples(ownerId, undefined)];
  }
  if (given !== undefined) return [...ownerSamples(ownerId, given.given)];
  if (isNamed) throw new Refusal("Owner.Unknown", ownerId);
  return [];
}

async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error("an object has not told its figures in time")),
      LIMITS.METRICS_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
