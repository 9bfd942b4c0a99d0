/**
 * Who is let in by a socket, and who may stay: until their token expires, and as long as their permissions allow what
 * they do. What follows for feeds and subscriptions is the engine's.
 */
import { Refusal } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Permissions } from "../protocol/messages/index.ts";
import type { Alarm } from "./alarm.ts";
import { type PermissionChange, RecentChanges, verdictOn } from "./revocation.ts";
import type { Session, SocketCaller } from "./session.ts";
import { CLOSE } from "./socket.ts";

/** What admission needs of the engine. */
export interface AdmissionContext {
  readonly alarm: Alarm;
  ownerId(): string;
  /** Milliseconds since 1970. */
  now(): number;
  sessions(): Iterable<Session>;
  /** Closes a session's socket and counts it as lost. */
  disconnect(session: Session, code: number, reason: string): void;
  /** Does something that costs only itself when it throws. */
  guard(effect: () => void): void;
}

/** How long a new socket is held to a change: an isolate may have let it in by what it remembered, and calls take time. */
const CHANGES_REMEMBERED_MS = 2 * LIMITS.PERMISSIONS_REMEMBERED_MS;

export class Admission {
  readonly #context: AdmissionContext;
  readonly #recentChanges = new RecentChanges(CHANGES_REMEMBERED_MS, LIMITS.CHANGES_REMEMBERED);
  /** The last position of the sequence `system` at which a change of permissions was enforced. */
  #enforcedUpTo = 0;

  constructor(context: AdmissionContext) {
    this.#context = context;
  }

  /**
   * A caller as it is let in: by its present permissions. Throws Refusal `Unauthenticated` when its token has expired,
   * `Retry` when its permissions have just been taken away.
   */
  admitted(caller: SocketCaller): SocketCaller {
    const now = this.#context.now();
    if (caller.expires !== undefined && caller.expires <= now) throw new Refusal("Unauthenticated");
    return { ...caller, permissions: this.#presentPermissions(caller.permissions, now) };
  }

  /** The permissions by which the Worker let a socket in, or those that have taken their place a moment ago. */
  #presentPermissions(permissions: Permissions, now: number): Permissions {
    const change = this.#recentChanges.of(permissions, now);
    const verdict = change && verdictOn({ permissions, feeds: {} }, change, this.#context.ownerId());
    // The Worker will know soon.
    if (verdict?.type === "closed") throw new Refusal("Retry");
    return verdict?.type === "changed" ? verdict.permissions : permissions;
  }

  /**
   * Enforces a change that was handed down. One that could not be recorded is handed down again: who has shown anew who
   * they are is left alone then.
   */
  enforceOnce(change: PermissionChange, position: number): void {
    if (position <= this.#enforcedUpTo) return;
    this.#enforcedUpTo = position;
    this.enforce(change);
  }

  /**
   * Holds sockets to a change of permissions: closes those that may not go on, and lets the others go on with the
   * present ones. Called once the change is durable, in the same turn, or when it cannot be made so.
   */
  enforce(change: PermissionChange): void {
    const { now, sessions, guard } = this.#context;
    this.#recentChanges.add(change, now());
    for (const session of sessions()) guard(() => this.#enforceOn(session, change));
  }

  #enforceOn(session: Session, change: PermissionChange): void {
    const verdict = verdictOn(session, change, this.#context.ownerId());
    switch (verdict.type) {
      case "unconcerned":
        return;
      case "closed":
        this.#revoke(session);
        return;
      case "changed":
        try {
          session.setPermissions(verdict.permissions);
          session.keep();
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          this.#revoke(session);
        }
    }
  }

  #revoke(session: Session): void {
    session.isRevoked = true;
    this.#context.disconnect(session, CLOSE.revoked, "its permissions have changed");
  }

  /** Closes every socket, when the Owner is not known any more by the name that they asked for. */
  expelAll(): void {
    for (const session of this.#context.sessions()) {
      session.isRevoked = true;
      this.#context.disconnect(session, CLOSE.moved, "the owner is not known by that name any more");
    }
  }

  /** Closes the sockets whose token has expired, if the first expiry has come. */
  closeExpired(): void {
    const { alarm, now, sessions, disconnect } = this.#context;
    const present = now();
    if (!alarm.isExpiryDue(present)) return;
    for (const session of sessions()) {
      if (session.isExpired(present)) disconnect(session, CLOSE.expired, "its token has expired");
    }
    this.takeStock();
  }

  /** Looks for the first expiry among the sockets that there are. */
  takeStock(): void {
    this.#context.alarm.replace([...this.#context.sessions()].map(({ expires }) => expires));
  }
}
