/**
 * The order state change matrices of the FIX specification (appendix D of versions 4.2 to 5.0), the field's own table
 * of what may become of an order. Orders are written OrderQty/CumQty/LeavesQty OrdStatus. Each row is told by an adapter
 * whose every Action carries the order's whole state; a bust is a Cancel of the trade. Prices are ours where a row has
 * none. Reservation, cash, holding and average are checked at every step.
 */
import { scenario } from "./given.ts";

const RESTATED = { Type: "Restate", Reason: "Restated" } as const;

scenario("B.1.b: part filled, cancel requested, filled while that is pending, cancelled", ({ order, trade, now }) => {
  order({ Side: "BUY", Quantity: 10000, Price: 10, Status: "New" }, { Reason: "New" });
  now({ O1: "10000/0/10000 New", AUD: "R 100000" });
  trade("T1", { Quantity: 2000, Price: 10 }, { Status: "PartiallyFilled" });
  now({ O1: "10000/2000/8000 PartiallyFilled", AUD: "U -20000, R 80000", BHP: "2000@10" });
  trade("T2", { Quantity: 3000, Price: 9.9 });
  now({ O1: "10000/5000/5000 PartiallyFilled", AUD: "U -49700, R 50000", BHP: "5000@9.94" });
  order({ Status: "PendingCancel" }, { Reason: "Status" });
  now({ O1: "10000/5000/5000 PendingCancel", AUD: "U -49700, R 50000", BHP: "5000@9.94" });
  trade("T3", { Quantity: 1000, Price: 9.94 });
  now({ O1: "10000/6000/4000 PendingCancel", AUD: "U -59640, R 40000", BHP: "6000@9.94" });
  order({ Status: "Canceled", IsCompleted: true }, { Reason: "Cancel" });
  now({ O1: "10000/6000/0 Canceled", AUD: "U -59640", BHP: "6000@9.94" });
});

scenario("B.1.b, selling: what is left stays in UnfilledSells until the cancel", ({ order, trade, now }) => {
  order({ Side: "SELL", Quantity: 10000, Price: 10, Status: "New" }, { Reason: "New" });
  now({ O1: "10000/0/10000 New", BHP: "S 10000" });
  trade("T1", { Quantity: 2000, Price: 10 }, { Status: "PartiallyFilled" });
  now({ O1: "10000/2000/8000 PartiallyFilled", AUD: "U 20000", BHP: "-2000@10, S 8000" });
  trade("T2", { Quantity: 3000, Price: 10.1 });
  now({ O1: "10000/5000/5000 PartiallyFilled", AUD: "U 50300", BHP: "-5000@10.06, S 5000" });
  order({ Status: "PendingCancel" }, { Reason: "Status" });
  now({ O1: "10000/5000/5000 PendingCancel", AUD: "U 50300", BHP: "-5000@10.06, S 5000" });
  trade("T3", { Quantity: 1000, Price: 10.06 });
  now({ O1: "10000/6000/4000 PendingCancel", AUD: "U 60360", BHP: "-6000@10.06, S 4000" });
  order({ Status: "Canceled", IsCompleted: true }, { Reason: "Cancel" });
  now({ O1: "10000/6000/0 Canceled", AUD: "U 60360", BHP: "-6000@10.06" });
});

scenario(
  "C.1.b: replaced by more after a part fill; the fill while pending carries the old figures",
  ({ order, trade, now }) => {
    order({ Side: "BUY", Quantity: 10000, Price: 10, Status: "New" }, { Reason: "New" });
    now({ O1: "10000/0/10000 New", AUD: "R 100000" });
    trade("T1", { Quantity: 1000, Price: 10 }, { Status: "PartiallyFilled" });
    now({ O1: "10000/1000/9000 PartiallyFilled", AUD: "U -10000, R 90000", BHP: "1000@10" });
    order({ Status: "PendingReplace" }, { Reason: "Status" });
    now({ O1: "10000/1000/9000 PendingReplace", AUD: "U -10000, R 90000", BHP: "1000@10" });
    trade("T2", { Quantity: 100, Price: 8.9 });
    now({ O1: "10000/1100/8900 PendingReplace", AUD: "U -10890, R 89000", BHP: "1100@9.9" });
    order({ Quantity: 12000, Status: "PartiallyFilled" }, { Action: "Replace", Reason: "Replace" });
    now({ O1: "12000/1100/10900 PartiallyFilled", AUD: "U -10890, R 109000", BHP: "1100@9.9" });
    trade("T3", { Quantity: 10900, Price: 10 }, { Status: "Filled", IsCompleted: true });
    now({ O1: "12000/12000/0 Filled", AUD: "U -119890", BHP: "12000@9.9908333333" });
  },
);

