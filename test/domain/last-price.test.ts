/** The price of the last trade: what it is after trades, corrections and busts, whoever's they are. */
import { expect, test } from "vitest";
import { lastPrice } from "../../src/domain/last-price.ts";
import { WarmBook } from "./support/book.ts";
import { Desk, deskScenario } from "./support/desk.ts";

const last = ({ book }: Desk, asset: object = {}): string | undefined =>
  lastPrice(book, { exchange: "ASX", code: "BHP", currency: "AUD", ...asset })?.toString();

const ORDER = { Side: "BUY", Quantity: 100, Price: 10 };

deskScenario("the last trade of an asset in a currency, of whichever order", (desk) => {
  expect(last(desk)).toBeUndefined();
  desk.trade("T1", { Price: 10, Quantity: 1 }, ORDER);
  expect(last(desk)).toBe("10");
  desk.trade("T1", { Price: 11, Quantity: 1 }, { ...ORDER, OrderID: "O2", Account: "A2" });
  expect(last(desk)).toBe("11");
  desk.trade("T2", { Price: 12, Quantity: 1 }, { ...ORDER, OrderID: "O3", Currency: "USD" });
  desk.trade("T3", { Price: 13, Quantity: 1 }, { ...ORDER, OrderID: "O4", Code: "RIO" });
  expect([last(desk), last(desk, { currency: "USD" }), last(desk, { code: "RIO" })]).toEqual(["11", "12", "13"]);
});

deskScenario("a trade that is known already says nothing new", (desk) => {
  desk.trade("T1", { Price: 10, Quantity: 1 }, ORDER);
  const again = desk.recorded();
  desk.trade("T2", { Price: 11, Quantity: 1 });
  desk.submit(again);
  expect(last(desk)).toBe("11");
});

deskScenario("a correction counts for the last trade alone", (desk) => {
  desk.trade("T1", { Price: 10, Quantity: 1 }, ORDER);
  desk.trade("T2", { Price: 11, Quantity: 1 });
  desk.correction("T1", { Price: 99, Quantity: 1 });
  expect(last(desk)).toBe("11");
  desk.correction("T2", { Price: 12, Quantity: 1 });
  expect(last(desk)).toBe("12");
  desk.correction("T2", { Price: 13, Quantity: 1 });
  expect(last(desk)).toBe("13");
});

deskScenario("a correction that says that it was of something else takes the price along", (desk) => {
  desk.trade("T1", { Price: 10, Quantity: 1 }, ORDER);
  desk.correction("T1", { Price: 10, Quantity: 1 }, { Code: "RIO" });
  expect([last(desk), last(desk, { code: "RIO" })]).toEqual([undefined, "10"]);
});

deskScenario("when the last trade is busted nothing is known, until the next", (desk) => {
  desk.trade("T1", { Price: 10, Quantity: 1 }, ORDER);
  desk.trade("T2", { Price: 11, Quantity: 1 });
  desk.bust("T1");
  expect(last(desk)).toBe("11");
  desk.bust("T2");
  expect(last(desk)).toBeUndefined();
  desk.trade("T3", { Price: 12, Quantity: 1 });
  expect(last(desk)).toBe("12");
});

test("a last price that is not positive is in nobody's way", () => {
  const desk = new Desk(new WarmBook());
  desk.account({ "Vetting.PriceBand": "0.1" });
  for (const [index, Price] of [0, -5].entries()) {
    desk.trade(`T${index}`, { Price, Quantity: 1 }, ORDER);
    expect(desk.askNew(`R${index}`, { Price: 1000 }).Errors).toEqual([]);
  }
});
