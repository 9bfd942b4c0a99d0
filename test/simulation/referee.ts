/**
 * Watches one Owner: every commit as it becomes durable, every frame as it is sent. It knows what each sender has to say,
 * and so what must be in the log; the plain books say what each record must change.
 */
import { expand, parseStoredRecord, type WireEvent } from "../../src/domain/log-record.ts";
import type { LogRecord } from "../../src/domain/records.ts";
import { chainHash } from "../../src/storage/commit-body.ts";
import type { Caller, HandingDown } from "./caller.ts";
import type { Market } from "./market.ts";
import { PlainBooks, type Verdict } from "./plain-books.ts";
import { PlainRequests } from "./plain-requests.ts";
import { contentText } from "./plain-texts.ts";
import type { Clock, Connection, Message, Platform } from "./platform.ts";
import { changeOf } from "./subscriber.ts";
import { mustBe, mustEqual, violated } from "./violation.ts";

type Line = LogRecord<WireEvent>;

export interface Watched {
  readonly platform: Platform;
  readonly markets: readonly Market[];
  readonly caller: Caller;
  readonly system: HandingDown;
  readonly clock: Clock;
}

/** A feed's journal, and how much of it has been recorded. */
interface Followed {
  readonly market: Market;
  next: number;
}

export class Referee {
  readonly books = new PlainBooks();
  readonly requests = new PlainRequests();
  /** What was accepted, for the oracle: its At, and the update as it was sent. */
  readonly accepted: { readonly at: number; readonly update: WireEvent }[] = [];
  /** Every transaction, in order. */
  readonly transactions: { readonly account: string; readonly text: string }[] = [];
  readonly #watched: Watched;
  readonly #feeds: ReadonlyMap<string, Followed>;
  readonly #durable = new Map<string, number>();
  readonly #status = new Map<string, string>();
  readonly #recordedCalls = new Set<string>();
  #commits = 0;
  #positions = 0;
  #hash = "";
  #at = 0;
  #failures = 0;
  #handedDown = 0;
  #broken: unknown;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#feeds = new Map(watched.markets.map((market) => [market.feed, { market, next: 0 }]));
    watched.platform.onSent = (message, connection) => {
      // The engine would take it for a fault of the socket.
      try {
        this.#sent(message, connection);
      } catch (error) {
        this.#broken ??= error;
      }
    };
  }

  /** Looks at all that has become durable since it looked last. */
  look(): void {
    if (this.#broken !== undefined) throw this.#broken;
    const { data } = this.#watched.platform;
    mustBe(data.commits.length >= this.#commits, () => "a commit that was durable is gone");
    for (; this.#commits < data.commits.length; this.#commits++) {
      const commit = data.commits[this.#commits];
      if (commit === undefined) return;
      this.#hash = chainHash(this.#hash, commit.body);
      mustEqual(commit.hash, this.#hash, () => "the hash of a commit");
      for (const line of commit.body.split("\n")) if (line !== "") this.#take(expand(parseStoredRecord(line)));
    }
    for (; this.#positions < data.positions.length; this.#positions++) {
      const moved = data.positions[this.#positions];
      if (moved === undefined) return;
      this.#durable.set(moved.sequence, moved.position);
      const followed = this.#feeds.get(moved.sequence);
      if (followed !== undefined) this.#passOver(followed, moved.position + 1);
    }
    const [reported] = this.#watched.platform.reported;
    if (reported !== undefined && !/SQLITE_IOERR/.test(String(reported))) throw reported;
    this.#watched.platform.reported.length = 0;
  }

  /** Looks at the calls that have been answered. */
  lookAtCalls(): void {
    const { calls } = this.#watched.caller;
    for (const call of calls) {
      if (call.answer === undefined || call.isChecked) continue;
      call.isChecked = true;
      const recorded = call.ids.filter((id) => this.#recordedCalls.has(id)).length;
      const isRefused = "errors" in call.answer;
      mustBe(
        recorded === (isRefused ? 0 : call.ids.length),
        () => `a call of ${call.ids} was answered ${JSON.stringify(call.answer)}, and ${recorded} of it recorded`,
      );
    }
  }

  /** All that upstream has to say has been recorded. */
  mustBeComplete(): void {
    for (const { market, next } of this.#feeds.values()) {
      const missing = market.entries.slice(next).find(({ owner }) => owner === this.#owner);
      if (missing !== undefined) violated(`${market.feed} ${missing.position} has never been recorded`);
    }
    for (const { ids } of this.#watched.caller.calls) {
      const recorded = ids.filter((id) => this.#recordedCalls.has(id)).length;
      mustBe(recorded === 0 || recorded === ids.length, () => `a call of ${ids} was recorded in part`);
    }
  }

  get #owner(): string {
    return this.#watched.platform.ownerId;
  }

  #take(line: Line): void {
    const where = () => `${this.#owner} ${line.Sequence} ${line.Position}`;
    mustBe(line.At > this.#at, () => `${where()} is not later than the record before`);
    this.#at = line.At;
    mustBe(
      line.Position > (this.#durable.get(line.Sequence) ?? 0),
      () => `${where()} is not after the position before`,
    );
    this.#durable.set(line.Sequence, line.Position);
    const followed = this.#feeds.get(line.Sequence);
    if (followed !== undefined) this.#takeFeed(followed, line, where);
    else if (line.Sequence === "system") this.#takeMetadata(line, where);
    else this.#takeOwn(line, where);
  }

  #takeFeed(followed: Followed, line: Line, where: () => string): void {
    this.#passOver(followed, line.Position);
    const entry = followed.market.entries[followed.next];
    if (entry?.position !== line.Position) violated(`${where()} is not what the adapter has there`);
    followed.next++;
    // A bookmark that could not be written leaves a record too.
    if (this.#isFailure(line, where)) return;
    mustBe(entry.owner === this.#owner, () => `${where()} is not what the adapter has there`);
    const { update } = entry;
    if (update === undefined) {
      mustBe(line.Errors !== undefined && line.Unreadable !== undefined, () => `${where()} cannot be read, and was`);
      return;
    }
    const verdict = this.books.judge(update);
    if (typeof verdict === "object") {
      mustEqual(
        (line.Errors?.[0] ?? "applied").split(" ")[0] ?? "",
        verdict.refusal,
        () => `${where()} is to be refused`,
      );
      mustBe(line.Events.length === 0, () => `${where()} was refused and has events`);
      return;
    }
    mustBe(line.Errors === undefined, () => `${where()} is to be ${verdict}, not refused: ${line.Errors}`);
    mustEqual(contentText(line.Update), contentText(this.#completed(update, line)), () => `${where()} was recorded as`);
    this.#apply(line, update, verdict, where);
  }

  /** An update with what the server filled in: that is looked at with the state. What it adds of a move, here (rule O5). */
  #completed(update: WireEvent, line: Line): WireEvent {
    const { Action } = update;
    if (Action?.Order === undefined) return update;
    const { Currency, Created } = line.Update?.Action?.Order ?? {};
    const filled = { ...(Currency !== undefined && { Currency }), ...(Created !== undefined && { Created }) };
    const PreviousAccount = this.books.order(Action.Order.OrderID ?? "")?.Account;
    const isMove = PreviousAccount !== undefined && PreviousAccount.AccountID !== Action.Order.Account?.AccountID;
    const moved = isMove && { Update: { ...Action.Update, PreviousAccount } };
    return { ...update, Action: { ...Action, Order: { ...filled, ...Action.Order }, ...moved } };
  }

  /** No entry of this Owner may be left behind before a position. */
  #passOver(followed: Followed, before: number): void {
    const { entries } = followed.market;
    for (
      let entry = entries[followed.next];
      entry !== undefined && entry.position < before;
      entry = entries[followed.next]
    ) {
      const { owner, position } = entry;
      mustBe(owner !== this.#owner, () => `${owner} ${followed.market.feed} ${position} has been passed over`);
      followed.next++;
    }
  }

  #takeMetadata(line: Line, where: () => string): void {
    const item = this.#watched.system.items[line.Position - 1];
    if (this.#isFailure(line, where)) return;
    mustEqual(
      contentText(line.Update),
      contentText(JSON.parse(item?.update ?? "{}")),
      () => `${where()} was handed down as`,
    );
    const next = this.#handedDown + 1;
    mustBe(line.Position === next, () => `${where()} comes, and ${next} has not`);
    this.#handedDown = next;
  }

  #takeOwn(line: Line, where: () => string): void {
    if (this.#isFailure(line, where)) return;
    const update = line.Update ?? {};
    const { Status, Action, ClientRequest, ClientRequestUpdate } = update;
    if (Status !== undefined) {
      const { FeedID = "", Status: status = "CONNECTIONSTATUS_DISCONNECTED" } = Status;
      // Who takes over a feed is told of as well.
      const isNews = status === "CONNECTIONSTATUS_ONLINE" || this.#status.get(FeedID) !== status;
      mustBe(isNews, () => `${where()}: ${FeedID} was ${status} already`);
      this.#status.set(FeedID, status);
      return;
    }
    if (ClientRequest !== undefined || ClientRequestUpdate !== undefined) {
      this.requests.recorded(line, where);
      return;
    }
    if (Action?.CashTransfer !== undefined) this.#takeCall(update, where);
    else if (Action?.Order !== undefined) this.#takeRemoval(Action.Order, where);
    else violated(`${where()}: nobody asked for it: ${JSON.stringify(update)}`);
    const verdict = this.books.judge(update);
    mustBe(verdict === "applied", () => `${where()} is to be ${JSON.stringify(verdict)}, and was applied`);
    this.#apply(line, update, verdict, where);
  }

  #takeCall(update: WireEvent, where: () => string): void {
    const id = update.Action?.Transaction?.TransactionID ?? "";
    const called = this.#watched.caller.updates.get(id);
    mustEqual(contentText(update), contentText(called), () => `${where()} was called as`);
    mustBe(!this.#recordedCalls.has(id), () => `${where()} is a call that was recorded before`);
    this.#recordedCalls.add(id);
  }

  /** A timer removes what is due, and nothing else. */
  #takeRemoval(order: NonNullable<NonNullable<WireEvent["Action"]>["Order"]>, where: () => string): void {
    const id = order.OrderID ?? "";
    const due = this.books.timers.get(id);
    const { clock, platform } = this.#watched;
    const now = Math.max(clock.now, platform.rungAt);
    mustBe(due !== undefined && due <= now, () => `${where()} removes ${id}, which is due at ${due}, at ${now}`);
    mustEqual(
      contentText({ ...order, RemoveAfter: undefined }),
      contentText({ ...this.books.order(id), RemoveAfter: undefined }),
      () => `${where()} removes`,
    );
  }

  #apply(line: Line, update: WireEvent, verdict: Verdict, where: () => string): void {
    const expected = new Map<string, string>();
    if (verdict === "applied") {
      this.accepted.push({ at: line.At, update });
      for (const [name, text] of this.books.apply(line.At, update)) expected.set(name, text);
    } else mustBe(line.Events.length === 0, () => `${where()} was known already and has events`);
    for (const event of line.Events) {
      if (event.Transaction !== undefined) {
        const account = event.Transaction.Details?.Account?.AccountID ?? "";
        this.transactions.push({ account, text: contentText(event.Transaction) });
      }
      const change = changeOf(event);
      if (change === undefined) continue;
      const text = expected.get(change.name) ?? this.books.shown.get(change.name) ?? "";
      mustEqual(change.text, text, () => `${where()} tells of ${change.name}`);
      expected.delete(change.name);
    }
    const [untold] = expected;
    if (untold !== undefined) violated(`${where()} does not tell of ${untold[0]}, which is ${untold[1]} now`);
  }

  /** An update may be lost to a disk that failed, and to nothing else. */
  #isFailure(line: Line, where: () => string): boolean {
    if (line.Errors?.[0] !== "Storage.Failed") return false;
    this.#failures++;
    mustBe(this.#failures <= this.#watched.platform.failed, () => `${where()} was lost to a disk that did not fail`);
    return true;
  }

  /** Nothing is told that is not durable, nor to anybody who may not know it. */
  #sent({ Position, Snapshot, Feed, Updates = [], RequestResponse }: Message, connection: Connection): void {
    this.look();
    for (const event of Updates) this.#mustBeAllowed(event, connection);
    const owner = this.#owner;
    const isDurable = (sequence: string, position: number) => position <= (this.#durable.get(sequence) ?? 0);
    for (const place of [Position, Feed?.Position]) {
      const { Sequence, Position: position } = place ?? {};
      if (Sequence === undefined || position === undefined || (Feed?.Type === undefined && place === Feed?.Position))
        continue;
      mustBe(isDurable(Sequence, position), () => `${owner}: ${Sequence} ${position} was told before it was durable`);
    }
    for (const [sequence, position] of Object.entries(Snapshot?.Positions ?? {})) {
      mustBe(isDurable(sequence, position), () => `${owner}: ${sequence} ${position} was told before it was durable`);
    }
    if (Feed?.Type === "FeedEventType_Resume") {
      const { Sequence = "", Position: position = 0 } = Feed.Position ?? {};
      const last = this.#durable.get(Sequence) ?? 0;
      mustBe(position === last, () => `${owner}: ${Sequence} is to resume at ${position}, and is at ${last}`);
    }
    if (Feed?.Type === "FeedEventType_Request") this.requests.delivered(Feed.Request?.RequestID ?? "");
    if (RequestResponse !== undefined)
      this.requests.told(RequestResponse.RequestID ?? "", RequestResponse.Status ?? "");
  }

  #mustBeAllowed({ Order, Balance, Holding, Transaction }: WireEvent, connection: Connection): void {
    const account = (Order ?? Balance ?? Holding ?? Transaction?.Details)?.Account;
    if (account === undefined) return;
    const { OwnerID = "", AccountID = "" } = account;
    mustBe(OwnerID === connection.ownerId, () => `${OwnerID} was shown to who may see ${connection.ownerId}`);
    const isAllowed = connection.accounts?.has(AccountID) ?? true;
    mustBe(isAllowed, () => `${AccountID} was shown to who asked for ${[...(connection.accounts ?? [])]}`);
  }
}
