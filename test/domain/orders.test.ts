/** Orders: their states, how they move and go, and what is applied though it looks wrong (rules O1, O2, O5 to O7). */
import { describe, expect } from "vitest";
import { removalOf } from "../../src/domain/orders.ts";
import { type Given, scenario } from "./given.ts";
import type { OrderFields } from "./support/adapter.ts";

describe("O1: an Action replaces the whole state of its order", () => {
  scenario("O1: what the new state leaves out is gone", ({ order, orderState, now }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7, AdditionalFunds: 3, Status: "Open" });
    now({ AUD: "R 73" });
    order({ Price: undefined, Status: undefined });
    now({ AUD: "R 3" });
    expect(orderState()).not.toHaveProperty("Price");
    expect(orderState()).not.toHaveProperty("Status");
  });

  scenario("O1: Created is kept from first sight, or as the adapter says", ({ order, orderState }) => {
    order({ Side: "BUY", Quantity: 10 });
    expect(orderState()?.Created).toBe("2026-01-05T00:00:00.000000Z");
    order({ Quantity: 11 });
    expect(orderState()?.Created).toBe("2026-01-05T00:00:00.000000Z");
    order({ Created: "2025-12-31T10:00:00Z" });
    order({ Created: undefined });
    expect(orderState()?.Created).toBe("2025-12-31T10:00:00.000000Z");
  });

  scenario("O1: Created starts anew for an order that was removed", ({ order, orderState }) => {
    order({ Side: "BUY", Quantity: 10 });
    order({ RemoveAfter: {} });
    order({ RemoveAfter: undefined });
    expect(orderState()?.Created).toBe("2026-01-05T00:00:02.000000Z");
  });

  scenario("O1: Lifetime and ExpiryDate trigger nothing by themselves", ({ order, timers, now }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7, Lifetime: "GOOD_TILL_DATE", ExpiryDate: "2020-01-01" });
    expect(timers()).toEqual([]);
    now({ AUD: "R 70" });
  });

  scenario(
    "O1: status is recorded, not inferred: what is filled stays open until the adapter says",
    ({ order, trade, orderState }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7, Status: "Open" });
      trade("T1", { Quantity: 10, Price: 7 });
      expect(orderState()?.Status).toBe("Open");
      expect(orderState()).not.toHaveProperty("IsCompleted");
    },
  );

  for (const kind of [
    { Action: "Update", Type: "Update" },
    { Action: "Update", Type: "Restate", Reason: "Restated" },
    { Action: "Replace", Type: "Update", Reason: "Replace" },
  ] as const) {
    scenario(`O1: ${kind.Action} of type ${kind.Type} is an update like any other`, ({ order, recorded, now }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7 });
      order({ Quantity: 20 }, kind);
      now({ AUD: "R 140", O1: "20/0/20" });
      expect(recorded().Action?.Update?.Type).toBe(`OrderUpdateType_${kind.Type}`);
    });
  }

  scenario("O1: an OrderID is unique within the Owner, whatever the account", ({ order, now }) => {
    order({ Account: "A1", Side: "BUY", Quantity: 10, Price: 7 });
    order({ Account: "A2", Quantity: 20 });
    now({ "A2/AUD": "R 140", "A2/O1": "20/0/20" });
  });
});

describe("O2: a new state releases the old reservation where it was, and reserves its own", () => {
  const first: OrderFields = { Side: "BUY", Quantity: 10, Price: 7 };
  const steps: readonly { readonly of: string; readonly fields: OrderFields; readonly now: Record<string, string> }[] =
    [
      { of: "currency", fields: { Currency: "USD" }, now: { USD: "R 70" } },
      { of: "side", fields: { Side: "SELL" }, now: { BHP: "S 10" } },
      { of: "account", fields: { Account: "A2" }, now: { "A2/AUD": "R 70" } },
      { of: "quantity and price", fields: { Quantity: 3, Price: 1.5 }, now: { AUD: "R 4.5" } },
      {
        of: "account, side and currency at once",
        fields: { Account: "A2", Side: "SHORTSELL", Currency: "USD" },
        now: { "A2/BHP": "S 10" },
      },
    ];
  for (const { of, fields, now: expected } of steps) {
    scenario(`O2: another ${of}, and back`, ({ order, now }) => {
      order(first);
      order(fields);
      now(expected);
      order({ Account: "A1", Currency: "AUD", ...first });
      now({ AUD: "R 70" });
    });
  }

  scenario("O2: another exchange and code of a sell", ({ order, now }) => {
    order({ Side: "SELL", Quantity: 10 });
    order({ Exchange: "XLON" });
    now({ "XLON:BHP": "S 10" });
    order({ Code: "VOD" });
    now({ "XLON:VOD": "S 10" });
  });
});

