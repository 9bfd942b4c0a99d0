/**
 * Ten thousand requests against limited funds, a seeded run: what is reserved and held never exceeds what there is, and
 * all that there is can be used. Requests come in bursts, as many as wait at once; an adapter takes most of them.
 */
import { expect, test } from "vitest";
import type { Conditions } from "../../../src/domain/apply.ts";
import { keyOf } from "../../../src/domain/records.ts";
import { heldOf } from "../../../src/domain/requests/holds.ts";
import { decodeText } from "../../../src/protocol/codec.ts";
import { Decimal } from "../../../src/protocol/decimal.ts";
import { UpdateEvent } from "../../../src/protocol/messages/index.ts";
import { accountOnTheWire } from "../support/adapter.ts";
import { WarmBook } from "../support/book.ts";
import { BUY } from "../support/desk.ts";
import { Owner } from "../support/owner.ts";

const NO_TIMEOUT = 0;
const REQUESTS = 10_000;
const BURST = 20;
const FUNDS = 50_000;
const ACCOUNTS = ["A1", "A2", "A3"];

/** The same figures each time: a small generator that everybody can follow (MINSTD). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

interface Sent {
  readonly id: string;
  readonly account: string;
  readonly quantity: number;
  readonly price: number;
}

test(`${REQUESTS} requests for limited funds never reserve more than there is`, { timeout: NO_TIMEOUT }, () => {
  const next = seeded(20261122);
  const book = new WarmBook();
  const owner = new Owner(book);
  const apply = (json: object, conditions: Conditions = {}) => {
    const [answer] = owner.apply([{ update: decodeText(UpdateEvent, JSON.stringify(json)), conditions }]);
    if (answer === undefined || answer.refused !== undefined) throw new Error(`refused: ${answer?.refused}`);
    return answer;
  };
  const operation = (Type: string, content: object, common: boolean) =>
    apply({ Type: "Operation", Operation: { Type, ...content } }, { common });
  operation("DefineExchange", { ExchangeDetails: { Exchange: "ASX" } }, true);
  for (const account of ACCOUNTS) {
    const Account = accountOnTheWire(account);
    const Attributes = { "Vetting.Funds": "true" };
    operation("DefineAccount", { AccountDetails: { Account, DefaultCurrency: "AUD", Attributes } }, false);
    const Transaction = { TransactionID: "X", Account };
    apply({
      Type: "Action",
      Action: { Type: "CashTransfer", Transaction, CashTransfer: { Currency: "AUD", Value: FUNDS } },
    });
  }
  const permissions = { Owners: ["XS"] };
  const asking = { permissions, isSupplied: () => true };
  const cash = (account: string) => book.record("balance", keyOf.balance(account, "AUD"));
  const used = (account: string): Decimal => {
    const { UnbookedTransactions, UnfilledBuys } = cash(account) ?? {};
    const { total } = heldOf(book, account, { of: "cash", currency: "AUD" });
    return (UnfilledBuys ?? Decimal.ZERO).minus(UnbookedTransactions ?? Decimal.ZERO).plus(total);
  };
  const funds = Decimal.of(FUNDS);
  const tell = ({ id, account }: Sent, content: object) => {
    const ClientRequestUpdate = { RequestID: id, Account: accountOnTheWire(account), ...content };
    apply({ Type: "ClientRequestUpdate", ClientRequestUpdate }, { teller: { feed: "ASX" } });
  };
  const order = ({ id, account, quantity, price }: Sent, content: object = {}) => {
    const Account = accountOnTheWire(account);
    const terms = { Code: "BHP", Exchange: "ASX", Side: "BUY", Quantity: quantity, Price: price };
    const Order = { OrderID: id, RequestID: id, Account, ...terms, ...content };
    apply({ Type: "Action", Action: { Type: "Update", Order } });
  };

  let waiting: Sent[] = [];
  const live: Sent[] = [];
  const counts = { taken: 0, rejected: 0 };
  let most = Decimal.ZERO;
  const expectAffordable = (accounts: readonly string[]) => {
    for (const account of accounts) {
      const now = used(account);
      if (now.compare(funds) > 0) throw new Error(`${account} has used ${now}`);
      if (now.compare(most) > 0) most = now;
    }
  };
  for (let index = 0; index < REQUESTS; index++) {
    const account = ACCOUNTS[next(ACCOUNTS.length)] ?? "";
    const sent = { id: `R${index}`, account, quantity: 1 + next(500), price: 1 + next(40) };
    const New = { ...BUY, Quantity: sent.quantity, Price: sent.price };
    const ClientRequest = { Type: "New", RequestID: sent.id, Account: accountOnTheWire(account), New };
    const before = used(account);
    const { requests } = apply({ Type: "ClientRequest", ClientRequest }, { asking });
    const fits = before.plus(Decimal.of(sent.quantity * sent.price)).compare(funds) <= 0;
    expect(requests?.response?.Status, `request ${index}`).toBe(fits ? "Submitted" : "Rejected");
    counts[fits ? "taken" : "rejected"]++;
    if (fits) waiting.push(sent);
    expectAffordable([account]);
    if (index % BURST < BURST - 1) continue;
    for (const each of waiting) {
      if (next(5) === 0) {
        tell(each, { Errors: ["Symbol"] });
        continue;
      }
      order(each);
      tell(each, { OrderID: each.id, Status: "Completed" });
      live.push(each);
    }
    waiting = [];
    // Most orders end unfilled, so that there is money for others.
    while (live.length > 12) {
      const [ended] = live.splice(next(live.length), 1);
      if (ended !== undefined) order(ended, { IsCompleted: true, RemoveAfter: {} });
    }
    expectAffordable(ACCOUNTS);
  }
  expect(counts.taken).toBeGreaterThan(REQUESTS / 10);
  expect(counts.rejected).toBeGreaterThan(REQUESTS / 10);
  expect(most.compare(Decimal.of(FUNDS * 0.99)), "nearly all of it was used").toBeGreaterThan(0);
});
