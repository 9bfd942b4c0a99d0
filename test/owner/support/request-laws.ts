/** Whatever else happens, requests are sent once for each time that the log says so, and nobody waits for nothing. */
import { KEY_SEPARATOR } from "../../../src/domain/records.ts";
import { expectEqual } from "../../domain/support/equal.ts";
import { deliveriesTo, responseOf } from "../asking.ts";
import { FoldedLog } from "./folded-log.ts";
import { type Law, NOTHING_ELSE } from "./laws.ts";
import type { Player } from "./player.ts";

export function requestLaws(law: Law): void {
  law(
    "An adapter is sent a request once for each record that says it was sent, as it was then, and never otherwise",
    { runs: 60, of: { renames: true, fullStorage: true }, drawn: NOTHING_ELSE },
    ({ world }) => {
      const { records } = new FoldedLog(world.store);
      const sent = world.sockets.flatMap(deliveriesTo);
      const ats = sent.map(({ RequestID }) => RequestID);
      expectEqual(new Set(ats).size, ats.length, "each delivery has a record of its own");
      for (const { RequestID: at, Position, Request } of sent) {
        const record = records.find(({ At: made }) => made === at);
        const states = (record?.Events ?? []).flatMap((event) => (event.Request === undefined ? [] : [event.Request]));
        const state = states.find((each) => each.Request?.RequestID === Request.RequestID);
        expectEqual(state?.Status, "Submitted", `${Request.RequestID} at ${at}`);
        expectEqual(state?.Route, Position.Sequence, `the feed of ${Request.RequestID} at ${at}`);
        expectEqual(state?.Request, Request, `${Request.RequestID} as it was at ${at}`);
      }
    },
  );

  law(
    "A call waits only while its request waits for its feed, or for an answer, and its timer will end that",
    { runs: 60, of: { renames: true, fullStorage: true }, drawn: NOTHING_ELSE },
    async ({ world, calls }) => {
      await Promise.resolve();
      const open = new Map(
        [...world.store.list("request", {})].map(({ key, body }) => [key.split(KEY_SEPARATOR)[1], JSON.parse(body)]),
      );
      for (const call of calls) {
        if (call.engine !== world.engine || responseOf(call) !== undefined) continue;
        const what = JSON.stringify(call.request);
        const waiting = [...open].filter(([, { Status }]) => Status === "Pending" || Status === "Submitted");
        const own = waiting.filter(([id]) => call.request.RequestID === undefined || id === call.request.RequestID);
        expectEqual(own.length > 0, true, `${what} is open`);
        const isTimed = own.some(([, state]) => hasTimer(world, state));
        expectEqual(isTimed, true, `${what} has a timer`);
      }
    },
  );

  law(
    "In the end every request that waited for its feed was sent or has come to its end, and every call was answered",
    { runs: 60, of: { renames: true }, drawn: NOTHING_ELSE },
    async (player) => {
      const { world, calls } = player;
      // The clock may have gone back since: what was to be done by the head of the log is due then.
      world.now = Math.max(world.now, Math.ceil(world.store.head().at / 1000)) + 100_000;
      for (let round = 0; round < 20; round++) await world.ring();
      const statuses = [...world.store.list("request", {})].map(({ body }) => JSON.parse(body).Status);
      expectEqual(statuses.includes("Pending"), false, "none waits for its feed");
      const waiting = calls.filter((call) => call.engine === world.engine && responseOf(call) === undefined);
      expectEqual(
        waiting.map(({ request }) => request),
        [],
        "calls that wait",
      );
    },
  );
}

function hasTimer(
  { store }: Player["world"],
  { Request }: { readonly Request: { readonly RequestID: string; readonly Account: { readonly AccountID: string } } },
): boolean {
  return store.timerOf("request", [Request.Account.AccountID, Request.RequestID].join(KEY_SEPARATOR)) !== undefined;
}
