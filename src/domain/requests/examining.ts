/**
 * The checks that come before routing: what a request is about is found, what it leaves out is filled in, everything
 * that is wrong with it is listed, and the feed that is to carry it out is named. Nothing is changed here.
 */
import { type ErrorText, Refusal } from "../../protocol/errors.ts";
import {
  type ClientRequest,
  type ClientRequestState,
  type ExchangeDetails,
  OrderAmend,
  OrderCancel,
  OrderMove,
  type OrderState,
  type Side,
} from "../../protocol/messages/index.ts";
import { ordered } from "../../protocol/ordered.ts";
import { fromMicroseconds } from "../../protocol/timestamp.ts";
import type { Context } from "../changes.ts";
import { exchangeInEffect } from "../exchanges.ts";
import { findOrder } from "../orders.ts";
import { keyOf } from "../records.ts";
import { required } from "../requirements.ts";
import { isRoute, type RoutedOrder, routeOf, transferRouteOf } from "../routing.ts";
import type { State } from "../state.ts";
import { errorText, termErrors } from "./order-terms.ts";
import { type OrderOperation, orderPermits, requestPermits } from "./permitted.ts";
import { QUEUED } from "./statuses.ts";
import { subjectOf } from "./subjects.ts";

/** What a request is looked at in. */
export interface Scene {
  readonly state: State;
  readonly context: Context;
}

/** What a request comes to. */
export interface Examination {
  /** The request, completed by what the server fills in. */
  readonly request: ClientRequest;
  /** Everything that is wrong with it. */
  readonly errors: readonly ErrorText[];
  /** The feed that it goes to. Means nothing when something is wrong. */
  readonly route: string;
}

/** What names an order's asset, side and destination: an order itself, or what is asked of one. */
interface Named extends RoutedOrder {
  readonly Code?: string;
  readonly Side?: Side;
}

/** The fields that each type of request about an order has in common. */
type Operation = OrderAmend | OrderCancel | OrderMove;

/** Examines a request that a feed is to carry out. Throws Refusal when it does not have what its type says. */
export function examine(scene: Scene, request: ClientRequest): Examination {
  switch (request.Type) {
    case "ClientRequestType_New":
      return examineNew(scene, request);
    case "ClientRequestType_Amend":
      return examineAmend(scene, request);
    case "ClientRequestType_Cancel":
      return examineCancel(scene, request);
    case "ClientRequestType_Move":
      return examineMove(scene, request);
    case "ClientRequestType_CashTransfer":
      return examineTransfer(scene, request);
    case "ClientRequestType_Update":
    case "ClientRequestType_Unknown":
    case undefined:
      throw new Refusal("Field.Invalid", "ClientRequest.Type");
  }
}

/** The exchange that a request is about, if it is about one. */
export function exchangeOf(request: ClientRequest): string | undefined {
  return subjectNamesOf(request).Exchange;
}

/** What of an operation contradicts what it is about: where it names them, code, exchange and side must be the same. */
export function contradictions({ Code, Exchange, Side }: Named, about: Named): readonly ErrorText[] {
  const errors: ErrorText[] = [];
  if (Code !== undefined && Code !== about.Code) errors.push("Symbol");
  if (Exchange !== undefined && Exchange !== about.Exchange) errors.push(errorText("Exchange", Exchange));
  if (Side !== undefined && Side !== about.Side) errors.push("Side");
  return errors;
}

/** What a request says of the code, exchange and side of the order that it is about, or asks for. */
export function subjectNamesOf({ New, Amend, Cancel, Move }: ClientRequest): Named {
  return New ?? Amend ?? Cancel ?? Move ?? {};
}

/** A request about an order or a request, with what it leaves out of code, exchange and side. */
export function withNames(request: ClientRequest, about: ClientRequest): ClientRequest {
  const { Amend, Cancel } = request;
  const named = subjectNamesOf(about);
  if (Amend !== undefined) return { ...request, Amend: ordered(OrderAmend, filledIn(Amend, named)) };
  if (Cancel !== undefined) return { ...request, Cancel: ordered(OrderCancel, filledIn(Cancel, named)) };
  return request;
}

function examineNew({ state, context }: Scene, request: ClientRequest): Examination {
  const terms = required(request.New, "ClientRequest.New");
  const { Code = "", Exchange = "" } = terms;
  const exchange = exchangeInEffect(state, Exchange);
  const route = routeOf(terms, exchange);
  const errors = [
    ...(Code === "" ? (["Symbol"] as const) : []),
    ...(exchange === undefined ? [errorText("Exchange", Exchange)] : destinationErrors(terms, exchange, route)),
    ...(isTradable(terms.Side) ? [] : (["Side"] as const)),
    ...termErrors(terms, fromMicroseconds(context.at)),
  ];
  return { request, errors, route };
}

function examineAmend(scene: Scene, request: ClientRequest): Examination {
  const amend = required(request.Amend, "ClientRequest.Amend");
  const { errors, route, about } = examineOperation(scene, request, amend, "CanAmend");
  return {
    request: about === undefined ? request : { ...request, Amend: ordered(OrderAmend, filledIn(amend, about)) },
    errors: [
      ...errors,
      ...(about === undefined ? [] : contradictions(amend, about)),
      ...termErrors(amend, fromMicroseconds(scene.context.at)),
    ],
    route,
  };
}

