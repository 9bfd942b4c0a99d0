/**
 * Bugs to be found: each is planted at a seam while it is looked for, and nothing of it is in what is simulated. `says` is
 * what whoever finds it must say.
 */
import { Changes } from "../../src/domain/changes.ts";
import { CommitLoop } from "../../src/owner/commit-loop.ts";
import { Engine } from "../../src/owner/engine.ts";
import { FeedConversation } from "../../src/owner/feed-conversation.ts";
import { Outbox } from "../../src/owner/outbox.ts";
import { Publisher } from "../../src/owner/publisher.ts";
import { Session } from "../../src/owner/session.ts";
import { Decimal } from "../../src/protocol/decimal.ts";
import type { MemoryData } from "../../src/storage/memory-store.ts";
import type { Commit, Store } from "../../src/storage/store.ts";
import type { Seams } from "./platform.ts";

export interface Bug {
  readonly name: string;
  readonly says: RegExp;
  /** Plants it. `end` takes it out again. */
  readonly plant: () => { readonly seams?: Seams; readonly end?: () => void };
}

/** True once in so many times. */
function onceIn(many: number): () => boolean {
  let times = 0;
  return () => ++times % many === 0;
}

/** Puts another method in the place of one of a class, and gives what takes it out again. */
function replacing<Class extends object, Name extends keyof Class>(
  prototype: Class,
  name: Name,
  replaced: (original: Class[Name]) => Class[Name],
): () => void {
  const original = prototype[name];
  prototype[name] = replaced(original);
  return () => {
    prototype[name] = original;
  };
}

