/** Trades, their corrections and cancels (rules T1 to T6). */
import { describe, expect } from "vitest";
import { scenario } from "./given.ts";

describe("T1: a trade is one side, unbooked", () => {
  const sides = [
    { Side: "BUY", now: { AUD: "U -32", BHP: "4@7" } },
    { Side: "SELL", now: { AUD: "U 24", BHP: "-4@7" } },
    { Side: "SHORTSELL", now: { AUD: "U 24", BHP: "-4@7" } },
    { Side: "SHORTSELL_EXEMPT", now: { AUD: "U 24", BHP: "-4@7" } },
  ];
  for (const { Side, now: expected } of sides) {
    scenario(`T1: ${Side}: consideration by its direction, funds always out`, ({ trade, now }) => {
      trade("T1", { Quantity: 4, Price: 7, AdditionalFunds: { Fee: 3.5, Tax: 0.5 } }, { Side, Quantity: 4 });
      now(expected);
    });
  }

  scenario("T1: negative funds are a refund, for a buy and for a sell", ({ trade, now }) => {
    trade("T1", { Quantity: 4, Price: 7, AdditionalFunds: -1 }, { OrderID: "O1", Side: "BUY" });
    now({ AUD: "U -27", BHP: "4@7" });
    trade("T2", { Quantity: 4, Price: 7, AdditionalFunds: -1 }, { OrderID: "O2", Side: "SELL" });
    now({ AUD: "U 2" });
  });

  scenario("T1: at a negative price a buyer is paid and a seller pays", ({ trade, now }) => {
    trade("T1", { Quantity: 4, Price: "-37.63" }, { OrderID: "O1", Side: "BUY", Code: "WTI" });
    now({ AUD: "U 150.52", WTI: "4@-37.63" });
    trade("T2", { Quantity: 1, Price: -40 }, { OrderID: "O2", Side: "SELL", Code: "WTI" });
    now({ AUD: "U 110.52", WTI: "3@-37.63" });
  });

  scenario("T1: fractions of a share and of a cent are exact", ({ trade, now }) => {
    trade("T1", { Quantity: "0.1", Price: "0.2", AdditionalFunds: "0.00000000000000000001" }, { Side: "BUY" });
    now({ AUD: "U -0.02000000000000000001", BHP: "0.1@0.2" });
    trade("T2", { Quantity: "0.2", Price: "0.2" });
    now({ AUD: "U -0.06000000000000000001", BHP: "0.3@0.2" });
  });

  scenario("T1: each currency, exchange and code of an account by itself", ({ trade, now }) => {
    trade(
      "T1",
      { Quantity: 1, Price: 5 },
      { OrderID: "O1", Side: "BUY", Currency: "AUD", Exchange: "ASX", Code: "BHP" },
    );
    trade(
      "T1",
      { Quantity: 2, Price: 6 },
      { OrderID: "O2", Side: "BUY", Currency: "GBP", Exchange: "XLON", Code: "BHP" },
    );
    trade(
      "T1",
      { Quantity: 3, Price: 7 },
      { OrderID: "O3", Side: "BUY", Currency: "USD", Exchange: "ASX", Code: "RIO" },
    );
    trade("T1", { Quantity: 4, Price: 8 }, { OrderID: "O4", Side: "SELL", Account: "A2" });
    now({
      ...{ AUD: "U -5", BHP: "1@5", GBP: "U -12", "XLON:BHP": "2@6 GBP", USD: "U -21", RIO: "3@7 USD" },
      ...{ "A2/AUD": "U 32", "A2/BHP": "-4@8" },
    });
  });
});

describe("T2: a trade is known for ever by OrderID and TradeID, with what it was booked under", () => {
  scenario("T2: two orders may each have a trade of one TradeID", ({ trade, cancel, now }) => {
    trade("T1", { Quantity: 1, Price: 5 }, { OrderID: "O1", Side: "BUY" });
    trade("T1", { Quantity: 2, Price: 6 }, { OrderID: "O2", Side: "BUY", Code: "RIO" });
    cancel("T1", { OrderID: "O1" });
    now({ AUD: "U -12", RIO: "2@6" });
  });

  scenario("T2: ids are never mistaken for one another, however they are composed", ({ trade, cancel, now }) => {
    trade("B/C", { Quantity: 1, Price: 5 }, { OrderID: "A", Side: "BUY" });
    trade("C", { Quantity: 2, Price: 5 }, { OrderID: "A/B", Side: "BUY" });
    cancel("C", { OrderID: "A/B" });
    now({ AUD: "U -5", BHP: "1@5" });
  });

  scenario(
    "T2: a replacement does not carry its trades along: side, code and currency stay as booked",
    ({ order, trade, cancel, now }) => {
      trade("T1", { Quantity: 4, Price: 7, AdditionalFunds: 1 }, { Side: "BUY", Quantity: 4 });
      order({ Side: "SELL", Code: "RIO", Currency: "USD", IsCompleted: true });
      now({ AUD: "U -29", BHP: "4@7" });
      cancel("T1");
      now({});
    },
  );
});

