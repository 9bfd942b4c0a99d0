/** What the page knows, while somebody is signed in: one Owner's session, what is shown of it, and the moment that is shown. */
import { type Client, connect, createClient, OmsError, type Session, type SessionState } from "../../client/index.ts";
import type { OwnerDetails } from "../../protocol/messages/index.ts";
import type { Timestamp } from "../../protocol/timestamp.ts";
import { Store } from "../parts/store.ts";
import { EventLog } from "./event-log.ts";
import { LiveTables } from "./live-tables.ts";
import { PastTables, type Scope } from "./past-tables.ts";

/** The Owners that may be chosen; undefined until they are known. */
export interface OwnersState {
  readonly owners: readonly OwnerDetails[] | undefined;
  readonly problem?: string;
}

/** What is shown of one Owner. */
export interface View {
  readonly scope: Scope;
  readonly live: LiveTables;
  readonly past: PastTables;
}

export interface DeskOptions {
  readonly url: URL;
  readonly token: string;
  /** The Owner to begin with, if the token may see it. */
  readonly owner: string | undefined;
  /** Another Owner is looked at. */
  readonly onOwner: (owner: string) => void;
  /** The server refuses the token, now or from now on. */
  readonly onRefused: () => void;
}

export class Desk {
  readonly client: Client;
  readonly owners = new Store<OwnersState>({ owners: undefined });
  readonly view = new Store<View | undefined>(undefined);
  readonly connection = new Store<SessionState>({ name: "connecting", attempt: 1 });
  readonly events = new EventLog();
  readonly #options: DeskOptions;
  #session: Session | undefined;

  constructor(options: DeskOptions) {
    const { url, token } = options;
    this.#options = options;
    this.client = createClient({ url, token });
  }

  /** Finds out which Owners there are to choose, and begins with the one that was asked for, or the first. */
  async start(): Promise<void> {
    try {
      const owners = await this.client.owners.list();
      this.owners.set({ owners });
      const first = owners.find(({ OwnerID }) => OwnerID === this.#options.owner) ?? owners[0];
      if (first?.OwnerID !== undefined && this.view.state === undefined) this.choose({ owner: first.OwnerID });
    } catch (error) {
      if (isRefusal(error)) this.#options.onRefused();
      else this.owners.set({ owners: undefined, problem: problemText(error) });
    }
  }

  /** Shows an Owner, or one of its accounts, live. */
  choose({ owner, account }: { readonly owner: string; readonly account?: string | undefined }): void {
    const shown = this.view.state;
    shown?.live.close();
    if (this.#session === undefined || shown?.scope.owner !== owner) this.#connect(owner);
    if (this.#session === undefined) return;
    this.#options.onOwner(owner);
    this.events.clear();
    const scope = { owner, account };
    const live = new LiveTables(this.#session, account, this.events);
    this.view.set({ scope, live, past: new PastTables(this.client, scope) });
  }

  /** Shows a moment of the past; undefined goes back to the present. */
  showMoment(at: Timestamp | undefined): void {
    this.view.state?.past.show(at);
  }

  /** Makes the connection anew, without waiting for the next attempt. */
  reconnect(): void {
    if (this.connection.state.name === "closed") {
      const scope = this.view.state?.scope;
      this.#session = undefined;
      if (scope !== undefined) this.choose(scope);
    } else {
      this.#session?.reconnect();
    }
  }

  close(): void {
    this.view.state?.live.close();
    this.#session?.close();
  }

  #connect(owner: string): void {
    this.#session?.close();
    const { url, token, onRefused } = this.#options;
    const session = connect({ url, token, owner });
    this.#session = session;
    this.connection.set(session.state.current);
    session.state.onChange((state) => {
      // A session that was left says that it is closed.
      if (session !== this.#session) return;
      this.connection.set(state);
      if (state.name === "closed" && isRefusal(state.why)) onRefused();
    });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof OmsError && error.status === 401;
}

export function problemText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
