/** How a request becomes an order, and how an amend is confirmed: by the first state of the order that tells of it. */
import { describe, expect } from "vitest";
import { deskScenario } from "../support/desk.ts";

describe("A request becomes an order", () => {
  deskScenario(
    "the first state that names it gives it the OrderID, after the order and its trade are told of",
    (desk) => {
      desk.askNew("R1");
      desk.trade("T1", { Quantity: 5, Price: 10 }, { Side: "BUY", Quantity: 100, Price: 10, RequestID: "R1" });
      expect(desk.events().at(-1)).toBe("Request R1 Submitted");
      expect(desk.events().filter((event) => event.startsWith("Request"))).toHaveLength(1);
      expect(desk.open("R1")).toMatchObject({ OrderID: "O1", Status: "Submitted" });
      expect(desk.known("R1")?.IsBooked).toBe(true);
      desk.order({ Status: "Open" });
      expect(desk.events()).toEqual(["Action", "Order O1"]);
    },
  );

  deskScenario("one that comes and goes at once does so too", (desk) => {
    desk.askNew("R1");
    desk.order({ Side: "BUY", Quantity: 100, Price: 10, RequestID: "R1", IsCompleted: true, RemoveAfter: {} });
    expect(desk.open("R1")?.OrderID).toBe("O1");
    expect(desk.known("R1")?.IsBooked).toBe(true);
  });

  deskScenario("an order that was promised and never came leaves nothing behind", (desk) => {
    desk.askNew("R1");
    desk.tell("R1", { OrderID: "O1" });
    expect(desk.book.known("order", "O1")).toEqual({ RequestID: "R1" });
    desk.tell("R1", { OrderID: "O2" });
    expect(desk.book.known("order", "O1")).toBeUndefined();
    expect(desk.book.known("order", "O2")).toEqual({ RequestID: "R1" });
    desk.tell("R1", { Errors: ["Symbol"] });
    expect(desk.book.known("order", "O2")).toBeUndefined();
  });

  deskScenario("an order that was promised is known by its account alone once it has come", (desk) => {
    desk.askNew("R1");
    desk.tell("R1", { OrderID: "O1" });
    desk.order({ Side: "BUY", Quantity: 100, Price: 10 });
    expect(desk.book.known("order", "O1")).toEqual({ AccountID: "A1" });
    expect(desk.known("R1")?.IsBooked).toBe(true);
    desk.tell("R1", { Status: "Completed" });
    expect(desk.book.known("order", "O1")).toEqual({ AccountID: "A1" });
  });

  deskScenario("an order whose RequestID no open request has is an order like any other", (desk) => {
    desk.order({ Side: "BUY", Quantity: 100, Price: 10, RequestID: "R9" });
    expect(desk.events().filter((event) => event.startsWith("Request"))).toEqual([]);
  });

  deskScenario("a request made after an order that has its id by chance is not that order", (desk) => {
    desk.order({ Side: "BUY", Quantity: 100, Price: 10, RequestID: "R1" });
    desk.askNew("R1");
    desk.order({ Status: "Open" });
    expect(desk.open("R1")?.OrderID).toBeUndefined();
    expect(desk.known("R1")?.IsBooked).toBeUndefined();
  });

  deskScenario("an amend that an order's state confirms holds no more", (desk) => {
    desk.order({ Side: "BUY", Quantity: 100, Price: 10 });
    desk.askAmend("R1", { OrderID: "O1", Quantity: 200 });
    desk.order({ Quantity: 200, RequestID: "R1" });
    expect(desk.known("R1")?.IsBooked).toBe(true);
    expect(desk.events()).toEqual(["Action", "Order O1", "Balance"]);
  });
});