scenario(
  "C.3.c: replaced to 7000 when 8000 are executed; it becomes an order of 8000, filled",
  ({ order, trade, now }) => {
    order({ Side: "BUY", Quantity: 10000, Price: 10, Status: "New" }, { Reason: "New" });
    now({ O1: "10000/0/10000 New", AUD: "R 100000" });
    trade("T1", { Quantity: 8000, Price: 9.5 }, { Status: "PartiallyFilled" });
    now({ O1: "10000/8000/2000 PartiallyFilled", AUD: "U -76000, R 20000", BHP: "8000@9.5" });
    order({ Quantity: 8000, Status: "Filled", IsCompleted: true }, { Action: "Replace", Reason: "Replace" });
    now({ O1: "8000/8000/0 Filled", AUD: "U -76000", BHP: "8000@9.5" });
  },
);

scenario("E.1.b: cancelled by the exchange unasked", ({ order, trade, now }) => {
  order({ Side: "BUY", Quantity: 10000, Price: 10, Status: "New" }, { Reason: "New" });
  now({ O1: "10000/0/10000 New", AUD: "R 100000" });
  trade("T1", { Quantity: 1000, Price: 10 }, { Status: "PartiallyFilled" });
  now({ O1: "10000/1000/9000 PartiallyFilled", AUD: "U -10000, R 90000", BHP: "1000@10" });
  order({ Status: "Canceled", IsCompleted: true }, { Reason: "Cancel" });
  now({ O1: "10000/1000/0 Canceled", AUD: "U -10000", BHP: "1000@10" });
});

scenario("E.1.c: restated by the exchange before and after a fill", ({ order, trade, now }) => {
  order({ Side: "BUY", Quantity: 10000, Price: 10, Status: "New" }, { Reason: "New" });
  now({ O1: "10000/0/10000 New", AUD: "R 100000" });
  order({ Quantity: 11000, Status: "New" }, RESTATED);
  now({ O1: "11000/0/11000 New", AUD: "R 110000" });
  trade("T1", { Quantity: 1000, Price: 10 }, { Status: "PartiallyFilled" });
  now({ O1: "11000/1000/10000 PartiallyFilled", AUD: "U -10000, R 100000", BHP: "1000@10" });
  order({ Quantity: 12000, Status: "PartiallyFilled" }, RESTATED);
  now({ O1: "12000/1000/11000 PartiallyFilled", AUD: "U -10000, R 110000", BHP: "1000@10" });
});

scenario("4.2 d27: good till cancelled, over two days", ({ order, trade, now }) => {
  order({ Side: "BUY", Quantity: 10000, Price: 10, Status: "New", Lifetime: "GOOD_TILL_CANCEL" }, { Reason: "New" });
  now({ O1: "10000/0/10000 New", AUD: "R 100000" });
  trade("T1", { Quantity: 2000, Price: 10 }, { Status: "PartiallyFilled" });
  now({ O1: "10000/2000/8000 PartiallyFilled", AUD: "U -20000, R 80000", BHP: "2000@10" });
  order({ Status: "DoneForDay" }, { Reason: "Status" });
  now({ O1: "10000/2000/8000 DoneForDay", AUD: "U -20000, R 80000", BHP: "2000@10" });
  order({ Status: "PartiallyFilled" }, RESTATED);
  now({ O1: "10000/2000/8000 PartiallyFilled", AUD: "U -20000, R 80000", BHP: "2000@10" });
  trade("T2", { Quantity: 1000, Price: 9.7 });
  now({ O1: "10000/3000/7000 PartiallyFilled", AUD: "U -29700, R 70000", BHP: "3000@9.9" });
});

