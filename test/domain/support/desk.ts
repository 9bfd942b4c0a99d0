/**
 * A trading desk: clients that ask, an exchange's adapter that answers, operators, and the Owner between them. Requests
 * are written as on the wire. After every step it checks what must hold whatever the step is about: events in the order
 * of rule E2, of which alone the state follows, as it does from the log; and what is refused or repeated changes nothing.
 */
import { describe, expect, test } from "vitest";
import type { Conditions } from "../../../src/domain/apply.ts";
import { Draft } from "../../../src/domain/draft.ts";
import { KINDS, OMS_SEQUENCE, type Records, SYSTEM_SEQUENCE } from "../../../src/domain/records.ts";
import type { RequestAnswer, RequestDelivery, RequestEffects, Teller } from "../../../src/domain/requests/effects.ts";
import { type Due, heedRequestTimer } from "../../../src/domain/requests/outstanding.ts";
import { requestKey } from "../../../src/domain/requests/request-states.ts";
import type { KnownRecords, Requester, Timer } from "../../../src/domain/state.ts";
import { decodeText } from "../../../src/protocol/codec.ts";
import { type ClientRequest, type ClientRequestResponse, UpdateEvent } from "../../../src/protocol/messages/index.ts";
import { Adapter, accountOnTheWire, type OrderFields, type TradeFields } from "./adapter.ts";
import { type Book, WarmBook, WrittenBook } from "./book.ts";
import { expectEqual } from "./equal.ts";
import { LoggedState } from "./logged-state.ts";
import { DEFAULTS, timersInShort } from "./notation.ts";
import { type Answer, Owner } from "./owner.ts";
import { expectOrderOfEvents, Replica } from "./replica.ts";

/** Runs a scenario warm, and woken: with all state written out as text and read back between any two steps. */
export function deskScenario(title: string, body: (desk: Desk) => void): void {
  describe(title, () => {
    test("warm", () => {
      body(new Desk(new WarmBook()));
    });
    test("woken after every step", () => {
      const [warm, woken] = [new Desk(new WarmBook()), new Desk(new WrittenBook())];
      body(warm);
      body(woken);
      expect(woken.history).toEqual(warm.history);
    });
  });
}

/** By whom a request is made; absent: by a client that may see the Owner. */
export interface Asker {
  readonly features?: readonly string[];
  readonly exchanges?: readonly string[];
  readonly owners?: readonly string[];
  readonly requester?: Requester;
}

/** What a caller was answered, as on the wire but for what names the request, and what became of the step. */
export interface Reply {
  readonly Status: string | undefined;
  readonly Errors: readonly string[];
  readonly response: ClientRequestResponse | undefined;
  readonly refused: string | undefined;
  readonly isRecorded: boolean;
}

export const EXCHANGE = "ASX";

/** The terms of a buy that nothing is wrong with. */
export const BUY = {
  Code: "BHP",
  Exchange: EXCHANGE,
  Side: "BUY",
  OrderType: "LIMIT",
  Price: 10,
  Quantity: 100,
  Lifetime: "DAY",
} as const;

type Accepted = Extract<Answer, { readonly repeated: boolean }>;

export class Desk {
  /** Every answer so far, as text. */
  readonly history: string[] = [];
  /** The feeds that somebody supplies. */
  readonly supplied = new Set<string>([EXCHANGE]);
  readonly book: Book;
  readonly #owner: Owner;
  readonly #adapter = new Adapter();
  readonly #replica = new Replica();
  readonly #log = new LoggedState();
  #last: Answer | undefined;

  constructor(book: Book) {
    this.book = book;
    this.#owner = new Owner(book);
    this.exchange({});
    this.account();
  }

  /** Defines an account; one in AUD with these Attributes. */
  account = (Attributes: Readonly<Record<string, string>> = {}, Account: string = DEFAULTS.Account): void =>
    this.operation(
      "DefineAccount",
      { AccountDetails: { Account: accountOnTheWire(Account), DefaultCurrency: DEFAULTS.Currency, Attributes } },
      {},
    );

  undefineAccount = (Account: string): void =>
    this.operation("UndefineAccount", { AccountDetails: { Account: accountOnTheWire(Account) } }, {});

  /** Defines an exchange. */
  exchange = (details: object, Exchange: string = EXCHANGE): void =>
    this.operation("DefineExchange", { ExchangeDetails: { Exchange, ...details } });

  undefineExchange = (Exchange: string = EXCHANGE): void =>
    this.operation("UndefineExchange", { ExchangeDetails: { Exchange } });

  /** Defines what a status of requests means. */
  status = (Code: string, flags: object): void =>
    this.operation("DefineRequestStatus", { RequestStatus: { Code, ...flags } });

