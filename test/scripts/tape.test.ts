/** The plan of a replay, and the books that are kept of it without the server's rules. */
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { Replica } from "../../scripts/support/replica.ts";
import { amountOf, amountText, keepBooks } from "../../scripts/tape/books.ts";
import { type PlannedFrame, planTape, tapeOptions } from "../../scripts/tape/plan.ts";
import { cancelsOut, differences, sumsOf } from "../../scripts/tape/reconcile.ts";
import { type Print, readTape } from "../../scripts/tape/tape.ts";
import { applyUpdate } from "../../src/domain/apply.ts";
import { Draft } from "../../src/domain/draft.ts";
import type { At } from "../../src/domain/records.ts";
import { NOTHING } from "../domain/support/book.ts";

const EXCERPT = fileURLToPath(new URL("../data/us-equity-prints-excerpt.csv", import.meta.url).href);
const OPTIONS = tapeOptions("TAPE", 50);

let prints: readonly Print[];
let frames: readonly PlannedFrame[];

beforeAll(async () => {
  prints = await readTape(EXCERPT);
  frames = [...planTape(prints, OPTIONS)];
});

describe("the plan of a tape", () => {
  test("positions run from 1 without a gap, and every instance makes the same frames", () => {
    expect(frames.map(({ position }) => position)).toEqual(frames.map((_, index) => index + 1));
    expect(JSON.stringify([...planTape(prints, OPTIONS)])).toBe(JSON.stringify(frames));
  });

  test("each print is one trade of a buyer and one of a seller, at its price and size", () => {
    const trades = actions().filter(({ Trade }) => Trade?.Type === "OrderTradeType_Trade");
    for (const side of ["SIDE_BUY", "SIDE_SELL"]) {
      const traded = trades
        .filter(({ Order }) => Order?.Side === side)
        .map(({ Order, Trade }) => `${Order?.Code} ${Trade?.Quantity}@${Trade?.Price}`);
      expect(traded).toEqual(prints.map(({ symbol, size, price }) => `${symbol} ${Number(size)}@${Number(price)}`));
    }
  });

  test("orders are filled by several prints, amended, cancelled with a remainder; trades corrected and cancelled", () => {
    const count = (reason: string): number => actions().filter(({ Update }) => Update?.Reason === reason).length;
    const fills = new Map<string, number>();
    for (const { Order, Trade } of actions()) {
      const id = Order?.OrderID ?? "";
      if (Trade?.Type === "OrderTradeType_Trade") fills.set(id, (fills.get(id) ?? 0) + 1);
    }
    expect([...fills.values()].filter((number) => number > 1).length).toBeGreaterThan(20);
    expect(count("OrderUpdateReason_Replace")).toBeGreaterThan(20);
    expect(count("OrderUpdateReason_Cancel")).toBeGreaterThan(20);
    expect(count("OrderUpdateReason_TradeCorrection")).toBeGreaterThan(5);
    expect(count("OrderUpdateReason_TradeCancel")).toBeGreaterThan(3);
    const removals = new Set(actions().map(({ Order }) => (Order?.IsCompleted ? Order.RemoveAfter : "open")));
    expect(removals.size).toBe(4);
  });

  test("an execution never exceeds its order", () => {
    for (const { Order } of actions()) {
      expect(amountOf(String(Order?.ExecutedQuantity))).toBeLessThanOrEqual(amountOf(String(Order?.Quantity)));
    }
  });
});

describe("the independent books", () => {
  test("add up a small tape as it is done by hand", () => {
    const two = [
      { time: 0, symbol: "X", price: "10.00", size: "3", venue: "A" },
      { time: 1, symbol: "X", price: "11.00", size: "3", venue: "A" },
    ];
    const one = { ...OPTIONS, buyers: ["BUYER"], sellers: ["SELLER"] };
    const { cash, holdings, fees } = keepBooks(planTape(two, one));
    // Each side pays 0.0035 a share; the seller 0.0000174 of the value too: 63 × 0.0000174 = 0.0010962.
    expect(amountText(fees)).toBe("0.0430962");
    expect(amountText(cash.get("BUYER USD")?.cash ?? 0n)).toBe("-63.021");
    expect(amountText(cash.get("SELLER USD")?.cash ?? 0n)).toBe("62.9779038");
    expect(amountText(holdings.get("BUYER US X")?.quantity ?? 0n)).toBe("6");
    expect(amountText(holdings.get("BUYER US X")?.average ?? 0n)).toBe("10.5");
    expect(amountText(holdings.get("SELLER US X")?.quantity ?? 0n)).toBe("-6");
  });

  test("agree with the accounting rules on the excerpt, and a single wrong figure shows", () => {
    const replica = applied();
    const orders = [...replica.orders.values()].filter(({ RemoveAfter }) => RemoveAfter === undefined);
    const state = { balances: [...replica.balances.values()], holdings: [...replica.holdings.values()], orders };
    const books = keepBooks(frames);
    expect(differences(books, state)).toEqual([]);
    expect(cancelsOut(sumsOf(books, state))).toBe(true);

    const {
      balances: [first, ...others],
    } = state;
    expect(differences(books, { ...state, balances: others })).toHaveLength(1);
    expect(cancelsOut(sumsOf(books, { ...state, balances: others }))).toBe(false);
    expect(differences(books, { ...state, orders: state.orders.slice(1) })).toHaveLength(1);
    expect(first).toBeDefined();
  });
});

function actions() {
  return frames.map(({ request }) => request.Action ?? {});
}

/** The state after all frames, by the rules alone. */
function applied(): Replica {
  const replica = new Replica();
  const state = new Draft(NOTHING);
  for (const { position, request } of frames) {
    const draft = new Draft(state);
    // The place in the log: any that increases.
    const at = position as At;
    const context = { ownerId: OPTIONS.owner, at, digest: (text: string) => text, newId: () => String(position) };
    const update = { Type: "UpdateEventType_Action", ...(request.Action && { Action: request.Action }) } as const;
    for (const event of applyUpdate(draft, update, context).events) replica.fold(event);
    draft.mergeInto(state);
  }
  return replica;
}
