/**
 * What a change of an identity's permissions means for the sockets that it has opened. A socket goes on with the
 * present permissions if they allow what it does, and is closed if they do not.
 */
import { maySeeOwner, maySupplyFeed } from "../domain/permissions.ts";
import type { Permissions } from "../protocol/messages/index.ts";
import type { FeedRole } from "./session.ts";

export type PermissionChange =
  /** The present permissions of an identity; undefined = it has none. */
  | { readonly source: string; readonly identity: string; readonly permissions: Permissions | undefined }
  /** All identities of a source must show anew who they are. */
  | { readonly source: string; readonly identity?: undefined };

/** What becomes of one socket. */
export type Verdict =
  /** It is another's. */
  | { readonly type: "unconcerned" }
  | { readonly type: "closed" }
  | { readonly type: "changed"; readonly permissions: Permissions };

/** Judges a socket by its caller's permissions, as it keeps them, and by its roles in feeds. */
export function verdictOn(
  { permissions, feeds }: { readonly permissions: Permissions; readonly feeds: Readonly<Record<string, FeedRole>> },
  change: PermissionChange,
  ownerId: string,
): Verdict {
  if (!concerns(change, permissions)) return { type: "unconcerned" };
  if (change.identity === undefined) return { type: "closed" };
  const { source, identity, permissions: present } = change;
  if (present === undefined || !maySeeOwner(present, ownerId)) return { type: "closed" };
  if (heldFeeds(feeds).some((feed) => !maySupplyFeed(present, feed))) return { type: "closed" };
  return { type: "changed", permissions: { ...present, Source: source, Identity: identity, Owners: [ownerId] } };
}

function concerns({ source, identity }: PermissionChange, { Source = "", Identity = "" }: Permissions): boolean {
  return Source === source && (identity === undefined || Identity === identity);
}

/** The feeds that it supplies or stands by for. One whose supply has ended must open it again, and is judged then. */
function heldFeeds(feeds: Readonly<Record<string, FeedRole>>): readonly string[] {
  return Object.entries(feeds)
    .filter(([, { role }]) => role !== "ended")
    .map(([feed]) => feed);
}

/**
 * The changes of the last seconds, one of each identity. The Worker may have let a socket in by permissions that it
 * remembered from before one of them: a new socket is held to them too.
 */
export class RecentChanges {
  readonly #changes = new Map<string, { readonly change: PermissionChange; readonly until: number }>();
  readonly #milliseconds: number;
  readonly #capacity: number;

  /** Keeps them for so long; beyond so many, the oldest is forgotten. */
  constructor(milliseconds: number, capacity: number) {
    this.#milliseconds = milliseconds;
    this.#capacity = capacity;
  }

  /**
   * Remembers a change of an identity. That of a whole source is over once it was enforced: it does not say who may
   * open a socket.
   */
  add(change: PermissionChange, now: number): void {
    if (change.identity === undefined) return;
    const name = nameOf(change.source, change.identity);
    // The newest last, so that the oldest is the first.
    this.#changes.delete(name);
    this.#changes.set(name, { change, until: now + this.#milliseconds });
    this.#forget(now);
  }

  /** The change that a caller is held to, if there was one. */
  of({ Source = "", Identity = "" }: Permissions, now: number): PermissionChange | undefined {
    const known = this.#changes.get(nameOf(Source, Identity));
    return known === undefined || known.until <= now ? undefined : known.change;
  }

  #forget(now: number): void {
    for (const [name, { until }] of this.#changes) {
      if (until > now && this.#changes.size <= this.#capacity) return;
      this.#changes.delete(name);
    }
  }
}

function nameOf(source: string, identity: string): string {
  return JSON.stringify([source, identity]);
}
