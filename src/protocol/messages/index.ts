/** Every message of the wire contract, in one place. */
export * from "./accounts.ts";
export * from "./enums.ts";
export * from "./feed-status.ts";
export * from "./feeds.ts";
export * from "./history.ts";
export * from "./identities.ts";
export * from "./metadata.ts";
export * from "./operations.ts";
export * from "./orders.ts";
export * from "./positions.ts";
export * from "./requests.ts";
export * from "./streaming.ts";
export * from "./transactions.ts";
export * from "./updates.ts";