describe("O5: an order moves when its state names another account", () => {
  scenario(
    "O5: its reservation moves; Remove under the old account, Update under the new",
    ({ order, events, raised, now }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7, Status: "Open" });
      order({ Account: "A2", Status: "Moved" }, { PreviousAccount: "A1" });
      expect(events()).toEqual([
        "Updates Update",
        "Orders O1 removed",
        "Orders A2/O1",
        "Balances AUD removed",
        "Balances A2/AUD",
      ]);
      expect(raised().map(({ Order }) => Order?.Status)).toEqual([undefined, "Open", "Moved", undefined, undefined]);
      now({ "A2/O1": "10/0/10 Moved", "A2/AUD": "R 70" });
    },
  );

  scenario(
    "O5: the recorded Action says where it came from, also when the adapter did not",
    ({ order, trade, recorded }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7 });
      expect(recorded().Action).not.toHaveProperty("Update");
      order({ Account: "A2" });
      expect(recorded().Action?.Update).toEqual({ PreviousAccount: { AccountID: "A1", OwnerID: "XS" } });
      order({ Account: "A3" }, { Reason: "Status" });
      expect(recorded().Action?.Update).toEqual({
        PreviousAccount: { AccountID: "A2", OwnerID: "XS" },
        Reason: "OrderUpdateReason_Status",
      });
      trade("T1", { Quantity: 4, Price: 7 }, { Account: "A1" });
      expect(recorded().Action?.Update).toEqual({ PreviousAccount: { AccountID: "A3", OwnerID: "XS" } });
      // In the order of the contract, so that one that is sent back is the same text.
      expect(Object.keys(recorded().Action ?? {})).toEqual(["Type", "Order", "Update", "Trade"]);
      order({ Account: "A2" }, { PreviousAccount: "A9" });
      expect(recorded().Action?.Update).toEqual({ PreviousAccount: { AccountID: "A9", OwnerID: "XS" } });
      order({ Quantity: 11 });
      expect(recorded().Action).not.toHaveProperty("Update");
    },
  );

  scenario("O5: it moves by its state alone, whether PreviousAccount says so or not", ({ order, now }) => {
    order({ Side: "SELL", Quantity: 10 });
    order({ Account: "A2" });
    now({ "A2/O1": "10/0/10", "A2/BHP": "S 10" });
    order({ Quantity: 20 }, { PreviousAccount: "A1" });
    now({ "A2/O1": "20/0/20", "A2/BHP": "S 20" });
  });

  scenario(
    "O5: fills stay where they were booked; each moves with its own correction",
    ({ order, trade, correction, cancel, now }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7 });
      trade("T1", { Quantity: 2, Price: 7 });
      trade("T2", { Quantity: 3, Price: 6 });
      order({ Account: "A2" });
      now({ AUD: "U -32", BHP: "5@6.4", "A2/AUD": "R 35" });
      correction("T1", { Quantity: 2, Price: 7.5 });
      now({ AUD: "U -18", BHP: "3@6", "A2/AUD": "U -15, R 35", "A2/BHP": "2@7.5" });
      cancel("T2");
      now({ "A2/AUD": "U -15, R 56", "A2/BHP": "2@7.5" });
    },
  );

  scenario("O5: its timer goes with it", ({ order, timers }) => {
    order({ Side: "BUY", Quantity: 10, RemoveAfter: "2026-02-01T00:00:00Z" });
    order({ Account: "A2" });
    expect(timers()).toEqual(["order O1 2026-02-01T00:00:00.000Z"]);
  });
});

