/** What an Owner keeps, kind by kind, as it is kept. */
import { Hono } from "hono";
import { KINDS, type Kind } from "../domain/records.ts";
import { Refusal } from "../protocol/errors.ts";
import { answered, piecesOf, streamed } from "./answers.ts";
import { ownerInQuery } from "./asking.ts";
import { authorised } from "./authentication.ts";
import { askOwner } from "./directory.ts";
import type { Api } from "./environment.ts";
import { AS_AT, asAtOf } from "./moments.ts";
import { pathParameter, Query, refuseQuery } from "./parameters.ts";

export const channels = new Hono<Api>();

/** Identity sources and permissions are the System's alone. */
const CHANNELS: readonly Kind[] = KINDS.filter((kind) => kind !== "source" && kind !== "identity");

channels.get("/diagnostics/channel", authorised("Audit"), (call) => {
  refuseQuery(call);
  return answered(JSON.stringify(CHANNELS));
});

channels.get("/diagnostics/channel/:channel", authorised("Audit"), async (call) => {
  const query = new Query(call, ...AS_AT, "owner");
  const name = pathParameter(call, "channel");
  const ownerId = ownerInQuery(call, query, "Owner.Unknown");
  const channel = CHANNELS.find((kind) => kind === name);
  if (channel === undefined) throw new Refusal("Unknown");
  const question = { channel, ...asAtOf(query, ownerId) };
  const { at, body } = await askOwner(call, ownerId, (object, address) => object.channel(address, question));
  return streamed(call, piecesOf(body), { at });
});