describe("T3: the same TradeID again as Trade", () => {
  const fill = { Quantity: 4, Price: 7, AdditionalFunds: 1, ExDestination: "dark" };

  scenario("T3: with the same content nothing changes, the order included", ({ order, trade, repeats, now }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7, Status: "Open" });
    trade("T1", fill);
    repeats(() => trade("T1", fill));
    repeats(() => trade("T1", fill, { Quantity: 99, Status: "Other", Account: "A2" }));
    repeats(() => trade("T1", { ...fill, Quantity: "4.00", Price: "7.0" }));
    now({ AUD: "U -29, R 42", BHP: "4@7", O1: "10/4/6 Open" });
  });

  scenario("T3: with any other content it is refused", ({ trade, refuses, now }) => {
    trade("T1", fill, { Side: "BUY", Quantity: 4 });
    for (const other of [
      { Quantity: 5 },
      { Price: 8 },
      { AdditionalFunds: 2 },
      { AdditionalFunds: undefined },
      { ExDestination: "lit" },
    ]) {
      refuses("Trade.Duplicate T1", () => trade("T1", { ...fill, ...other }));
    }
    now({ AUD: "U -29", BHP: "4@7" });
  });

  scenario(
    "T3: after a correction the original is still known, and what the correction says too",
    ({ trade, correction, refuses, repeats, now }) => {
      trade("T1", fill, { Side: "BUY", Quantity: 4 });
      correction("T1", { Quantity: 3, Price: 8 });
      repeats(() => trade("T1", fill));
      repeats(() => trade("T1", { Quantity: 3, Price: 8 }));
      refuses("Trade.Duplicate T1", () => trade("T1", { Quantity: 2, Price: 8 }));
      correction("T1", { Quantity: 2, Price: 8 });
      repeats(() => trade("T1", fill));
      refuses("Trade.Duplicate T1", () => trade("T1", { Quantity: 3, Price: 8 }));
      now({ AUD: "U -16", BHP: "2@8" });
    },
  );
});

describe("T4: a Correction carries the complete new content", () => {
  scenario("T4: nothing of the old content stays, its funds included", ({ trade, correction, now }) => {
    trade("T1", { Quantity: 4, Price: 7, AdditionalFunds: { Fee: 1, Tax: 2 } }, { Side: "BUY", Quantity: 4 });
    correction("T1", { Quantity: 3, Price: 8, AdditionalFunds: { Fee: 0.5 } });
    now({ AUD: "U -24.5", BHP: "3@8" });
  });

  scenario(
    "T4: it is reversed where it was booked and applied as its order now says",
    ({ order, trade, correction, now }) => {
      trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 4 });
      order({ Account: "A2", Currency: "USD", Exchange: "XLON", Code: "VOD" });
      correction("T1", { Quantity: 4, Price: 7 });
      now({ "A2/USD": "U -28", "A2/XLON:VOD": "4@7 USD" });
      correction("T1", { Quantity: 4, Price: 7 }, { Side: "SELL" });
      now({ "A2/USD": "U 28", "A2/XLON:VOD": "-4@7 USD" });
      correction("T1", { Quantity: 4, Price: 7 }, { Account: "A1", Side: "AS_DEFINED" });
      now({});
      correction("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Currency: "AUD" });
      now({ AUD: "U -28", "XLON:VOD": "4@7" });
    },
  );

  scenario("T4: of several corrections the last wins", ({ trade, correction, now }) => {
    trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10, Price: 7 });
    correction("T1", { Quantity: 5, Price: 7 });
    correction("T1", { Quantity: 6, Price: 6 });
    correction("T1", { Quantity: 4, Price: 7 });
    now({ AUD: "U -28, R 42", BHP: "4@7", O1: "10/4/6" });
  });

  scenario(
    "T4: a correction of what was never traded is refused, of another order's trade too",
    ({ order, trade, correction, refuses, now }) => {
      order({ Side: "BUY", Quantity: 10, Price: 7 });
      refuses("Trade.Unknown T1", () => correction("T1", { Quantity: 4, Price: 7 }));
      trade("T1", { Quantity: 4, Price: 7 }, { OrderID: "O2", Side: "BUY", Quantity: 4 });
      refuses("Trade.Unknown T1", () => correction("T1", { Quantity: 4, Price: 7 }, { OrderID: "O1" }));
      now({ AUD: "U -28, R 70", BHP: "4@7" });
    },
  );
});

