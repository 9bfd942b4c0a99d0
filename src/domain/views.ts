/**
 * The views: what each shows, narrowed by targets. Owner and Account select accounts and are joined by OR; Exchange and
 * Feed narrow further. The same for the server and its clients, on events as they were raised, were read back from the
 * log, or came over the wire.
 */
import type { SubscriptionTarget, SubscriptionType } from "../protocol/messages/index.ts";

export interface Subscription {
  readonly type: View;
  readonly targets: readonly SubscriptionTarget[];
}

/** The views that are served, with the targets that narrow them. */
export const VIEWS = {
  SubscriptionType_Balances: ["Owner", "Account"],
  SubscriptionType_Holdings: ["Owner", "Account", "Exchange"],
  SubscriptionType_Orders: ["Owner", "Account", "Exchange"],
  SubscriptionType_Requests: ["Owner", "Account", "Exchange", "Feed"],
  SubscriptionType_Transactions: ["Owner", "Account", "Exchange"],
  SubscriptionType_Updates: ["Owner", "Account", "Exchange", "Feed"],
  SubscriptionType_Metadata: ["Owner", "Account", "Exchange"],
  SubscriptionType_Status: ["Owner", "Feed"],
  SubscriptionType_Feed: ["Owner", "Account", "Exchange", "Feed"],
} as const satisfies Partial<Record<SubscriptionType, readonly string[]>>;

export type View = keyof typeof VIEWS;

export function isView(type: string | undefined): type is View {
  return type !== undefined && Object.hasOwn(VIEWS, type);
}

/** The part of an event that a filter looks at: the same in memory and on the wire. */
export interface EventShape {
  readonly Type?: string;
  readonly Balance?: Placed;
  readonly Holding?: Placed;
  readonly Order?: PlacedOrder;
  readonly Transaction?: {
    readonly Details?: Placed;
    readonly AssetTransfer?: Placed;
    readonly AssetAdjustment?: Placed;
  };
  readonly Action?: {
    readonly Order?: PlacedOrder;
    readonly Update?: { readonly PreviousAccount?: Placed["Account"] };
    readonly Transaction?: Placed;
    readonly AssetTransfer?: Placed;
  };
  readonly Operation?: {
    readonly Type?: string;
    readonly AccountDetails?: Pick<Placed, "Account">;
    readonly ExchangeDetails?: Pick<Placed, "Exchange">;
  };
  readonly Status?: { readonly FeedID?: string };
  readonly Request?: { readonly Request?: AskedShape; readonly Route?: string };
  readonly ClientRequest?: AskedShape;
  readonly ClientRequestUpdate?: Pick<Placed, "Account">;
}

interface Placed {
  readonly Account?: { readonly AccountID?: string; readonly OwnerID?: string };
  readonly Exchange?: string;
}

/** The part of an event about an order that says by which feed it is executed. */
interface PlacedOrder extends Placed {
  readonly ExDestination?: string;
}

/** A client request: the content that it has, of whichever type, says on which exchange it is. */
interface AskedShape extends Pick<Placed, "Account"> {
  readonly New?: Pick<Placed, "Exchange">;
  readonly Amend?: Pick<Placed, "Exchange">;
  readonly Cancel?: Pick<Placed, "Exchange">;
  readonly Move?: Pick<Placed, "Exchange">;
}

function exchangeOf({ New, Amend, Cancel, Move }: AskedShape): string | undefined {
  return (New ?? Amend ?? Cancel ?? Move)?.Exchange;
}

/** The values that a subscription names for a kind of target; undefined when it names none. */
export function valuesOf({ targets }: Subscription, name: string): ReadonlySet<string> | undefined {
  const named = targets.filter((target) => target.Name === name);
  return named.length === 0 ? undefined : new Set(named.flatMap(({ Values = [] }) => Values));
}

/** The accounts that a subscription is narrowed to; undefined when it covers the whole Owner. */
export function accountsOf(subscription: Subscription): readonly string[] | undefined {
  const accounts = valuesOf(subscription, "Account");
  if (accounts === undefined || valuesOf(subscription, "Owner") !== undefined) return undefined;
  return [...accounts].map((account) => account.slice(account.indexOf("/") + 1)).sort();
}

