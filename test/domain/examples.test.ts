/** The acceptance examples of the accounting rules, number by number. */
import { scenario } from "./given.ts";

scenario(
  "Example 0: an order from its deposit to its settlement",
  ({ deposit, order, trade, correction, settle, now }) => {
    deposit(10000);
    now({ AUD: "B 10000" });
    order({ Side: "BUY", Quantity: 100, Price: 45.12, AdditionalFunds: 9.95 });
    now({ AUD: "B 10000, R 4521.95" });
    trade("T1", { Quantity: 40, Price: 45.1, AdditionalFunds: 3.98 });
    now({ AUD: "B 10000, U -1807.98, R 2713.17", BHP: "40@45.10" });
    trade("T2", { Quantity: 60, Price: 45.12, AdditionalFunds: 5.97 }, { IsCompleted: true });
    now({ AUD: "B 10000, U -4521.15", BHP: "100@45.112" });
    correction("T1", { Quantity: 40, Price: 45, AdditionalFunds: 3.98 });
    now({ AUD: "B 10000, U -4517.15", BHP: "100@45.072" });
    settle(-4517.15);
    now({ AUD: "B 5482.85", BHP: "100@45.072" });
  },
);

scenario("Example 1: selling what is not held, with a fee above the consideration", ({ order, trade, now }) => {
  order({ Side: "SELL", Quantity: 10, Price: 5 });
  trade("T1", { Quantity: 1, Price: 5, AdditionalFunds: 9.95 });
  now({ AUD: "U -4.95", BHP: "-1@5, S 9" });
});

scenario("Example 2: a refunded fee frees nothing of what was reserved for fees", ({ order, trade, now }) => {
  order({ Side: "BUY", Quantity: 100, Price: 10, AdditionalFunds: 5 });
  now({ AUD: "R 1005" });
  trade("T1", { Quantity: 40, Price: 10, AdditionalFunds: -2 });
  now({ AUD: "U -398, R 605", BHP: "40@10" });
});

scenario("Example 3: a buy replaced by a sell", ({ order, now }) => {
  order({ Side: "BUY", Quantity: 100, Price: 10, AdditionalFunds: 5 });
  now({ AUD: "R 1005" });
  order({ Side: "SELL", Quantity: 50, AdditionalFunds: undefined }, { Action: "Replace" });
  now({ BHP: "S 50" });
});

scenario("Example 4: an order replaced to less than was executed", ({ order, trade, now }) => {
  order({ Side: "BUY", Quantity: 100, Price: 10 });
  trade("T1", { Quantity: 60, Price: 10 });
  now({ AUD: "U -600, R 400", BHP: "60@10" });
  order({ Quantity: 50 }, { Action: "Replace" });
  now({ AUD: "U -600", BHP: "60@10" });
});

scenario("Example 5: an order moves, and its fill when it is corrected", ({ order, trade, correction, now }) => {
  order({ Side: "BUY", Quantity: 100, Price: 10 });
  trade("T1", { Quantity: 40, Price: 10 });
  order({ Account: "A2" }, { PreviousAccount: "A1" });
  now({ AUD: "U -400", BHP: "40@10", "A2/AUD": "R 600" });
  correction("T1", { Quantity: 40, Price: 10 });
  now({ "A2/AUD": "U -400, R 600", "A2/BHP": "40@10" });
});

scenario(
  "Example 6: a cancelled trade stays cancelled",
  ({ order, trade, correction, cancel, refuses, repeats, now }) => {
    order({ Side: "BUY", Quantity: 10, Price: 5 });
    trade("T1", { Quantity: 10, Price: 5 }, { IsCompleted: true });
    now({ AUD: "U -50", BHP: "10@5" });
    cancel("T1");
    now({});
    repeats(() => trade("T1", { Quantity: 10, Price: 5 }));
    now({});
    refuses("Trade.Cancelled T1", () => correction("T1", { Quantity: 10, Price: 6 }));
    now({});
  },
);

scenario("Example 7: the first of three trades is corrected", ({ order, trade, correction, now }) => {
  order({ OrderID: "O1", Side: "BUY", Quantity: 100, Price: 10 });
  trade("T1", { Quantity: 100, Price: 10 }, { OrderID: "O1", IsCompleted: true });
  order({ OrderID: "O2", Side: "SELL", Quantity: 40, Price: 11 });
  trade("T2", { Quantity: 40, Price: 11 }, { OrderID: "O2", IsCompleted: true });
  order({ OrderID: "O3", Side: "BUY", Quantity: 20, Price: 13 });
  trade("T3", { Quantity: 20, Price: 13 }, { OrderID: "O3", IsCompleted: true });
  now({ AUD: "U -820", BHP: "80@10.75" });
  correction("T1", { Quantity: 100, Price: 9 }, { OrderID: "O1" });
  now({ AUD: "U -720", BHP: "80@10" });
});

