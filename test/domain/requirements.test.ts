/** What an update must name (rule O8). */
import { describe, expect } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { scenario } from "./given.ts";
import type { OrderFields } from "./support/adapter.ts";

describe("O8: refused, and nothing changes", () => {
  const good: OrderFields = { Side: "BUY", Quantity: 10, Price: 7 };

  scenario("O8: an Action without an order", ({ refuses, update }) => {
    for (const Type of ["Update", "Replace", "Trade"]) {
      refuses("Field.Missing Action.Order", () => update({ Type: "Action", Action: { Type } }));
    }
  });

  scenario("O8: no OrderID, no account, no AccountID, no OwnerID", ({ refuses, order, update }) => {
    refuses("Field.Missing Action.Order.OrderID", () => order({ ...good, OrderID: undefined }));
    refuses("Field.Missing Action.Order.Account", () => order({ ...good, Account: undefined }));
    refuses("Field.Missing Action.Order.Account.AccountID", () => order({ ...good, Account: "XS/" }));
    const Order = { OrderID: "O1", Account: { AccountID: "A1" }, Side: "BUY", Currency: "AUD" };
    refuses("Field.Missing Action.Order.Account.OwnerID", () =>
      update({ Type: "Action", Action: { Type: "Update", Order } }),
    );
  });

  scenario("O8: an account of another Owner, for a known order too", ({ refuses, order, now }) => {
    refuses("Account YT/A1", () => order({ ...good, Account: "YT/A1" }));
    order(good);
    refuses("Account YT/A1", () => order({ Account: "YT/A1" }));
    now({ AUD: "R 70", O1: "10/0/10" });
  });

  scenario("O8: no side", ({ refuses, order }) => {
    refuses("Side Action.Order.Side", () => order({ Quantity: 10 }));
    refuses("Side Action.Order.Side", () => order({ Side: "UNKNOWN", Quantity: 10 }));
  });

  scenario(
    "O8: a trade or correction without a price, or with a quantity that is not positive",
    ({ order, trade, correction, refuses, now }) => {
      order(good);
      trade("T1", { Quantity: 4, Price: 7 });
      for (const step of [trade, correction]) {
        for (const id of ["T1", "T2"]) {
          refuses("Field.Missing Action.Trade.Price", () => step(id, { Quantity: 4 }));
          refuses("Field.Missing Action.Trade.Quantity", () => step(id, { Price: 7 }));
          refuses("Field.Invalid Action.Trade.Quantity", () => step(id, { Quantity: 0, Price: 7 }));
          refuses("Field.Invalid Action.Trade.Quantity", () => step(id, { Quantity: -4, Price: 7 }));
        }
      }
      now({ AUD: "U -28, R 42", BHP: "4@7", O1: "10/4/6" });
    },
  );

  scenario("O8: a price of zero or below is a price", ({ order, trade, now }) => {
    order({ ...good, Price: -1 });
    trade("T1", { Quantity: 4, Price: 0 });
    trade("T2", { Quantity: 4, Price: -1 });
    now({ AUD: "U 4", BHP: "8@-0.5" });
  });

  scenario("O8: a trade without itself, its id or its type", ({ order, trade, update, refuses }) => {
    order(good);
    refuses("Field.Missing Action.Trade.TradeID", () => trade("", { Quantity: 4, Price: 7 }));
    const Order = { OrderID: "O1", Account: { AccountID: "A1", OwnerID: "XS" }, Side: "BUY", Currency: "AUD" };
    refuses("Field.Missing Action.Trade", () => update({ Type: "Action", Action: { Type: "Trade", Order } }));
    const Trade = { TradeID: "T1", Price: 7, Quantity: 1 };
    refuses("Field.Missing Action.Trade.Type", () =>
      update({ Type: "Action", Action: { Type: "Trade", Order, Trade } }),
    );
  });

  scenario(
    "O8: no currency, unless the account has one by default, which is then stored",
    ({ order, trade, defineAccount, refuses, recorded, now }) => {
      refuses("Field.Missing Action.Order.Currency", () => order({ ...good, Currency: undefined }));
      defineAccount({ DefaultCurrency: "" });
      refuses("Field.Missing Action.Order.Currency", () => order({ ...good, Currency: undefined }));
      defineAccount({ DefaultCurrency: "NZD" });
      order({ ...good, Currency: undefined });
      expect(recorded().Action?.Order?.Currency).toBe("NZD");
      now({ NZD: "R 70" });
      defineAccount({ DefaultCurrency: "EUR" });
      trade("T1", { Quantity: 4, Price: 7 });
      now({ EUR: "U -28, R 42", BHP: "4@7 EUR" });
      order({ Currency: "AUD" });
      now({ AUD: "R 42", EUR: "U -28", BHP: "4@7 EUR" });
    },
  );

  scenario("O8: the default currency is that of the account that the state names", ({ order, defineAccount, now }) => {
    defineAccount({ Account: "A1", DefaultCurrency: "NZD" });
    defineAccount({ Account: "A2", DefaultCurrency: "USD" });
    order({ ...good, Currency: undefined });
    order({ Account: "A2" });
    now({ "A2/USD": "R 70" });
  });

  scenario(
    "O8: a changed order that must exist already, under the account it names",
    ({ order, update, refuses, now }) => {
      const change = (AccountID: string) => () =>
        update(
          {
            Type: "Action",
            Action: {
              Type: "Replace",
              Order: {
                OrderID: "O1",
                Account: { AccountID, OwnerID: "XS" },
                Side: "SELL",
                Quantity: 2,
                Currency: "AUD",
                Exchange: "ASX",
                Code: "BHP",
              },
            },
          },
          { mustExist: true },
        );
      refuses("Unknown O1", change("A1"));
      order(good);
      refuses("Unknown O1", change("A2"));
      change("A1")();
      now({ BHP: "S 2" });
    },
  );

  const longest = "x".repeat(LIMITS.ID_CHARACTERS);
  const tooLong = `${longest}x`;

  scenario("O8: ids and codes as long as the limit are taken", ({ order, trade, cash, asset, feedStatus }) => {
    const state = { ...good, OrderID: longest, Account: longest, Exchange: longest, Code: longest, Currency: longest };
    order(state);
    trade(longest, { Quantity: 4, Price: 7 }, state);
    cash({ TransactionID: longest, Account: longest, Currency: longest, Pool: longest, Value: 1 });
    asset(1, { TransactionID: longest, Account: longest, Exchange: longest, Code: longest });
    feedStatus({ FeedID: longest });
  });

  scenario(
    "O8: ids and codes beyond the limit are refused",
    ({ order, trade, cash, asset, defineAccount, feedStatus, refuses }) => {
      refuses("Field.Invalid Action.Order.OrderID", () => order({ ...good, OrderID: tooLong }));
      refuses("Field.Invalid Action.Order.Account.AccountID", () => order({ ...good, Account: tooLong }));
      refuses("Field.Invalid Action.Order.Exchange", () => order({ ...good, Exchange: tooLong }));
      refuses("Field.Invalid Action.Order.Code", () => order({ ...good, Code: tooLong }));
      refuses("Field.Invalid Action.Order.Currency", () => order({ ...good, Currency: tooLong }));
      order(good);
      refuses("Field.Invalid Action.Trade.TradeID", () => trade(tooLong, { Quantity: 4, Price: 7 }));
      refuses("Field.Invalid Action.Transaction.TransactionID", () => cash({ TransactionID: tooLong, Value: 1 }));
      refuses("Field.Invalid Action.Transaction.Account.AccountID", () => cash({ Account: tooLong, Value: 1 }));
      refuses("Field.Invalid Action.CashTransfer.Currency", () => cash({ Currency: tooLong, Value: 1 }));
      refuses("Field.Invalid Action.CashTransfer.Pool", () => cash({ Pool: tooLong, Value: 1 }));
      refuses("Field.Invalid Action.AssetTransfer.Exchange", () => asset(1, { Exchange: tooLong }));
      refuses("Field.Invalid Action.AssetTransfer.Code", () => asset(1, { Code: tooLong }));
      refuses("Field.Invalid Operation.AccountDetails.Account.AccountID", () => defineAccount({ Account: tooLong }));
      refuses("Field.Invalid Status.FeedID", () => feedStatus({ FeedID: tooLong }));
    },
  );
});
