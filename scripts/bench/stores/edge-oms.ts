/** Edge OMS among the other stores: nobody subscribes, because nobody does there. */
import { createClient } from "../../../src/client/index.ts";
import type { WorkerBundle } from "../../support/worker-bundle.ts";
import { Rig } from "../rig.ts";
import { Supply } from "../supply.ts";
import type { Change, Kept } from "./changes.ts";
import type { Found, Store } from "./store.ts";

export async function startEdgeOms(bundle: WorkerBundle): Promise<Found> {
  return { store: new EdgeOms(await Rig.start({ bundle })) };
}

class EdgeOms implements Store {
  readonly name = "Edge OMS";
  readonly remark = "also checks each update, reckons, makes its events, and chains the log";
  readonly withoutFlat = true;
  readonly #rig: Rig;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  async apply(owner: string, changes: readonly Change[], window: number): Promise<number> {
    const frames = changes.map(({ position, update }) => ({ last: position, content: update }));
    const supply = await Supply.open(await this.#rig.target(owner));
    const elapsed = await supply.pipelined(frames, window);
    supply.disconnect();
    return elapsed;
  }

  async kept(owner: string): Promise<Kept> {
    const target = await this.#rig.target(owner);
    const supply = await Supply.open(target);
    supply.disconnect();
    const { orders, balances, holdings } = createClient({ url: target.url, token: await this.#rig.operatorToken() });
    const listings = [await orders.list({ owner }), await balances.list({ owner }), await holdings.list({ owner })];
    return { updates: supply.resumedAt, states: listings.reduce((sum, { length }) => sum + length, 0) };
  }

  async dispose(): Promise<void> {
    await this.#rig.dispose();
  }
}
