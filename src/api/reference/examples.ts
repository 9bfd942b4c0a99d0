/** Examples of what is sent, by message: each is accepted as it stands. */
import type { Json, JsonObject } from "./json.ts";

const ACCOUNT: JsonObject = { OwnerID: "XS", AccountID: "A1" };

export const BODY_EXAMPLES: Readonly<Record<string, Json>> = {
  AccountDetails: { Account: ACCOUNT, Name: "First account", DefaultCurrency: "AUD" },
  AssetTransferRequest: {
    Transaction: { TransactionID: "D2", Account: ACCOUNT, Values: { Price: "45.10" } },
    Transfer: { Exchange: "ASX", Code: "BHP", Value: 100 },
  },
  CashSettlementRecord: { Owner: "XS", Account: "A1", Currency: "AUD", ExpectedBalance: "10000", Settle: "-1807.98" },
  CashTransferRequest: {
    Transaction: { TransactionID: "D1", Account: ACCOUNT },
    Transfer: { Currency: "AUD", Value: 10_000 },
  },
  ClientRequest: {
    Type: "New",
    RequestID: "R1",
    Account: ACCOUNT,
    New: {
      Exchange: "ASX",
      Code: "BHP",
      Side: "BUY",
      OrderType: "LIMIT",
      Price: "45.12",
      Quantity: 100,
      Lifetime: "DAY",
    },
  },
  ExchangeDetails: {
    Exchange: "ASX",
    Destinations: [{ ExDestination: "TradeMatch", Route: "asx", IsLit: true }],
    OrderStatuses: [{ Code: "New", IsNormal: true, CanAmend: true, CanCancel: true, CanTrade: true }],
  },
  IdentitySource: {
    Code: "main",
    Name: "Our people and programs",
    Authentication: "JWT",
    Parameters: { Issuer: "https://login.example.com", Audience: "edge-oms" },
  },
  OrderState: {
    Exchange: "ASX",
    Code: "BHP",
    Currency: "AUD",
    Side: "BUY",
    OrderType: "LIMIT",
    Price: "45.12",
    Quantity: 100,
    Status: "New",
  },
  OwnerDetails: { OwnerID: "XS", Name: "Example Securities" },
  Permissions: { Source: "main", Identity: "Client:foundry", Type: "Service", Owners: ["XS"], Feeds: ["foundry"] },
  RequestStatusDetails: { Code: "Parked", Name: "Waits for a person", IsManual: true, CanCancel: true },
  TransformRequest: { TransformID: "X1", Comments: "asked for by the tenant" },
};