scenario(
  "J.1.a: busts, corrections of price and quantity, and a replacement",
  ({ order, trade, correction, cancel, now }) => {
    order({ Side: "BUY", Quantity: 10000, Price: 120, Status: "New" }, { Reason: "New" });
    now({ O1: "10000/0/10000 New", AUD: "R 1200000" });
    trade("T1", { Quantity: 1000, Price: 100 }, { Status: "PartiallyFilled" });
    now({ O1: "10000/1000/9000 PartiallyFilled", AUD: "U -100000, R 1080000", BHP: "1000@100" });
    trade("T2", { Quantity: 9000, Price: 110 }, { Status: "Filled", IsCompleted: true });
    now({ O1: "10000/10000/0 Filled", AUD: "U -1090000", BHP: "10000@109" });
    cancel("T1", { Status: "PartiallyFilled", IsCompleted: false });
    now({ O1: "10000/9000/1000 PartiallyFilled", AUD: "U -990000, R 120000", BHP: "9000@110" });
    correction("T2", { Quantity: 9000, Price: 100 });
    now({ O1: "10000/9000/1000 PartiallyFilled", AUD: "U -900000, R 120000", BHP: "9000@100" });
    trade("T3", { Quantity: 1000, Price: 120 }, { Status: "Filled", IsCompleted: true });
    now({ O1: "10000/10000/0 Filled", AUD: "U -1020000", BHP: "10000@102" });
    correction("T2", { Quantity: 9000, Price: 120 });
    now({ O1: "10000/10000/0 Filled", AUD: "U -1200000", BHP: "10000@120" });
    order({ Status: "PendingReplace", IsCompleted: false }, { Reason: "Status" });
    now({ O1: "10000/10000/0 PendingReplace", AUD: "U -1200000", BHP: "10000@120" });
    order({ Quantity: 12000, Status: "PartiallyFilled" }, { Action: "Replace", Reason: "Replace" });
    now({ O1: "12000/10000/2000 PartiallyFilled", AUD: "U -1200000, R 240000", BHP: "10000@120" });
    correction("T2", { Quantity: 9500, Price: 120 });
    now({ O1: "12000/10500/1500 PartiallyFilled", AUD: "U -1260000, R 180000", BHP: "10500@120" });
  },
);

scenario("J.1.a, selling short: the same row with every sign turned", ({ order, trade, correction, cancel, now }) => {
  order({ Side: "SHORTSELL", Quantity: 10000, Price: 100, Status: "New" }, { Reason: "New" });
  now({ O1: "10000/0/10000 New", BHP: "S 10000" });
  trade("T1", { Quantity: 1000, Price: 100 }, { Status: "PartiallyFilled" });
  now({ O1: "10000/1000/9000 PartiallyFilled", AUD: "U 100000", BHP: "-1000@100, S 9000" });
  trade("T2", { Quantity: 9000, Price: 110 }, { Status: "Filled", IsCompleted: true });
  now({ O1: "10000/10000/0 Filled", AUD: "U 1090000", BHP: "-10000@109" });
  cancel("T1", { Status: "PartiallyFilled", IsCompleted: false });
  now({ O1: "10000/9000/1000 PartiallyFilled", AUD: "U 990000", BHP: "-9000@110, S 1000" });
  correction("T2", { Quantity: 9000, Price: 100 });
  now({ O1: "10000/9000/1000 PartiallyFilled", AUD: "U 900000", BHP: "-9000@100, S 1000" });
  trade("T3", { Quantity: 1000, Price: 120 }, { Status: "Filled", IsCompleted: true });
  now({ O1: "10000/10000/0 Filled", AUD: "U 1020000", BHP: "-10000@102" });
  correction("T2", { Quantity: 9000, Price: 120 });
  now({ O1: "10000/10000/0 Filled", AUD: "U 1200000", BHP: "-10000@120" });
  order({ Status: "PendingReplace", IsCompleted: false }, { Reason: "Status" });
  now({ O1: "10000/10000/0 PendingReplace", AUD: "U 1200000", BHP: "-10000@120" });
  order({ Quantity: 12000, Status: "PartiallyFilled" }, { Action: "Replace", Reason: "Replace" });
  now({ O1: "12000/10000/2000 PartiallyFilled", AUD: "U 1200000", BHP: "-10000@120, S 2000" });
  correction("T2", { Quantity: 9500, Price: 120 });
  now({ O1: "12000/10500/1500 PartiallyFilled", AUD: "U 1260000", BHP: "-10500@120, S 1500" });
});

scenario("4.2 d35: a bust and a late fill after the cancel", ({ order, trade, cancel, now }) => {
  order({ Side: "BUY", Quantity: 10000, Price: 10, Status: "New" }, { Reason: "New" });
  now({ O1: "10000/0/10000 New", AUD: "R 100000" });
  trade("T1", { Quantity: 5000, Price: 10 }, { Status: "PartiallyFilled" });
  now({ O1: "10000/5000/5000 PartiallyFilled", AUD: "U -50000, R 50000", BHP: "5000@10" });
  order({ Status: "PendingCancel" }, { Reason: "Status" });
  now({ O1: "10000/5000/5000 PendingCancel", AUD: "U -50000, R 50000", BHP: "5000@10" });
  order({ Status: "Canceled", IsCompleted: true }, { Reason: "Cancel" });
  now({ O1: "10000/5000/0 Canceled", AUD: "U -50000", BHP: "5000@10" });
  cancel("T1");
  now({ O1: "10000/0/0 Canceled" });
  trade("T2", { Quantity: 4000, Price: 9.5 });
  now({ O1: "10000/4000/0 Canceled", AUD: "U -38000", BHP: "4000@9.5" });
});