describe("T5: a Cancel reverses the trade's current content, and is final", () => {
  scenario("T5: whatever figures it carries", ({ trade, cancel, now }) => {
    trade("T1", { Quantity: 4, Price: 7, AdditionalFunds: 1 }, { Side: "BUY", Quantity: 10, Price: 7 });
    cancel("T1", {}, { Quantity: 999, Price: -5, AdditionalFunds: 77 });
    now({ AUD: "R 70", O1: "10/0/10" });
  });

  scenario("T5: the content as corrected, where the correction booked it", ({ trade, correction, cancel, now }) => {
    trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10, Price: 7 });
    correction("T1", { Quantity: 3, Price: 6, AdditionalFunds: 2 }, { Account: "A2", Code: "RIO" });
    now({ "A2/AUD": "U -20, R 49", "A2/RIO": "3@6" });
    cancel("T1", { Account: "A1", Code: "BHP" });
    now({ AUD: "R 70", O1: "10/0/10" });
  });

  scenario(
    "T5: a later Correction is refused; a repeated Cancel and the old Trade change nothing, the order included",
    (given) => {
      const { trade, correction, cancel, refuses, repeats, now } = given;
      trade("T1", { Quantity: 4, Price: 7 }, { Side: "BUY", Quantity: 10, Price: 7, Status: "Open" });
      correction("T1", { Quantity: 5, Price: 7 });
      cancel("T1");
      refuses("Trade.Cancelled T1", () => correction("T1", { Quantity: 5, Price: 7 }));
      repeats(() => cancel("T1", { Quantity: 99, Status: "Other" }));
      repeats(() => cancel("T1", {}, { Quantity: 1, Price: 1 }));
      repeats(() => trade("T1", { Quantity: 4, Price: 7 }, { Quantity: 99 }));
      repeats(() => trade("T1", { Quantity: 5, Price: 7 }));
      refuses("Trade.Duplicate T1", () => trade("T1", { Quantity: 6, Price: 7 }));
      refuses("Trade.Cancelled T1", () => correction("T1", { Quantity: 6, Price: 7 }));
      now({ AUD: "R 70", O1: "10/0/10 Open" });
    },
  );

  scenario("T5: a cancel of what was never traded is refused", ({ order, cancel, refuses, now }) => {
    order({ Side: "BUY", Quantity: 10, Price: 7 });
    refuses("Trade.Unknown T1", () => cancel("T1"));
    now({ AUD: "R 70" });
  });
});

