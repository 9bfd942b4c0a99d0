import { describe, expect, it } from "vitest";
import { type Entry, Inbox } from "../../src/owner/inbox.ts";

function entry(source: string, bytes: number, records = 1): Entry {
  return { source, bytes, records, apply: () => undefined, refuse: () => undefined, fail: () => undefined };
}

const BOUNDS = { records: 512, bytes: 1_000_000 };

describe("the inbox", () => {
  it("is full some time however small the frames are, and has room again once they were taken", () => {
    const inbox = new Inbox(1_000_000);
    let count = 0;
    while (inbox.hasRoomFor(1) && count < 10_000) {
      inbox.add(entry("socket", 1));
      count++;
    }
    expect(count).toBeLessThan(10_000);
    while (!inbox.isEmpty) inbox.take(BOUNDS);
    let again = 0;
    for (; inbox.hasRoomFor(1); again++) inbox.add(entry("socket", 1));
    expect(again).toBe(count);
  });

  it("takes a bulk call that does not fit beside others first the next time, whole", () => {
    const inbox = new Inbox(1_000_000);
    const frame = entry("socket", 10);
    const bulk = entry("rest", 10, 512);
    inbox.add(frame);
    inbox.add(bulk);
    inbox.add(entry("socket", 10));
    expect(inbox.take(BOUNDS)).toEqual([frame]);
    expect(inbox.take(BOUNDS)).toEqual([bulk]);
    expect(inbox.take(BOUNDS)).toHaveLength(1);
    expect(inbox.isEmpty).toBe(true);
  });
});
