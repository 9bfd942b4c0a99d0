/** Acceptance example 12 of the accounting rules, and what an account can spend at every step of it. */
import { expect } from "vitest";
import { heldOf } from "../../../src/domain/requests/holds.ts";
import { availableCash } from "../../../src/domain/reservation.ts";
import { type Desk, deskScenario } from "../support/desk.ts";
import { DEFAULTS } from "../support/notation.ts";

const hold = ({ book }: Desk): string =>
  heldOf(book, DEFAULTS.Account, { of: "cash", currency: "AUD" }).total.toString();

const figures = (desk: Desk): readonly (string | undefined)[] => {
  const balance = desk.balance();
  return [balance?.UnbookedTransactions?.toString(), balance?.UnfilledBuys?.toString(), hold(desk), free(desk)];
};

/** What the account may still spend. */
const free = (desk: Desk): string => {
  const { total } = heldOf(desk.book, DEFAULTS.Account, { of: "cash", currency: "AUD" });
  return availableCash(desk.balance() ?? {})
    .minus(total)
    .toString();
};

deskScenario("Example 12: an amend holds what it adds until it is confirmed, whatever is filled meanwhile", (desk) => {
  desk.account({ "Vetting.Funds": "true" });
  desk.deposit(1000);
  expect(desk.askNew("R1", { Quantity: 10, Price: 50 }).Status).toBe("Submitted");
  expect(figures(desk)).toEqual(["0", "0", "500", "500"]);
  desk.order({ RequestID: "R1", Side: "BUY", Quantity: 10, Price: 50 });
  expect(desk.tell("R1", { OrderID: "O1", Status: "Completed" })).toBeUndefined();
  expect(figures(desk)).toEqual(["0", "500", "0", "500"]);
  expect(desk.askAmend("R2", { OrderID: "O1", Quantity: 20, Price: 50 }).Status).toBe("Submitted");
  expect(figures(desk)).toEqual(["0", "500", "500", "0"]);
  expect(desk.askNew("R3", { Quantity: 1, Price: 1 }).Errors).toEqual(["TotalValue.Balance 0"]);
  desk.trade("T1", { Quantity: 5, Price: 50 });
  expect(figures(desk)).toEqual(["-250", "250", "500", "0"]);
  desk.order({ RequestID: "R2", Quantity: 20 });
  expect(figures(desk)).toEqual(["-250", "750", "0", "0"]);
  expect(desk.tell("R2", { Status: "Completed" })).toBeUndefined();
  expect(figures(desk)).toEqual(["-250", "750", "0", "0"]);
});
