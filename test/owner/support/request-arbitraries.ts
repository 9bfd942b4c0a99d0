/** Random client requests of every type, and what adapters tell of them, with few enough ids and places that they meet. */
import * as fc from "fast-check";
import type { ClientRequestState } from "../../../src/protocol/messages/index.ts";
import type { Store } from "../../../src/storage/store.ts";
import { ORDER_IDS } from "../../domain/support/arbitraries.ts";

type FeedName = "asx" | "nzx" | "otc";

/** The OrderIDs, RequestIDs, accounts and exchanges of a request are among those of the run. */
export type RequestStep =
  /** A client asks, over its socket or in a call; it may be about one of the open requests. */
  | {
      readonly step: "ask";
      readonly client: number;
      readonly isCall: boolean;
      readonly which: number;
      readonly request: object;
    }
  /** A feed passes a request on, as one of its updates. */
  | { readonly step: "passOn"; readonly feed: FeedName; readonly skip: number; readonly request: object }
  /** The supplier of a feed answers a request, or tells of it as one of its updates. */
  | {
      readonly step: "tell";
      readonly feed: FeedName;
      readonly skip: number;
      readonly isResponse: boolean;
      readonly which: number;
      readonly told: object;
    };

/** Statuses of requests: one that adapters name, and that may be amended and cancelled. */
export const WORKING = { Code: "Working", IsNormal: true, CanAmend: true, CanCancel: true };

/** Where an exchange's orders go: to a feed each, or to that of the exchange's code, which nobody supplies. */
export const DESTINATIONS = [
  { ExDestination: "LIT", Route: "asx" },
  { ExDestination: "DARK", Route: "nzx" },
] as const;

/** Few of them meet: an id that was used once is used up. */
const REQUEST_IDS = Array.from({ length: 16 }, (_, index) => `R${index + 1}`);
const requestId = fc.constantFrom(...REQUEST_IDS);
/** A request that is open when the step is taken, and its account: filled in by `aboutOpen`. */
const SOME_REQUEST = "R?";
const SOME_ACCOUNT = "A?";
const openId = fc.constantFrom(SOME_REQUEST, SOME_REQUEST, SOME_REQUEST, ...REQUEST_IDS);
const Account = fc.constantFrom("A1", "A1", "A1", "A2", "A3").map((AccountID) => ({ AccountID, OwnerID: "XS" }));
const orderId = fc.constantFrom(...ORDER_IDS);

function isAboutOpen(asked: object): boolean {
  return JSON.stringify(asked).includes(SOME_REQUEST);
}

/** A text about one of the open requests, `which` of them modulo how many there are: of one feed, if one is named. */
export function aboutOpen(text: string, store: Pick<Store, "list">, which: number, feed?: string): string {
  const open = [...store.list("request", {})]
    .map(({ body }): ClientRequestState => JSON.parse(body))
    .filter(({ Route }) => feed === undefined || Route === feed);
  const { RequestID = "R1", Account: { AccountID = "A1" } = {} } = open[which % open.length]?.Request ?? {};
  return text.replaceAll(SOME_REQUEST, RequestID).replaceAll(SOME_ACCOUNT, AccountID);
}

/** What may be left out, and mostly is. */
const seldom = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const terms = {
  OrderType: fc.constantFrom("LIMIT", "LIMIT", "LIMIT", "LIMIT", "LIMIT", "STOP"),
  Price: fc.constantFrom(10, 10, 10, 10, "0.5", undefined),
  Quantity: fc.constantFrom(10, 10, 3, 3, "0.5", "0.5", 0),
  Lifetime: fc.constant("GOOD_TILL_CANCEL"),
  ExDestination: fc.constantFrom("LIT", "LIT", "LIT", "DARK", undefined),
};
const subject = fc.oneof(fc.record({ OrderID: orderId }), fc.record({ PrevRequestID: openId }));
const newContent = fc.record({
  Code: fc.constantFrom("BHP", "RIO"),
  Exchange: fc.constantFrom("ASX", "ASX", "ASX", "XLON"),
  Side: fc.constantFrom("BUY", "BUY", "SELL"),
  ...terms,
});
const amendContent = fc.tuple(subject, fc.record(terms)).map(([about, asked]) => ({ ...about, ...asked }));
const decided = fc.constantFrom<object[]>(
  { Status: "Pending" },
  { Status: "Pending" },
  { Status: "Rejected", Text: "no" },
  { Status: "Completed" },
  { Target: { QueueID: "other", ExpireAfter: "2026-02-28T12:01:00Z" } },
);
const updateContent = fc
  .tuple(openId, decided)
  .map(([RequestID, told]) => ({ Type: "Update", Update: { RequestID, ...told } }));

