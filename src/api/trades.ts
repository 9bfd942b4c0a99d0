/** Trades: as they were told, corrections and cancels too. */
import { Hono } from "hono";
import { authorised } from "./authentication.ts";
import { concernIn, targetsOf } from "./concern.ts";
import type { Api } from "./environment.ts";
import { answerRange } from "./log-answers.ts";
import { Query } from "./parameters.ts";
import { RANGE_FORMS, rangeParameters, readRange } from "./ranges.ts";

export const trades = new Hono<Api>();

for (const [name, form] of Object.entries(RANGE_FORMS)) {
  trades.get(`/trades/${name}`, authorised(), async (call) => {
    const query = new Query(call, ...rangeParameters(form), "owner", "account");
    const range = readRange(query, form);
    const concern = await concernIn(call, query);
    const of = (ownerId: string) => ({ type: "trades", targets: targetsOf(concern, ownerId) }) as const;
    return answerRange(call, concern, range, { type: "trades", of });
  });
}