function examineCancel(scene: Scene, request: ClientRequest): Examination {
  const cancel = required(request.Cancel, "ClientRequest.Cancel");
  const { errors, route, about } = examineOperation(scene, request, cancel, "CanCancel");
  if (about === undefined) return { request, errors, route };
  const Cancel = ordered(OrderCancel, filledIn(cancel, about));
  return { request: { ...request, Cancel }, errors: [...errors, ...contradictions(cancel, about)], route };
}

/** A move is asked for by the account that the order is to belong to, whichever of the Owner's it belongs to now. */
function examineMove({ state, context }: Scene, request: ClientRequest): Examination {
  const move = required(request.Move, "ClientRequest.Move");
  const { OrderID = "", PrevAccount } = move;
  const order = findOrder(state, OrderID);
  if (order === undefined) return { request, errors: [errorText("Order", OrderID)], route: "" };
  const { errors, route } = examineOrder(state, order, move, "CanMove");
  const isFromThere =
    PrevAccount === undefined ||
    (PrevAccount.OwnerID === context.ownerId && PrevAccount.AccountID === order.Account?.AccountID);
  const from = `${PrevAccount?.OwnerID ?? ""}/${PrevAccount?.AccountID ?? ""}`;
  const Move = ordered(OrderMove, { ...filledIn(move, order), PrevAccount: PrevAccount ?? order.Account });
  return {
    request: { ...request, Move },
    errors: [...errors, ...contradictions(move, order), ...(isFromThere ? [] : [errorText("Account", from)])],
    route,
  };
}

interface ExaminedOperation {
  readonly errors: readonly ErrorText[];
  readonly route: string;
  /** What it is about; absent when there is no such thing. */
  readonly about?: Named;
}

function examineOperation(
  { state }: Scene,
  request: ClientRequest,
  operation: OrderAmend | OrderCancel,
  permission: "CanAmend" | "CanCancel",
): ExaminedOperation {
  const subject = subjectOf(state, request.Account?.AccountID ?? "", operation);
  switch (subject.is) {
    case "unknown":
      return { errors: [subject.error], route: "" };
    case "order":
      return { ...examineOrder(state, subject.order, operation, permission), about: subject.order };
    case "request":
      return examineForwarded(state, subject.request, operation, permission);
  }
}

/** An operation on an order goes to the feed that executes the order, whatever destination it names. */
function examineOrder(state: State, order: OrderState, operation: Operation, permission: OrderOperation) {
  const exchange = exchangeInEffect(state, order.Exchange ?? "");
  const route = routeOf(order, exchange);
  const errors = [...destinationErrors(operation, exchange, route)];
  if (!orderPermits(order, exchange, permission)) errors.push(errorText("Order.Status", order.Status));
  return { errors, route };
}

/** An operation on a request that a feed has in hand goes to that feed. */
function examineForwarded(
  state: State,
  { Request, Route = "", Status = "" }: ClientRequestState,
  operation: OrderAmend | OrderCancel,
  permission: "CanAmend" | "CanCancel",
): ExaminedOperation {
  const about = Request?.New ?? Request?.Amend;
  if (about === undefined && permission === "CanAmend")
    return { errors: [errorText("Order", operation.PrevRequestID)], route: Route };
  const exchange = exchangeInEffect(state, about?.Exchange ?? "");
  const errors = [...destinationErrors(operation, exchange, Route)];
  // The OMS itself deals with what waits in a queue, and has by now.
  const isPermitted = Status !== QUEUED && requestPermits(state, Status, permission);
  if (!isPermitted) errors.push(errorText("Order.Status", Status));
  return { errors, route: Route, about: about ?? {} };
}

function examineTransfer({ state, context: { ownerId } }: Scene, request: ClientRequest): Examination {
  const { Currency, Value, ExDestination } = required(request.CashTransfer, "ClientRequest.CashTransfer");
  const owner = state.record("owner", keyOf.owner(ownerId)) ?? { OwnerID: ownerId };
  const route = transferRouteOf(ExDestination, owner);
  const errors: ErrorText[] = [];
  if (Currency === undefined) errors.push("Field.Missing ClientRequest.CashTransfer.Currency");
  if (Value === undefined) errors.push("Field.Missing ClientRequest.CashTransfer.Value");
  else if (Value.isZero) errors.push("Field.Invalid ClientRequest.CashTransfer.Value");
  if (route === undefined || !isRoute(route)) errors.push(errorText("Route.Market", ExDestination ?? route));
  return { request, errors, route: route ?? "" };
}

/** A destination that is named is one of the exchange's, and what is routed goes to something that can be a feed. */
function destinationErrors(
  { ExDestination }: RoutedOrder,
  exchange: ExchangeDetails | undefined,
  route: string,
): readonly ErrorText[] {
  const isKnown =
    ExDestination === undefined ||
    exchange?.Destinations?.some((each) => each.ExDestination === ExDestination) === true;
  if (!isKnown) return [errorText("Route.Market", ExDestination)];
  return isRoute(route) ? [] : [errorText("Route.Market", route)];
}

function filledIn<Content extends Named>(content: Content, { Code, Exchange, Side }: Named): Content {
  return {
    ...content,
    Code: content.Code ?? Code,
    Exchange: content.Exchange ?? Exchange,
    Side: content.Side ?? Side,
  };
}

function isTradable(side: Side | undefined): boolean {
  switch (side) {
    case "SIDE_BUY":
    case "SIDE_SELL":
    case "SIDE_SHORTSELL":
    case "SIDE_SHORTSELL_EXEMPT":
      return true;
    case "SIDE_AS_DEFINED":
    case "SIDE_OPPOSITE":
    case "SIDE_UNKNOWN":
    case undefined:
      return false;
  }
}