describe("O6: an order goes when its RemoveAfter passes", () => {
  for (const [spelling, RemoveAfter] of [
    ["the epoch", "1970-01-01T00:00:00Z"],
    ["an empty object", {}],
  ] as const) {
    scenario(
      `O6: ${spelling} means at once, with one Remove event that carries the final state`,
      ({ order, events, raised, timers, now }) => {
        order({ Side: "BUY", Quantity: 10, Price: 7, Status: "Open" });
        order({ RemoveAfter, Status: "Gone" });
        expect(events()).toEqual(["Updates Update", "Orders O1 removed", "Balances AUD removed"]);
        expect(raised()[1]?.Order).toMatchObject({ Status: "Gone", RemoveAfter: "1970-01-01T00:00:00.000000Z" });
        expect(timers()).toEqual([]);
        now({});
      },
    );
  }

  scenario("O6: where an order lived is forgotten with it", ({ order, isOrderKnown }) => {
    order({ Side: "BUY", Quantity: 10 });
    expect(isOrderKnown("O1")).toBe(true);
    order({ Account: "A2", RemoveAfter: {} });
    expect(isOrderKnown("O1")).toBe(false);
  });

  scenario("O6: an order that moves and goes in one record is removed where it was, and shown as it goes", (given) => {
    const { order, events, now } = given;
    order({ Side: "BUY", Quantity: 10, Price: 7 });
    order({ Account: "A2", RemoveAfter: {} });
    expect(events()).toEqual(["Updates Update", "Orders O1 removed", "Orders A2/O1 removed", "Balances AUD removed"]);
    now({});
  });

  scenario("O6: a last fill and the removal in one record", ({ order, trade, events, now }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7 });
    trade("T1", { Quantity: 10, Price: 7 }, { IsCompleted: true, RemoveAfter: {} });
    expect(events()).toEqual([
      "Updates Trade",
      "Orders O1 removed",
      "Balances AUD",
      "Holdings BHP",
      "Transactions Trade T1",
    ]);
    now({ AUD: "U -70", BHP: "10@7" });
  });

  scenario("O6: an order that comes and goes in its first record is shown as it goes", ({ order, events, now }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7, RemoveAfter: {} });
    expect(events()).toEqual(["Updates Update", "Orders O1 removed"]);
    now({});
  });

  scenario(
    "O6: omitted means never, any other time sets a timer, and a new state moves or cancels it",
    ({ order, timers }) => {
      order({ Side: "BUY", Quantity: 10 });
      expect(timers()).toEqual([]);
      order({ RemoveAfter: "2026-02-01T00:00:00Z" });
      expect(timers()).toEqual(["order O1 2026-02-01T00:00:00.000Z"]);
      order({ Quantity: 11 });
      expect(timers()).toEqual(["order O1 2026-02-01T00:00:00.000Z"]);
      order({ RemoveAfter: "2026-03-01T00:00:00.000001Z" });
      expect(timers()).toEqual(["order O1 2026-03-01T00:00:00.001Z"]);
      order({ RemoveAfter: undefined });
      expect(timers()).toEqual([]);
      order({ RemoveAfter: "2026-02-01T00:00:00Z" });
      order({ RemoveAfter: {} });
      expect(timers()).toEqual([]);
    },
  );

  scenario("O6: a time that has passed already goes by the timer too", ({ order, timers, now }) => {
    order({ Side: "SELL", Quantity: 10, RemoveAfter: "1970-01-01T00:00:00.000001Z" });
    expect(timers()).toEqual(["order O1 1970-01-01T00:00:00.001Z"]);
    now({ BHP: "S 10", O1: "10/0/10" });
  });

  scenario("O6: when the timer is due the OMS removes the order, and with it what it reserved", (given) => {
    given.order({ Side: "BUY", Quantity: 10, Price: 7, RemoveAfter: "2026-02-01T00:00:00Z" });
    given.trade("T1", { Quantity: 4, Price: 7 });
    removeByTimer(given);
    expect(given.events()).toEqual(["Updates Update", "Orders O1 removed", "Balances AUD"]);
    expect(given.timers()).toEqual([]);
    given.now({ AUD: "U -28", BHP: "4@7" });
  });

  scenario(
    "O6: what is told of an order after it went makes it known again; its trades were never forgotten",
    (given) => {
      given.order({ Side: "BUY", Quantity: 10, Price: 7 });
      given.trade("T1", { Quantity: 4, Price: 7 });
      given.order({ RemoveAfter: {} });
      given.refuses("Trade.Duplicate T1", () => given.trade("T1", { Quantity: 5, Price: 7 }));
      given.correction("T1", { Quantity: 5, Price: 7 }, { RemoveAfter: undefined });
      given.now({ AUD: "U -35, R 35", BHP: "5@7", O1: "10/5/5" });
    },
  );
});

function removeByTimer({ orderState, update }: Given): void {
  const state = orderState();
  if (state === undefined) throw new Error("there is no order to remove");
  update(removalOf(state));
}

describe("O7: applied, not refused", () => {
  scenario("O7: an order of an account that nobody defined", ({ order, now }) => {
    order({ Account: "XS/never/seen", Side: "BUY", Quantity: 10, Price: 7 });
    now({ "never/seen/AUD": "R 70", "never/seen/O1": "10/0/10" });
  });

  scenario("O7: a fill as the first that is heard of an order", ({ trade, now }) => {
    trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10, Price: 7 });
    now({ AUD: "U -28, R 42", BHP: "4@7", O1: "10/4/6" });
  });

  scenario("O7: fills on a completed and on a cancelled order", ({ order, trade, now }) => {
    order({ Side: "SELL", Quantity: 10, Status: "Cancelled", IsCompleted: true });
    trade("T1", { Quantity: 4, Price: 7 });
    trade("T2", { Quantity: 6, Price: 8 }, { Status: "Filled" });
    now({ AUD: "U 76", BHP: "-10@7.6", O1: "10/10/0 Filled" });
  });

  scenario("O7: more executed than ordered", ({ order, trade, now }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7 });
    trade("T1", { Quantity: 9, Price: 7 });
    trade("T2", { Quantity: 2, Price: 7 });
    now({ AUD: "U -77", BHP: "11@7", O1: "10/11/0" });
  });

  scenario(
    "O7: an ExecutedQuantity that disagrees with the trades: reservation from the one, cash and holding from the others",
    ({ order, trade, now }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7, ExecutedQuantity: 9 });
      now({ AUD: "R 7" });
      trade("T1", { Quantity: 4, Price: 7 }, { ExecutedQuantity: 1 });
      now({ AUD: "U -28, R 63", BHP: "4@7" });
    },
  );
});