/** A store of which some methods are others. */
function changed(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const own: unknown = Reflect.get(methods, name);
      const value: unknown = own ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A bug of the store alone. */
function inStore(change: (store: Store, life: number) => Partial<Store>): Bug["plant"] {
  return () => ({ seams: { store: (store, life) => changed(store, change(store, life)) } });
}

const withoutTrades = (store: Store): Partial<Store> => ({
  known: (kind, id) => (kind === "trade" ? undefined : store.known(kind, id)),
  knownAmong: (kind, ids) => (kind === "trade" ? new Map() : store.knownAmong(kind, ids)),
});

/** The disk as it was before its last commit. */
function forgetLastCommit(data: MemoryData): void {
  const last = data.commits.pop();
  if (last === undefined) return;
  data.hash = last.previous;
  while ((data.positions.at(-1)?.after ?? 0) >= (data.commits.at(-1)?.last ?? 0) && data.positions.length > 0)
    data.positions.pop();
  data.lastPositions.clear();
  for (const { sequence, position } of data.positions) data.lastPositions.set(sequence, position);
  for (const ofKind of data.versions.values()) {
    for (const versions of ofKind.values()) if (versions.at(-1)?.commitId === last.id) versions.pop();
  }
}

export const BUGS: readonly Bug[] = [
  {
    name: "skip a position: a frame of a feed is lost on its way to the inbox",
    says: /passed over|is not what the adapter has/,
    plant: () => {
      const isNow = onceIn(40);
      return { seams: { received: (frame) => (frame.includes('"Action"') && isNow() ? [] : [frame]) } };
    },
  },
  {
    name: "take a position twice: what is not after the last one is applied again",
    says: /not after the position before|must come after|is not what/,
    plant: () => ({
      end: replacing(
        CommitLoop.prototype,
        "position",
        (original) =>
          function (this: CommitLoop, sequence) {
            return Math.max(0, original.call(this, sequence) - 1);
          },
      ),
    }),
  },
  {
    name: "double a trade: its cash is counted twice",
    says: /tells of balance/,
    plant: () => {
      const isNow = onceIn(20);
      return {
        end: replacing(
          Changes.prototype,
          "setBalance",
          (original) =>
            function (this: Changes, account, currency, figures) {
              const { UnbookedTransactions: after } = figures;
              const before = this.balance(account, currency).UnbookedTransactions;
              const isDoubled = after !== undefined && isNow();
              original.call(
                this,
                account,
                currency,
                isDoubled ? { ...figures, UnbookedTransactions: after.plus(after.minus(before)) } : figures,
              );
            },
        ),
      };
    },
  },
  {
    name: "forget every known trade: one that comes again is booked again",
    says: /is to be (repeated|refused|applied)|was known already/,
    plant: inStore(withoutTrades),
  },
  {
    name: "forget known trades after a restart",
    says: /is to be (repeated|refused|applied)|was known already/,
    plant: inStore((store, life) => (life > 1 ? withoutTrades(store) : {})),
  },
  {
    name: "drop a reservation: what a buy holds back is not counted",
    says: /balance/,
    plant: () => {
      const isNow = onceIn(20);
      return {
        end: replacing(
          Changes.prototype,
          "setBalance",
          (original) =>
            function (this: Changes, account, currency, { UnfilledBuys, ...figures }) {
              const isKept = UnfilledBuys !== undefined && !isNow();
              original.call(this, account, currency, { ...figures, ...(isKept && { UnfilledBuys }) });
            },
        ),
      };
    },
  },
  {
    name: "forget to tell of a holding that changed",
    says: /does not tell of holding/,
    plant: () => {
      const isNow = onceIn(20);
      return {
        end: replacing(
          Changes.prototype,
          "finish",
          (original) =>
            function (this: Changes, update) {
              return original.call(this, update).filter(({ Holding }) => Holding === undefined || !isNow());
            },
        ),
      };
    },
  },
  {
    name: "round wrongly: up by a unit of the tenth decimal",
    says: /tells of holding/,
    plant: () => {
      const unit = Decimal.of("0.0000000001");
      return {
        end: replacing(
          Decimal.prototype,
          "dividedBy",
          (original) =>
            function (this: Decimal, divisor) {
              const exact = original.call(this, divisor);
              return exact.times(divisor).equals(this) ? exact : exact.plus(unit);
            },
        ),
      };
    },
  },
  {
    name: "forget what a holding rests on when it is folded anew",
    says: /tells of holding|does not tell of holding/,
    plant: inStore(() => ({ movementBefore: () => undefined })),
  },
  {
    name: "send before commit: an update is acknowledged when it is applied",
    says: /before it was durable/,
    plant: () => ({
      end: replacing(
        FeedConversation.prototype,
        "perform",
        (original) =>
          function (this: FeedConversation, work, session, message) {
            original.call(this, work, session, message);
            const { Position, Type } = message.Feed ?? {};
            if (Type !== "FeedRequestType_Action" || Position === undefined) return;
            const Feed = { Type: "FeedEventType_Bookmark", Position };
            session.socket.send(JSON.stringify({ Type: "EventMessageType_Feed", Feed }));
          },
      ),
    }),
  },
  {
    name: "acknowledge one position more than there is",
    says: /before it was durable/,
    plant: () => {
      const isNow = onceIn(30);
      const raised = (frame: string) =>
        frame.replace(/"Position":(\d+)/, (_, position) => `"Position":${Number(position) + 1}`);
      return {
        seams: { sent: (frame) => [frame.includes("FeedEventType_Bookmark") && isNow() ? raised(frame) : frame] },
      };
    },
  },
  {
    name: "lose the last commit when the process dies",
    says: /is gone/,
    plant: () => ({ seams: { crashed: forgetLastCommit } }),
  },
  {
    name: "change a commit that was written long ago",
    says: /the chain/,
    plant: () => {
      const spoil = ({ commits }: MemoryData) => {
        const [commit] = commits;
        if (commit !== undefined) commits[0] = { ...commit, body: commit.body.replace("DefineOwner", "DefineOwned") };
      };
      return { seams: { crashed: spoil } };
    },
  },
  {
    name: "forget a timer: an order that is to be removed stays",
    says: /the timers|was due/,
    plant: inStore((store) => {
      const isNow = onceIn(4);
      const kept = ({ timersSet, ...commit }: Commit): Commit => ({
        ...commit,
        timersSet: timersSet.filter(({ kind }) => kind !== "order" || !isNow()),
      });
      return { commit: (commit) => store.commit(kept(commit)) };
    }),
  },
  {
    name: "let timers go off a minute early",
    says: /which is due at/,
    plant: inStore((store) => ({ dueTimers: (now, limit) => store.dueTimers(now + 60_000, limit) })),
  },
  {
    name: "never set the alarm",
    says: /no alarm is set|was due/,
    plant: () => ({ seams: { host: (host) => ({ ...host, setAlarm: () => undefined }) } }),
  },
  {
    name: "leak an account: a subscriber's filter lets everything pass",
    says: /was shown to who asked for/,
    plant: () => ({ end: replacing(Publisher.prototype, "filterOf", () => () => () => true) }),
  },
  {
    name: "leak an Owner: a subscriber is sent a frame of another Owner's",
    says: /was shown to who may see/,
    plant: () => {
      const isNow = onceIn(50);
      const last = new Map<string, string>();
      return {
        seams: {
          sent: (frame, { ownerId }) => {
            if (!frame.includes('"Balance"') || !frame.includes("EventMessageType_Update")) return [frame];
            last.set(ownerId, frame);
            const foreign = [...last].find(([other]) => other !== ownerId)?.[1];
            return foreign !== undefined && isNow() ? [frame, foreign] : [frame];
          },
        },
      };
    },
  },
  {
    name: "lose an event on its way to a subscriber",
    says: /the replica of/,
    plant: () => {
      const isNow = onceIn(100);
      return {
        end: replacing(
          Session.prototype,
          "sendStream",
          (original) =>
            function (this: Session, frame) {
              if (!isNow()) original.call(this, frame);
            },
        ),
      };
    },
  },
  {
    name: "leave a record out of a snapshot",
    says: /the replica of/,
    plant: inStore((store) => ({
      list: (kind, range, asAt) =>
        kind === "balance" ? [...store.list(kind, range, asAt)].slice(0, -1) : store.list(kind, range, asAt),
    })),
  },
  {
    name: "resume a subscriber later than where it left off",
    says: /the replica of/,
    plant: inStore((store) => ({ placeAfter: () => store.head().at })),
  },
  {
    name: "lose a request: it is recorded as sent, and is not",
    says: /was to be sent, and was not/,
    plant: () => {
      const isNow = onceIn(4);
      return {
        end: replacing(
          Outbox.prototype,
          "tellFeed",
          (original) =>
            function (this: Outbox, session, event) {
              return isNow() || original.call(this, session, event);
            },
        ),
      };
    },
  },
  {
    name: "resend a request",
    says: /was sent 2 times/,
    plant: () => {
      const isNow = onceIn(4);
      return {
        end: replacing(
          Outbox.prototype,
          "tellFeed",
          (original) =>
            function (this: Outbox, session, event) {
              if (isNow()) original.call(this, session, event);
              return original.call(this, session, event);
            },
        ),
      };
    },
  },
  {
    name: "answer a call that was never recorded",
    says: /was answered/,
    plant: () => {
      const isNow = onceIn(10);
      return {
        end: replacing(
          Engine.prototype,
          "submit",
          (original) =>
            function (this: Engine, address, instructions) {
              return isNow()
                ? Promise.resolve({ at: this.settle(), updates: [] })
                : original.call(this, address, instructions);
            },
        ),
      };
    },
  },
  {
    name: "skip metadata that the System hands down",
    says: /comes, and .* has not|was handed down as/,
    plant: () => {
      const isNow = onceIn(5);
      return {
        end: replacing(
          Engine.prototype,
          "handDown",
          (original) =>
            function (this: Engine, { items, ...delivery }) {
              return original.call(this, { ...delivery, items: isNow() ? items.slice(1) : items });
            },
        ),
      };
    },
  },
];
