/** Seats of feeds as hibernating sessions remember them: each keeps its own role. */
import { type Occupant, roleOf, type Seat } from "./seats.ts";
import type { FeedRole, Session } from "./session.ts";

/** The role of a session, as it remembers it; undefined when it has none. */
export function feedRole(seat: Seat, session: Session): FeedRole | undefined {
  const role = roleOf(seat, session.id);
  if (role === "none") return undefined;
  const order = seat.standby.findIndex(({ sessionId }) => sessionId === session.id);
  const occupant = role === "supplier" ? seat.supplier : seat.standby[order];
  const { identity } = session;
  return {
    role,
    order: Math.max(order, 0),
    identity,
    agent: occupant?.agent ?? "",
    gapless: occupant?.gapless ?? false,
  };
}

/** The seats of all feeds, as sessions remember their roles. */
export function seatsOf(sessions: readonly Session[]): ReadonlyMap<string, Seat> {
  const feeds = new Set(sessions.flatMap((session) => Object.keys(session.feeds)));
  return new Map([...feeds].map((feed) => [feed, seatOf(feed, sessions)]));
}

function seatOf(feed: string, sessions: readonly Session[]): Seat {
  const roles = sessions
    .flatMap((session) => {
      const role = Object.hasOwn(session.feeds, feed) ? session.feeds[feed] : undefined;
      return role === undefined ? [] : [{ ...role, sessionId: session.id }];
    })
    .sort((left, right) => left.order - right.order);
  const withRole = (wanted: FeedRole["role"]) => roles.filter(({ role }) => role === wanted);
  return {
    supplier: withRole("supplier").map(occupantOf)[0],
    standby: withRole("standby").map(occupantOf),
    ended: withRole("ended").map(({ sessionId }) => sessionId),
  };
}

function occupantOf({ sessionId, identity, agent, gapless }: Occupant): Occupant {
  return { sessionId, identity, agent, gapless };
}
