/** Who supplies a feed and who stands by (active/passive failover): pure transitions of one feed's seat. */

/** A session that wants to supply a feed. */
export interface Occupant {
  readonly sessionId: string;
  /** Source and identity of the caller. */
  readonly identity: string;
  /** What the adapter calls this instance of itself; empty if it does not say. */
  readonly agent: string;
  /** A gap in its positions is answered like a frame that was not taken. */
  readonly gapless: boolean;
}

export interface Seat {
  readonly supplier: Occupant | undefined;
  /** In the order in which they came. */
  readonly standby: readonly Occupant[];
  /** Sessions whose supply ended by a frame that was not taken: ignored until they send Open. */
  readonly ended: readonly string[];
}

export const EMPTY_SEAT: Seat = { supplier: undefined, standby: [], ended: [] };

/** What one session is to a feed. */
export type Role = "supplier" | "standby" | "ended" | "none";

export function roleOf(seat: Seat, sessionId: string): Role {
  if (seat.supplier?.sessionId === sessionId) return "supplier";
  if (seat.standby.some((occupant) => occupant.sessionId === sessionId)) return "standby";
  return seat.ended.includes(sessionId) ? "ended" : "none";
}

/** A session as it supplies a feed or stands by; undefined when it does neither. */
export function occupantOf(seat: Seat, sessionId: string): Occupant | undefined {
  return occupantsOf(seat).find((occupant) => occupant.sessionId === sessionId);
}

/** The sessions that a newcomer supersedes: its own older ones, by the same identity and the same non-empty agent. */
export function supersededBy(seat: Seat, newcomer: Occupant): readonly string[] {
  if (newcomer.agent === "") return [];
  return occupantsOf(seat)
    .filter(({ identity, agent }) => identity === newcomer.identity && agent === newcomer.agent)
    .map(({ sessionId }) => sessionId)
    .filter((sessionId) => sessionId !== newcomer.sessionId);
}

/** Opens a feed: the newcomer takes the free place of its superseded self, or stands by. */
export function open(seat: Seat, newcomer: Occupant): Seat {
  const gone = [...supersededBy(seat, newcomer), newcomer.sessionId];
  const supplier = seat.supplier !== undefined && gone.includes(seat.supplier.sessionId) ? undefined : seat.supplier;
  const standby = seat.standby.filter(({ sessionId }) => !gone.includes(sessionId));
  const ended = seat.ended.filter((sessionId) => !gone.includes(sessionId));
  return supplier === undefined
    ? { supplier: newcomer, standby, ended }
    : { supplier, standby: [...standby, newcomer], ended };
}

/** A session leaves the feed, or (`ended`) stays connected but is ignored. The first that stands by is promoted. */
export function leave(seat: Seat, sessionId: string, ended = false): Seat {
  const rest = seat.ended.filter((other) => other !== sessionId);
  return promoted({
    supplier: seat.supplier?.sessionId === sessionId ? undefined : seat.supplier,
    standby: seat.standby.filter((occupant) => occupant.sessionId !== sessionId),
    ended: ended ? [...rest, sessionId] : rest,
  });
}

/** Gives a free place to the first that stands by. */
export function promoted(seat: Seat): Seat {
  if (seat.supplier !== undefined) return seat;
  const [supplier, ...standby] = seat.standby;
  return { supplier, standby, ended: seat.ended };
}

/** Everyone who has to do with a feed. */
export function sessionsOf(seat: Seat): readonly string[] {
  return [...occupantsOf(seat).map(({ sessionId }) => sessionId), ...seat.ended];
}

function occupantsOf({ supplier, standby }: Seat): readonly Occupant[] {
  return supplier === undefined ? standby : [supplier, ...standby];
}