describe("T6: the average is what it would have been had the trade been right at first", () => {
  const sell = { OrderID: "O2", Side: "SELL" };
  const buy = { OrderID: "O1", Side: "BUY" };

  scenario(
    "T6: a corrected trade keeps its place among later ones that reduce and go through zero",
    ({ trade, correction, now }) => {
      trade("T1", { Quantity: 10, Price: 5 }, buy);
      trade("T2", { Quantity: 4, Price: 9 }, sell);
      trade("T3", { Quantity: 6, Price: 7 }, buy);
      now({ AUD: "U -56", BHP: "12@6" });
      correction("T1", { Quantity: 2, Price: 5 }, buy);
      now({ AUD: "U -16", BHP: "4@7" });
      correction("T1", { Quantity: 4, Price: 5 }, buy);
      now({ AUD: "U -26", BHP: "6@7" });
      correction("T1", { Quantity: 10, Price: 5 }, buy);
      now({ AUD: "U -56", BHP: "12@6" });
    },
  );

  scenario("T6: a cancelled trade in the middle leaves no trace", ({ trade, cancel, now }) => {
    trade("T1", { Quantity: 3, Price: 1 }, buy);
    trade("T2", { Quantity: 3, Price: 2 }, buy);
    trade("T3", { Quantity: 1, Price: 5 }, buy);
    now({ AUD: "U -14", BHP: "7@2" });
    cancel("T2", buy);
    now({ AUD: "U -8", BHP: "4@2" });
    cancel("T1", buy);
    now({ AUD: "U -5", BHP: "1@5" });
    cancel("T3", buy);
    now({});
  });

  scenario("T6: what was rounded is rounded again at every step, in its order", ({ trade, correction, now }) => {
    trade("T1", { Quantity: 1, Price: 0 }, buy);
    trade("T2", { Quantity: 2, Price: 1 }, buy);
    now({ AUD: "U -2", BHP: "3@0.6666666667" });
    trade("T3", { Quantity: 3, Price: 1 }, buy);
    now({ AUD: "U -5", BHP: "6@0.8333333334" });
    correction("T1", { Quantity: 1, Price: 1 }, buy);
    now({ AUD: "U -6", BHP: "6@1" });
    correction("T1", { Quantity: 1, Price: 0 }, buy);
    now({ AUD: "U -5", BHP: "6@0.8333333334" });
  });

  scenario("T6: what comes after a flat position does not depend on what was before it", (given) => {
    const { trade, correction, events, now } = given;
    trade("T1", { Quantity: 10, Price: 5 }, buy);
    trade("T2", { Quantity: 10, Price: 6 }, sell);
    trade("T3", { Quantity: 5, Price: 9 }, buy);
    trade("T4", { Quantity: 5, Price: 10 }, buy);
    now({ AUD: "U -85", BHP: "10@9.5" });
    correction("T1", { Quantity: 10, Price: 4 }, buy);
    expect(events()).toEqual(["Updates Trade", "Balances AUD", "Transactions CashAdjustment T1"]);
    now({ AUD: "U -75", BHP: "10@9.5" });
    correction("T2", { Quantity: 8, Price: 6 }, sell);
    now({ AUD: "U -87", BHP: "12@8.5833333333" });
    correction("T1", { Quantity: 8, Price: 4 }, buy);
    now({ AUD: "U -79", BHP: "10@9.5" });
  });

  scenario("T6: a position that becomes flat in between does not end the folding", ({ trade, correction, now }) => {
    trade("T1", { Quantity: 10, Price: 8 }, { OrderID: "O1", Side: "SELL" });
    trade("T2", { Quantity: 10, Price: 5 }, { OrderID: "O2", Side: "BUY", Code: "RIO" });
    trade("T3", { Quantity: 5, Price: 9 }, { OrderID: "O3", Side: "BUY" });
    now({ AUD: "U -15", BHP: "-5@8", RIO: "10@5" });
    correction("T2", { Quantity: 10, Price: 5 }, { OrderID: "O2", Code: "BHP" });
    now({ AUD: "U -15", BHP: "5@9" });
  });

  scenario("T6: a correction of the currency alone reaches the average's currency", ({ trade, correction, now }) => {
    trade("T1", { Quantity: 10, Price: 5 }, buy);
    trade("T2", { Quantity: 4, Price: 6 }, sell);
    correction("T1", { Quantity: 10, Price: 5 }, { ...buy, Currency: "USD" });
    now({ AUD: "U 24", USD: "U -50", BHP: "6@5 USD" });
    correction("T2", { Quantity: 4, Price: 6 }, { ...sell, Currency: "USD" });
    now({ USD: "U -26", BHP: "6@5 USD" });
  });

  scenario(
    "T6: a correction that moves to another holding takes its place among that one's movements",
    ({ trade, correction, now }) => {
      trade("T1", { Quantity: 10, Price: 5 }, { OrderID: "O1", Side: "BUY", Code: "RIO" });
      trade("T2", { Quantity: 10, Price: 8 }, { OrderID: "O2", Side: "SELL", Code: "BHP" });
      trade("T3", { Quantity: 5, Price: 9 }, { OrderID: "O3", Side: "BUY", Code: "BHP" });
      now({ AUD: "U -15", RIO: "10@5", BHP: "-5@8" });
      correction("T1", { Quantity: 10, Price: 5 }, { OrderID: "O1", Code: "BHP" });
      now({ AUD: "U -15", BHP: "5@9" });
      correction("T1", { Quantity: 10, Price: 5 }, { OrderID: "O1", Code: "RIO" });
      now({ AUD: "U -15", RIO: "10@5", BHP: "-5@8" });
    },
  );

  scenario(
    "T6: the holding's events are one for each holding that changed, and none for one that did not",
    ({ trade, correction, order, now, events }) => {
      trade("T1", { Quantity: 10, Price: 5 }, buy);
      trade("T2", { Quantity: 10, Price: 6 }, sell);
      trade("T3", { Quantity: 5, Price: 9 }, buy);
      correction("T1", { Quantity: 10, Price: 4 }, buy);
      expect(events()).toEqual(["Updates Trade", "Balances AUD", "Transactions CashAdjustment T1"]);
      now({ AUD: "U -25", BHP: "5@9" });
      order({ ...buy, Account: "A2" });
      correction("T1", { Quantity: 10, Price: 4 }, buy);
      expect(events()).toEqual([
        ...["Updates Trade", "Balances AUD", "Balances A2/AUD", "Holdings BHP", "Holdings A2/BHP"],
        ...["Transactions Adjustment T1", "Transactions Adjustment T1"],
      ]);
      now({ AUD: "U 15", BHP: "-5@6", "A2/AUD": "U -40", "A2/BHP": "10@4" });
    },
  );
});
