/** What is known of accounts and feeds themselves (rule E2: Metadata and Status; what did not change raises nothing). */
import { describe, expect } from "vitest";
import { expiryOf } from "../../src/domain/metadata.ts";
import { type Given, scenario } from "./given.ts";

describe("Account metadata", () => {
  scenario(
    "defining an account shows it whole; defining it anew replaces it whole",
    ({ defineAccount, account, events, now }) => {
      defineAccount({ Name: "First", DefaultCurrency: "AUD", Attributes: { Desk: "1" } });
      expect(events()).toEqual(["Metadata DefineAccount A1"]);
      expect(account()).toEqual({
        ...{ Account: { AccountID: "A1", OwnerID: "XS" }, Name: "First" },
        ...{ DefaultCurrency: "AUD", Attributes: { Desk: "1" } },
      });
      defineAccount({ Name: "Second" });
      expect(account()).toEqual({ Account: { AccountID: "A1", OwnerID: "XS" }, Name: "Second" });
      now({});
    },
  );

  scenario("defining what is so already raises nothing", ({ defineAccount, repeats }) => {
    defineAccount({ Name: "First", Attributes: { Desk: "1", Branch: "2" } });
    repeats(() => defineAccount({ Attributes: { Branch: "2", Desk: "1" }, Name: "First" }));
  });

  scenario(
    "undefining takes the metadata alone: positions and orders stay",
    ({ defineAccount, undefineAccount, deposit, order, account, events, now }) => {
      defineAccount({ DefaultCurrency: "AUD" });
      deposit(100);
      order({ Side: "BUY", Quantity: 1, Price: 7 });
      undefineAccount();
      expect(events()).toEqual(["Metadata UndefineAccount A1"]);
      expect(account()).toBeUndefined();
      now({ AUD: "B 100, R 7", O1: "1/0/1" });
    },
  );

  scenario(
    "undefining what is not defined raises nothing, or is refused when it must exist",
    ({ defineAccount, undefineAccount, repeats, refuses }) => {
      repeats(() => undefineAccount("A1"));
      refuses("Unknown XS/A1", () => undefineAccount("A1", { mustExist: true }));
      defineAccount({ Account: "A2" });
      undefineAccount("A2", { mustExist: true });
      refuses("Unknown XS/A2", () => undefineAccount("A2", { mustExist: true }));
    },
  );

  scenario(
    "an account of another Owner is refused, and one without an id",
    ({ defineAccount, undefineAccount, update, refuses }) => {
      refuses("Account YT/A1", () => defineAccount({ Account: "YT/A1" }));
      refuses("Account YT/A1", () => undefineAccount("YT/A1"));
      refuses("Field.Missing Operation.AccountDetails.Account.AccountID", () => defineAccount({ Account: "XS/" }));
      refuses("Field.Missing Operation.AccountDetails", () =>
        update({ Type: "Operation", Operation: { Type: "DefineAccount" } }),
      );
    },
  );
});

describe("Feed status", () => {
  scenario(
    "a status is shown on the Status view, and the next one replaces it whole",
    ({ feedStatus, feed, events }) => {
      feedStatus({ FeedID: "asx", Status: "ONLINE", Timestamp: "2026-01-05T09:00:00Z" });
      expect(events()).toEqual(["Status asx ONLINE"]);
      feedStatus({ FeedID: "asx", Status: "CLOSED", Timestamp: "2026-01-05T10:00:00Z" });
      expect(feed("asx")).toEqual({
        ...{ FeedID: "asx", Status: "CONNECTIONSTATUS_CLOSED" },
        Timestamp: "2026-01-05T10:00:00.000000Z",
      });
    },
  );

  scenario("a status without a Timestamp is dated by its record", ({ feedStatus, feed }) => {
    feedStatus({ FeedID: "asx", Status: "ONLINE" });
    expect(feed("asx")?.Timestamp).toBe("2026-01-05T00:00:00.000000Z");
  });

  scenario("E2: the same status again raises nothing", ({ feedStatus, repeats }) => {
    const status = { FeedID: "asx", Status: "ONLINE", Timestamp: "2026-01-05T09:00:00Z" };
    feedStatus(status);
    repeats(() => feedStatus(status));
  });

  scenario("ExpireAfter sets a timer, a new status moves or cancels it", ({ feedStatus, timers }) => {
    feedStatus({ FeedID: "asx", Status: "ONLINE", ExpireAfter: "2026-01-06T00:00:00Z" });
    expect(timers()).toEqual(["feed asx 2026-01-06T00:00:00.000Z"]);
    feedStatus({ FeedID: "asx", Status: "ONLINE", ExpireAfter: "2026-01-07T00:00:00.0005Z" });
    expect(timers()).toEqual(["feed asx 2026-01-07T00:00:00.001Z"]);
    feedStatus({ FeedID: "asx", Status: "CLOSED" });
    expect(timers()).toEqual([]);
  });

  scenario(
    "a feed that is removed takes its timer with it; removing it again raises nothing",
    ({ feedStatus, feed, update, repeats, events, timers }) => {
      const remove = () => update({ Type: "Status", UpdateAction: "Remove", Status: { FeedID: "asx" } });
      feedStatus({ FeedID: "asx", Status: "ONLINE", ExpireAfter: "2026-01-06T00:00:00Z" });
      remove();
      expect(events()).toEqual(["Status asx DISCONNECTED removed"]);
      expect(feed("asx")).toBeUndefined();
      expect(timers()).toEqual([]);
      repeats(remove);
    },
  );

  scenario("when the timer is due, a feed that was online counts as disconnected, without another timer", (given) => {
    given.feedStatus({ FeedID: "asx", Status: "ONLINE", ExpireAfter: "2026-01-06T00:00:00Z" });
    expire(given, "asx");
    expect(given.events()).toEqual(["Status asx DISCONNECTED"]);
    expect(given.feed("asx")).toEqual({ FeedID: "asx", Timestamp: "2026-01-05T00:00:01.000000Z" });
    expect(given.timers()).toEqual([]);
  });

  scenario("when the timer is due, a feed that was not online is taken off the Status view", (given) => {
    given.feedStatus({ FeedID: "asx", Status: "CLOSED", ExpireAfter: "2026-01-06T00:00:00Z" });
    expire(given, "asx");
    expect(given.events()).toEqual(["Status asx CLOSED removed"]);
    expect(given.timers()).toEqual([]);
  });

  scenario(
    "a status that names no feed is refused, and an update that is none of these",
    ({ feedStatus, update, refuses }) => {
      refuses("Field.Missing Status.FeedID", () => feedStatus({ Status: "ONLINE" }));
      refuses("Field.Missing Status", () => update({ Type: "Status" }));
    },
  );
});

function expire({ feed, update }: Given, name: string): void {
  const details = feed(name);
  if (details === undefined) throw new Error(`${name} has no status`);
  update(expiryOf(details));
}