  /** Any operation, of the System unless said otherwise. */
  operation = (Type: string, content: object, conditions: Conditions = { common: true }): void => {
    const update = read({ Type: "Operation", Operation: { Type, ...content } });
    this.#succeed(this.#apply(update, conditions));
  };

  /** A new request, or another one with its fields named. */
  ask = (fields: object, asker: Asker = {}): Reply => {
    const ClientRequest = { Account: accountOnTheWire(DEFAULTS.Account), ...fields };
    return this.#reply(this.#apply(read({ Type: "ClientRequest", ClientRequest }), { asking: this.#asking(asker) }));
  };

  /** Asks for a new order. */
  askNew = (RequestID: string, terms: object = {}, fields: object = {}, asker: Asker = {}): Reply =>
    this.ask({ Type: "New", RequestID, New: { ...BUY, ...terms }, ...fields }, asker);

  /** Asks for other terms of an order, or of a request that waits. */
  askAmend = (RequestID: string, Amend: object, fields: object = {}): Reply =>
    this.ask({ Type: "Amend", RequestID, Amend: { ...AMENDED, ...Amend }, ...fields });

  askCancel = (RequestID: string, Cancel: object, fields: object = {}): Reply =>
    this.ask({ Type: "Cancel", RequestID, Cancel, ...fields });

  /** Asks for an order to be moved to an account. */
  askMove = (RequestID: string, Account: string, Move: object, fields: object = {}): Reply =>
    this.ask({ Type: "Move", RequestID, Account: accountOnTheWire(Account), Move, ...fields });

  /** Asks for cash to be moved; a negative value takes it out. */
  askTransfer = (RequestID: string, Value: number | string, transfer: object = {}, fields: object = {}): Reply => {
    const CashTransfer = { Currency: DEFAULTS.Currency, Value, ...transfer };
    return this.ask({ Type: "CashTransfer", RequestID, CashTransfer, ...fields });
  };

  /** An Operator's Update of a request that waits. */
  askUpdate = (RequestID: string, Update: object, fields: object = {}, Type = "Update"): Reply =>
    this.ask({ Type: "Update", RequestID, Update: { Type, Update }, ...fields }, { features: ["Operator"] });

  /** What is told of a request: by the adapter of the exchange, unless said otherwise. Undefined: it was taken. */
  tell = (RequestID: string, fields: object, teller: Teller = { feed: EXCHANGE }): string | undefined => {
    const ClientRequestUpdate = { RequestID, Account: accountOnTheWire(DEFAULTS.Account), ...fields };
    return this.submit({ Type: "ClientRequestUpdate", ClientRequestUpdate }, { teller });
  };

  /** A request as a client writes it, as it is read. */
  read = (ClientRequest: object): ClientRequest => {
    const update = read({ Type: "ClientRequest", ClientRequest });
    if (update.ClientRequest === undefined) throw new Error("it is a request");
    return update.ClientRequest;
  };

  /** Any update, in JSON or as it is in memory. Undefined: it was taken. */
  submit = (json: object, conditions: Conditions = {}): string | undefined =>
    this.#apply(read(json), conditions).refused;

  /** A new state of an order; what is not named stays as the adapter last said. */
  order = (fields: OrderFields & { readonly RequestID?: string | undefined }): void =>
    this.#adapt(this.#adapter.order(fields));

  /** A fill, and the state of its order. */
  trade = (tradeId: string, trade: TradeFields, order: OrderFields & { readonly RequestID?: string } = {}): void =>
    this.#adapt(this.#adapter.trade("Trade", tradeId, trade, order));

  correction = (tradeId: string, trade: TradeFields, order: OrderFields = {}): void =>
    this.#adapt(this.#adapter.trade("Correction", tradeId, trade, order));

  bust = (tradeId: string, order: OrderFields = {}): void =>
    this.#adapt(this.#adapter.trade("Cancel", tradeId, {}, order));

  deposit = (Value: number | string, Account: string = DEFAULTS.Account, Currency: string = DEFAULTS.Currency): void =>
    this.#adapt(this.#adapter.cash({ Value, Account, Currency }));

  asset = (Value: number | string, Account: string = DEFAULTS.Account): void =>
    this.#adapt(this.#adapter.asset({ Value, Account }));

  /** Does what a timer asks for, as the engine would: an update is applied. */
  heed = (timer: Timer): Due => {
    const draft = new Draft(this.book);
    draft.cancelTimer(timer);
    const due = heedRequestTimer(draft, timer);
    this.book.absorb(draft);
    this.history.push(JSON.stringify(due));
    if (due.due === "update") this.#succeed(this.#apply(due.update, { teller: "oms" }));
    return due;
  };

