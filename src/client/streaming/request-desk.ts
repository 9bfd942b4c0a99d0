/**
 * What clients ask of an adapter, and what it answers. A request is sent once; its answer may be lost with a connection.
 * So what became of each is remembered for as long as the server shows it open, and said again where it was not heard.
 */
import type {
  ClientRequest,
  ClientRequestState,
  FeedEvent,
  FeedQuery,
  FeedRequest,
} from "../../protocol/messages/index.ts";
import type { FeedOptions, QueryOutcome, RequestOutcome } from "./feed.ts";
import type { Change, Subscription } from "./subscription.ts";

/** What the desk needs of its feed. */
export interface DeskHost {
  readonly name: string;
  /** Sends an answer, behind all that was submitted. Gives whether this instance supplies the feed. */
  answer(answer: FeedRequest): boolean;
}

/** A request that this instance has to do with: what became of it, once that is known. */
interface InHand {
  outcome?: RequestOutcome;
  /** The outcome has been sent on the present connection. */
  isTold: boolean;
}

/** Sent to an adapter, and not answered. */
const SUBMITTED = "Submitted";

export class RequestDesk {
  readonly #options: FeedOptions;
  readonly #host: DeskHost;
  readonly #inHand = new Map<string, InHand>();
  /** Whose adapter was asked on the present connection, and left them open. */
  readonly #leftOpen = new Set<string>();
  readonly #view: Subscription<"Requests"> | undefined;
  readonly #stopWatching: readonly (() => void)[];
  #isSupplying = false;

  constructor(options: FeedOptions, host: DeskHost, watch: () => Subscription<"Requests">) {
    this.#options = options;
    this.#host = host;
    const isNeeded = options.onRequest !== undefined || options.onReconcile !== undefined;
    this.#view = isNeeded ? watch() : undefined;
    this.#stopWatching = [
      this.#view?.onChange((changes) => this.#shown(changes)) ?? (() => {}),
      this.#view?.state.onChange(() => this.#reconcile()) ?? (() => {}),
    ];
  }

  /** This instance supplies the feed: what nobody has answered is seen to. */
  supplies(): void {
    this.#isSupplying = true;
    this.#reconcile();
  }

  /** It does not, or not on this connection any more. */
  rests(): void {
    this.#isSupplying = false;
    this.#leftOpen.clear();
    for (const request of this.#inHand.values()) request.isTold = false;
  }

  close(): void {
    for (const stop of this.#stopWatching) stop();
    this.#view?.close();
  }

  /** A client's request has come, for the first time or because it was said to be unknown. */
  take(request: ClientRequest): void {
    const { onRequest } = this.#options;
    if (onRequest === undefined) {
      this.#tell(request, { Errors: [`Route.Market ${this.#host.name}`] });
      return;
    }
    this.#inHand.set(nameOf(request), { isTold: false });
    void this.#settle(request, async () => await onRequest(request));
  }

  /** A question has come. */
  async ask({ RequestID, Query = {} }: FeedEvent): Promise<void> {
    const { onQuery } = this.#options;
    const { Type, Tag } = Query;
    let outcome: QueryOutcome = { Errors: [`Operation ${Type ?? ""}`] };
    try {
      if (onQuery !== undefined) outcome = await onQuery(Query satisfies FeedQuery);
    } catch (error) {
      this.#options.onError?.(error);
      outcome = { Errors: ["Internal"] };
    }
    this.#host.answer({
      Type: "FeedRequestType_QueryResponse",
      ...(RequestID !== undefined && { RequestID }),
      Position: { Sequence: this.#host.name },
      QueryResponse: {
        ...(Type !== undefined && { Type }),
        ...(Tag !== undefined && { Tag }),
        ...outcome,
      },
    });
  }

  async #settle(request: ClientRequest, decide: () => Promise<RequestOutcome | undefined>): Promise<void> {
    const name = nameOf(request);
    const inHand: InHand = { isTold: false };
    this.#inHand.set(name, inHand);
    try {
      const outcome = await decide();
      if (outcome === undefined) {
        this.#inHand.delete(name);
        this.#leftOpen.add(name);
        return;
      }
      inHand.outcome = outcome;
      inHand.isTold = this.#tell(request, outcome);
    } catch (error) {
      // What the handler did before it threw is not known: so neither is the outcome, and nothing is said.
      this.#options.onError?.(error);
    }
  }

  /** What the server shows is no longer Submitted needs no answer any more. */
  #shown(changes: readonly Change<"Requests">[]): void {
    for (const { before, after } of changes) {
      if (before !== undefined && after?.Status !== SUBMITTED) this.#inHand.delete(nameOf(before.Request));
    }
    this.#reconcile();
  }

  /** Once this instance supplies the feed, and has been shown what is open. */
  #reconcile(): void {
    if (!this.#isSupplying || this.#view?.state.current.name !== "live") return;
    for (const state of this.#view.records.values()) {
      if (state.Status === SUBMITTED) this.#see(state);
    }
  }

  /** A request that was sent and has not been answered. */
  #see(state: ClientRequestState): void {
    const { Request: request = {} } = state;
    const name = nameOf(request);
    const inHand = this.#inHand.get(name);
    if (inHand !== undefined) {
      if (inHand.outcome !== undefined && !inHand.isTold) inHand.isTold = this.#tell(request, inHand.outcome);
      return;
    }
    const { onReconcile } = this.#options;
    if (onReconcile === undefined || this.#leftOpen.has(name)) return;
    void this.#settle(request, async () => await onReconcile(state));
  }

  #tell({ RequestID, Account, Type }: ClientRequest, outcome: RequestOutcome): boolean {
    return this.#host.answer({
      Type: "FeedRequestType_RequestResponse",
      Position: { Sequence: this.#host.name },
      RequestResponse: {
        ...(Type !== undefined && { Type }),
        ...(RequestID !== undefined && { RequestID }),
        ...(Account !== undefined && { Account }),
        ...outcome,
      },
    });
  }
}

/** An id is unique in its account alone. */
function nameOf({ Account, RequestID }: ClientRequest = {}): string {
  return JSON.stringify([Account?.AccountID, RequestID]);
}
