/** The plain model of client requests to one feed: what becomes of each, who is sent it, and who is told what. */
import { LIMITS } from "../../src/protocol/limits.ts";

const TIMEOUT = LIMITS.REQUEST_TIMEOUT_MS;

/** How an adapter answers. `again`: it was never sent the request. */
export type Word = "Completed" | "Rejected" | "Working" | "again";

interface PlainRequest {
  readonly content: string;
  status: string;
  errors: readonly string[];
  deliveries: number;
  /** When its wait is over, in milliseconds since 1970; undefined when nobody waits for a time. */
  due: number | undefined;
  /** Who asked first, and by which frame. */
  readonly asker: { readonly client: string; readonly tag: string } | undefined;
  /** Calls that wait for its outcome. */
  callers: string[];
}

/** What is seen from outside: what each adapter was sent, each client told, each call answered. Names are the test's. */
export class PlainRequests {
  readonly sent = new Map<string, string[]>();
  readonly told = new Map<string, string[]>();
  readonly answered = new Map<string, string>();
  supplier: string | undefined;
  standby: readonly string[] = [];
  readonly #requests = new Map<string, PlainRequest>();

  /** `id status` of those that are open, in order of their ids. */
  get open(): readonly string[] {
    const open = [...this.#requests].filter(([, { status }]) => status !== "Completed" && status !== "Rejected");
    return open.map(([id, { status }]) => `${id} ${status}`).sort();
  }

  askBySocket(client: string, tag: string, id: string, content: string, at: number): void {
    const known = this.#requests.get(id);
    if (known === undefined) {
      this.#admit(id, content, at, { client, tag });
      const { status } = this.#get(id);
      if (status === "Rejected") this.#tell(id, client, tag);
    } else if (known.content !== content) push(this.told, client, `${tag} Request.Conflict ${id}`);
    else this.#tell(id, client, tag);
  }

  askByCall(call: string, id: string, content: string, at: number): void {
    const known = this.#requests.get(id);
    if (known === undefined) this.#admit(id, content, at, undefined);
    else if (known.content !== content) {
      this.answered.set(call, `Request.Conflict ${id}`);
      return;
    }
    const request = this.#get(id);
    if (request.due === undefined) this.answered.set(call, this.#soFar(id));
    else request.callers.push(call);
  }

  /** Somebody opens the feed, at a time by the clock; records are made at `at`. */
  opened(adapter: string, now: number, at: number): void {
    if (this.supplier === adapter) return;
    if (this.supplier === undefined) this.#supply(adapter, now, at);
    else this.standby = [...this.standby.filter((other) => other !== adapter), adapter];
  }

  left(adapter: string, now: number, at: number): void {
    this.standby = this.standby.filter((other) => other !== adapter);
    if (this.supplier !== adapter) return;
    this.supplier = undefined;
    const [next, ...others] = this.standby;
    this.standby = others;
    if (next !== undefined) this.#supply(next, now, at);
  }

  /** The supplier answers. False when there is no such open request. */
  answer(id: string, word: Word, isResponse: boolean, at: number): boolean {
    const request = this.#requests.get(id);
    if (request === undefined || request.status === "Completed" || request.status === "Rejected") return false;
    if (word === "again" && request.status === "Submitted" && request.deliveries < LIMITS.REQUEST_DELIVERIES) {
      this.#send(id, at);
      return true;
    }
    const status = word === "again" ? "Rejected" : word;
    const isNew = status !== request.status;
    const errors = { Completed: [], Working: [], Rejected: ["Symbol"], again: ["Request.Unknown"] }[word];
    this.#become(request, status, errors, undefined);
    if (isNew || isResponse) this.#tellAll(id);
    return true;
  }

  /** Timers that are due are dealt with. */
  ring(now: number): void {
    const due = [...this.#requests].filter(([, each]) => each.due !== undefined && each.due <= now);
    for (const [id, request] of due.sort(inOrder)) {
      if (request.status === "Pending") this.#become(request, "Rejected", ["Timeout asx"], undefined);
      request.due = undefined;
      this.#tellAll(id);
    }
  }

  /** The object's memory is gone, and the calls with it. */
  forgetCalls(): void {
    for (const request of this.#requests.values()) request.callers = [];
  }

  #admit(id: string, content: string, at: number, asker: PlainRequest["asker"]): void {
    const request: PlainRequest = {
      content,
      status: "Pending",
      errors: [],
      deliveries: 0,
      due: at + TIMEOUT,
      asker,
      callers: [],
    };
    this.#requests.set(id, request);
    if (content === "wrong") this.#become(request, "Rejected", ["TotalQuantity"], undefined);
    else if (this.supplier !== undefined) this.#send(id, at);
  }

  #supply(adapter: string, now: number, at: number): void {
    this.supplier = adapter;
    for (const [id, request] of this.#requests) {
      if (request.status !== "Pending") continue;
      if ((request.due ?? 0) > now) this.#send(id, at);
      else {
        this.#become(request, "Rejected", ["Timeout asx"], undefined);
        this.#tellAll(id);
      }
    }
  }

  #send(id: string, at: number): void {
    const request = this.#get(id);
    this.#become(request, "Submitted", [], at + TIMEOUT);
    request.deliveries++;
    push(this.sent, this.supplier ?? "nobody", id);
  }

  #become(request: PlainRequest, status: string, errors: readonly string[], due: number | undefined): void {
    request.status = status;
    request.errors = errors;
    request.due = due;
  }

  #tellAll(id: string): void {
    const { asker, callers } = this.#get(id);
    if (asker !== undefined) this.#tell(id, asker.client, asker.tag);
    for (const call of callers) this.answered.set(call, this.#soFar(id));
    this.#get(id).callers = [];
  }

  #tell(id: string, client: string, tag: string): void {
    push(this.told, client, `${tag} ${this.#soFar(id)}`);
  }

  #soFar(id: string): string {
    const { status, errors, due } = this.#get(id);
    const unanswered = status === "Submitted" && due === undefined ? ["Submitted asx"] : [];
    return [id, status, ...errors, ...unanswered].join(" ");
  }

  #get(id: string): PlainRequest {
    const request = this.#requests.get(id);
    if (request === undefined) throw new Error(`there is no request ${id}`);
    return request;
  }
}

/** Timers are dealt with in this order. */
function inOrder(
  [left, { due: one = 0 }]: [string, PlainRequest],
  [right, { due: other = 0 }]: [string, PlainRequest],
) {
  return one - other || (left < right ? -1 : 1);
}

function push(lists: Map<string, string[]>, name: string, entry: string): void {
  lists.set(name, [...(lists.get(name) ?? []), entry]);
}