  /** The timer of a request, if it has one. */
  timer = (RequestID: string, Account: string = DEFAULTS.Account): Timer | undefined =>
    [...this.book.timers.values()].find(
      ({ kind, key }) => kind === "request" && key === requestKey(Account, RequestID),
    );

  timers = (): readonly string[] => timersInShort(this.book.timers);

  /** The open request of an id. */
  open = (RequestID: string, Account: string = DEFAULTS.Account): Records["request"] | undefined =>
    this.book.record("request", requestKey(Account, RequestID));

  /** The status of an open request, or that of the outcome of one that is not open any more. */
  statusOf = (RequestID: string, Account: string = DEFAULTS.Account): string | undefined =>
    this.known(RequestID, Account)?.Response?.Status;

  known = (RequestID: string, Account: string = DEFAULTS.Account): KnownRecords["request"] | undefined =>
    this.book.known("request", requestKey(Account, RequestID));

  /** Every figure of a balance. */
  balance = (Account: string = DEFAULTS.Account): Records["balance"] | undefined =>
    [...this.book.all("balance").values()].find((each) => each.Account?.AccountID === Account);

  /** What the last step raised, in short. */
  events = (): readonly string[] => this.raised().map(inShort);

  raised = (): readonly UpdateEvent[] => this.#accepted().events;

  /** The last step's update, completed by what the server fills in. */
  recorded = (): UpdateEvent => this.#accepted().update;

  at = (): number => this.#accepted().at;

  answers = (): readonly RequestAnswer[] => this.effects().answers;

  deliveries = (): readonly RequestDelivery[] => this.effects().deliveries;

  effects = (): RequestEffects => this.#accepted().requests ?? { answers: [], deliveries: [] };

  /** All records and timers, to compare. */
  state = (): string => JSON.stringify([KINDS.map((kind) => [kind, [...this.book.all(kind)].sort()]), this.timers()]);

  #asking({ features = [], exchanges = [], owners = [DEFAULTS.Owner], requester }: Asker) {
    const permissions = {
      Type: "IdentityType_Operator" as const,
      Identity: "User:ann",
      Source: "test",
      Owners: [...owners],
      Exchanges: [...exchanges],
      Features: [...features],
    };
    const isSupplied = (route: string) => this.supplied.has(route);
    return { permissions, isSupplied, ...(requester !== undefined && { requester }) };
  }

  #adapt({ update, accepted }: { readonly update: UpdateEvent; readonly accepted: () => void }): void {
    this.#succeed(this.#apply(update, {}));
    accepted();
  }

  #apply(update: UpdateEvent, conditions: Conditions): Answer {
    const before = this.state();
    const [answer] = this.#owner.apply([{ update, conditions }]);
    if (answer === undefined) throw new Error("an update is answered");
    this.history.push(JSON.stringify(answer));
    this.#last = answer;
    if (answer.refused !== undefined || answer.repeated) {
      expectEqual(this.state(), before, "what is refused or repeated changes nothing");
    }
    if (answer.refused === undefined) {
      expectOrderOfEvents(answer.events);
      this.#replica.fold(answer.events);
      this.#log.fold(answer, conditions.common === true ? SYSTEM_SEQUENCE : OMS_SEQUENCE);
    }
    this.#replica.expectToEqual(this.book);
    this.#log.expectToEqual(this.book);
    return answer;
  }

  #succeed(answer: Answer): void {
    if (answer.refused !== undefined) throw new Error(`refused: ${answer.refused}`);
  }

  #accepted(): Accepted {
    if (this.#last === undefined || this.#last.refused !== undefined) throw new Error("nothing was accepted");
    return this.#last;
  }

  #reply(answer: Answer): Reply {
    const response = answer.refused === undefined ? answer.requests?.response : undefined;
    return {
      Status: response?.Status,
      Errors: answer.refused === undefined ? (response?.Errors ?? []) : [answer.refused],
      response,
      refused: answer.refused,
      isRecorded: answer.refused === undefined && !answer.repeated,
    };
  }
}

const { Code: _, Exchange: __, Side: ___, ...AMENDED } = BUY;

function read(json: object): UpdateEvent {
  return decodeText(UpdateEvent, JSON.stringify(json));
}

function inShort({ Type = "UpdateEventType_Unknown", UpdateAction, Request, Order }: UpdateEvent): string {
  const name = Type.slice("UpdateEventType_".length);
  const removed = UpdateAction === "UpdateAction_Remove" ? " removed" : "";
  const id = Request?.Request?.RequestID ?? Order?.OrderID;
  return [name, id, Request?.Status].filter((part) => part !== undefined).join(" ") + removed;
}