const content: fc.Arbitrary<object> = fc.oneof(
  { weight: 8, arbitrary: newContent.map((New) => ({ Type: "New", New })) },
  { weight: 3, arbitrary: amendContent.map((Amend) => ({ Type: "Amend", Amend })) },
  { weight: 2, arbitrary: subject.map((Cancel) => ({ Type: "Cancel", Cancel })) },
  { weight: 2, arbitrary: orderId.map((OrderID) => ({ Type: "Move", Move: { OrderID } })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(5, -5)
      .map((Value) => ({ Type: "CashTransfer", CashTransfer: { Currency: "AUD", Value } })),
  },
  { weight: 3, arbitrary: updateContent.map((Update) => ({ Type: "Update", Update })) },
  {
    weight: 1,
    arbitrary: fc.tuple(openId, newContent).map(([RequestID, New]) => ({
      Type: "Update",
      Update: { Type: "Replace", Update: { RequestID } },
      New,
    })),
  },
);

const beside = fc.record({
  RequestID: fc.oneof({ weight: 2, arbitrary: requestId }, { weight: 1, arbitrary: fc.constant(undefined) }),
  Account,
  Queue: seldom(
    fc.constantFrom<object[]>({ QueueID: "desk" }, { QueueID: "desk", ExpireAfter: "2026-02-28T12:00:05Z" }),
  ),
  Values: seldom(fc.constantFrom({ Fee: 1 }, { ReservePrice: 12 })),
  Properties: seldom(fc.constantFrom({ Currency: "USD" }, { Currency: "AUD" })),
  IsValidate: seldom(fc.constant(true)),
});
const request = fc
  .tuple(content, beside)
  .map(([asked, others]) =>
    isAboutOpen(asked)
      ? { ...asked, ...others, Account: { ...others.Account, AccountID: SOME_ACCOUNT } }
      : { ...asked, ...others },
  );

const told = fc
  .record({
    RequestID: fc.constant(SOME_REQUEST),
    Account: fc.constant({ AccountID: SOME_ACCOUNT, OwnerID: "XS" }),
    OrderID: seldom(orderId),
    ...{ ExternalID: seldom(fc.constantFrom("E1", "E2")), IsCompleted: seldom(fc.constant(true)) },
  })
  .chain((named) =>
    fc
      .constantFrom<object[]>(
        { Status: "Completed" },
        { Status: "Rejected", Errors: ["Symbol"] },
        { Status: "Working" },
        { Status: "Working" },
        { Status: "Working" },
        { Status: "Submitted" },
        { Errors: ["Request.Unknown"] },
        { Status: "Pending" },
      )
      .map((what) => ({ ...named, ...what })),
  );

/** `feed` and `skip` are as in every step of a feed. */
export function requestSteps(feed: fc.Arbitrary<FeedName>, skip: fc.Arbitrary<number>): fc.Arbitrary<RequestStep> {
  const ask = fc.record({ client: fc.nat(1), isCall: fc.boolean(), which: fc.nat(9), request });
  const passOn = fc.record({ feed, skip, request });
  const tell = fc.record({
    feed: fc.oneof({ weight: 3, arbitrary: fc.constant("asx" as const) }, { weight: 1, arbitrary: feed }),
    skip,
    isResponse: fc.boolean(),
    which: fc.nat(9),
    told,
  });
  return fc.oneof(
    { weight: 10, arbitrary: ask.map((drawn) => ({ step: "ask" as const, ...drawn })) },
    { weight: 1, arbitrary: passOn.map((drawn) => ({ step: "passOn" as const, ...drawn })) },
    { weight: 7, arbitrary: tell.map((drawn) => ({ step: "tell" as const, ...drawn })) },
  );
}

/** An order that tells which request it came of. */
export const toldRequest = fc.record({ RequestID: requestId });