scenario("Example 8: one holding bought in two currencies", ({ order, trade, now }) => {
  order({ OrderID: "O1", Side: "BUY", Quantity: 100, Price: 10, Currency: "AUD" });
  trade("T1", { Quantity: 100, Price: 10 }, { OrderID: "O1", IsCompleted: true });
  order({ OrderID: "O2", Side: "BUY", Quantity: 100, Price: 7, Currency: "USD" });
  trade("T2", { Quantity: 100, Price: 7 }, { OrderID: "O2", IsCompleted: true });
  now({ AUD: "U -1000", USD: "U -700", BHP: "200@unknown" });
  order({ OrderID: "O3", Side: "SELL", Quantity: 200, Price: 8, Currency: "USD" });
  trade("T3", { Quantity: 200, Price: 8 }, { OrderID: "O3", IsCompleted: true });
  now({ AUD: "U -1000", USD: "U 900" });
  order({ OrderID: "O4", Side: "BUY", Quantity: 10, Price: 6, Currency: "USD" });
  trade("T4", { Quantity: 10, Price: 6 }, { OrderID: "O4", IsCompleted: true });
  now({ AUD: "U -1000", USD: "U 840", BHP: "10@6 USD" });
});

scenario("Example 9: transfers without a price", ({ asset, order, trade, now }) => {
  asset(100);
  now({ BHP: "100@unknown" });
  order({ Side: "BUY", Quantity: 100, Price: 10 });
  trade("T1", { Quantity: 100, Price: 10 }, { IsCompleted: true });
  now({ AUD: "U -1000", BHP: "200@10" });
  asset(-250);
  now({ AUD: "U -1000", BHP: "-50@unknown" });
});

scenario("Example 10: settled with a fee, and reversed", ({ cash, now }) => {
  cash({ Value: 1000, Settlement: "Unbooked" });
  now({ AUD: "U 1000" });
  cash({ Value: 1000, AdditionalFunds: 5, Settlement: "Settle" });
  now({ AUD: "B 995" });
  cash({ Value: 1000, AdditionalFunds: 5, Settlement: "Reverse" });
  now({ AUD: "U 1000" });
});

scenario("Example 11: a holding is renamed onto another", ({ order, trade, renameSymbol, now }) => {
  order({ OrderID: "O1", Code: "X", Side: "BUY", Quantity: 100, Price: 10 });
  trade("T1", { Quantity: 100, Price: 10 }, { OrderID: "O1", IsCompleted: true });
  order({ OrderID: "O2", Code: "Y", Side: "BUY", Quantity: 50, Price: 16 });
  trade("T2", { Quantity: 50, Price: 16 }, { OrderID: "O2", IsCompleted: true });
  now({ AUD: "U -1800", X: "100@10", Y: "50@16" });
  renameSymbol("X", "Y");
  now({ AUD: "U -1800", Y: "150@12" });
});

scenario("Example 11, again: onto one that is short", ({ order, trade, renameSymbol, now }) => {
  order({ OrderID: "O1", Code: "X", Side: "BUY", Quantity: 100, Price: 10 });
  trade("T1", { Quantity: 100, Price: 10 }, { OrderID: "O1", IsCompleted: true });
  order({ OrderID: "O2", Code: "Y", Side: "SELL", Quantity: 50, Price: 16 });
  trade("T2", { Quantity: 50, Price: 16 }, { OrderID: "O2", IsCompleted: true });
  now({ AUD: "U -200", X: "100@10", Y: "-50@16" });
  renameSymbol("X", "Y");
  now({ AUD: "U -200", Y: "50@10" });
});

scenario("Example 13: averages that do not end, and positions that go through zero", ({ asset, now }) => {
  asset(12, { Price: 100 });
  asset(17, { Price: 99 });
  now({ BHP: "29@99.4137931034 of no currency" });
  asset(-9, { Price: 120 });
  now({ BHP: "20@99.4137931034 of no currency" });
  asset(-4, { Price: 80 });
  now({ BHP: "16@99.4137931034 of no currency" });
  asset(3, { Price: 103 });
  now({ BHP: "19@99.9800362976 of no currency" });
  asset(50, { Code: "RIO", Price: 1 });
  now({ BHP: "19@99.9800362976 of no currency", RIO: "50@1 of no currency" });
  asset(-100, { Code: "RIO", Price: 2 });
  now({ BHP: "19@99.9800362976 of no currency", RIO: "-50@2 of no currency" });
  asset(100, { Code: "RIO", Price: 3 });
  now({ BHP: "19@99.9800362976 of no currency", RIO: "50@3 of no currency" });
});

scenario("Example 14: prices of zero, and an average that rounds", ({ order, trade, now }) => {
  order({ Side: "BUY", Quantity: 3, Price: 0 });
  trade("T1", { Quantity: 1, Price: 0 });
  now({ BHP: "1@0" });
  trade("T2", { Quantity: 1, Price: 1 });
  now({ AUD: "U -1", BHP: "2@0.5" });
  trade("T3", { Quantity: 1, Price: 0 });
  now({ AUD: "U -1", BHP: "3@0.3333333333" });
});
