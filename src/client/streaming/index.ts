/** The streaming half of the SDK. */
export type * from "./feed.ts";
export * from "./session.ts";
export type * from "./states.ts";
export type * from "./subscription.ts";
export type * from "./views.ts";
