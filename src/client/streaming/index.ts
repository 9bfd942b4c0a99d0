/** The streaming half of the SDK. */
export type { BackoffOptions, Clock } from "./clock.ts";
export type { SocketLike } from "./connection.ts";
export { BINARY_ENCODING, type Encoding, type Frame, JSON_ENCODING } from "./encoding.ts";
export type * from "./feed.ts";
export { connect } from "./live-session.ts";
export type * from "./session.ts";
export type * from "./states.ts";
export type * from "./subscription.ts";
export type {
  RecordOf,
  StateViewName,
  StateViews,
  StreamViewName,
  StreamViews,
  Tagged,
  Targets,
  ViewName,
} from "./views.ts";