/** A subscription made ready to be asked about many events. `sequence` is that of the event's record. */
export type Matcher = (event: EventShape, sequence: string) => boolean;

/** Says which feed executes an order, by the exchanges that are in effect. */
export type OrderRouter = (order: EventShape["Order"]) => string;

/** Compiles a subscription. */
export function matcherOf(subscription: Subscription, routeOf: OrderRouter): Matcher {
  const accounts = accountsOf(subscription);
  const accountSet = accounts && new Set(accounts);
  const exchanges = valuesOf(subscription, "Exchange");
  const feeds = valuesOf(subscription, "Feed");
  const inAccounts = (account: Placed["Account"]) =>
    accountSet === undefined || accountSet.has(account?.AccountID ?? "");
  const inExchanges = (exchange: string | undefined) => exchanges === undefined || exchanges.has(exchange ?? "");
  const inFeeds = (feed: string | undefined) => feeds === undefined || feeds.has(feed ?? "");
  const isPlaced = (placed: Placed) => inAccounts(placed.Account) && inExchanges(placed.Exchange);
  const isAsked = (request: AskedShape = {}) => inAccounts(request.Account) && inExchanges(exchangeOf(request));
  switch (subscription.type) {
    case "SubscriptionType_Balances":
      return ({ Balance }) => Balance !== undefined && inAccounts(Balance.Account);
    case "SubscriptionType_Holdings":
      return ({ Holding }) => Holding !== undefined && isPlaced(Holding);
    case "SubscriptionType_Orders":
      return ({ Order }) => Order !== undefined && isPlaced(Order);
    case "SubscriptionType_Requests":
      return ({ Request }) => Request !== undefined && isAsked(Request.Request) && inFeeds(Request.Route);
    case "SubscriptionType_Transactions":
      return ({ Transaction }) =>
        Transaction !== undefined &&
        inAccounts(Transaction.Details?.Account) &&
        inExchanges((Transaction.AssetTransfer ?? Transaction.AssetAdjustment)?.Exchange);
    case "SubscriptionType_Updates":
      return ({ Action, ClientRequest, ClientRequestUpdate }, sequence) => {
        if (!inFeeds(sequence)) return false;
        if (ClientRequest !== undefined) return isAsked(ClientRequest);
        if (ClientRequestUpdate !== undefined) return isPlaced(ClientRequestUpdate);
        if (Action === undefined) return false;
        const account = (Action.Order ?? Action.Transaction)?.Account;
        const isOfAccount = inAccounts(account) || (accountSet !== undefined && inPrevious(Action.Update));
        return isOfAccount && inExchanges((Action.Order ?? Action.AssetTransfer)?.Exchange);
      };
    case "SubscriptionType_Metadata":
      return ({ Operation }) => {
        switch (Operation?.Type) {
          case "OperationType_DefineAccount":
          case "OperationType_UndefineAccount":
            return inAccounts(Operation.AccountDetails?.Account);
          case "OperationType_DefineExchange":
          case "OperationType_UndefineExchange":
            return inExchanges(Operation.ExchangeDetails?.Exchange);
          case "OperationType_DefineRequestStatus":
          case "OperationType_UndefineRequestStatus":
          case "OperationType_DefineOwner":
          case "OperationType_TransformOwner":
            return true;
          default:
            return false;
        }
      };
    case "SubscriptionType_Status":
      return ({ Status }) => Status !== undefined && inFeeds(Status.FeedID);
    case "SubscriptionType_Feed":
      return ({ Order, Request }) => {
        if (Request !== undefined) return isAsked(Request.Request) && inFeeds(Request.Route);
        return Order !== undefined && isPlaced(Order) && inFeeds(routeOf(Order));
      };
  }

  function inPrevious(update: { readonly PreviousAccount?: Placed["Account"] } | undefined): boolean {
    return update?.PreviousAccount !== undefined && inAccounts(update.PreviousAccount);
  }
}
