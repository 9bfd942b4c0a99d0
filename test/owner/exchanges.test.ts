import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "../../src/domain/keys.ts";
import { exchangeInEffect, exchangesInEffect } from "../../src/owner/exchanges.ts";
import { readList, readRecord } from "../../src/owner/reading.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { exchange, hand, withoutExchange } from "./defined.ts";

function storeOf(handedDown: Iterable<string>, own: Iterable<string>): MemoryStore {
  const store = new MemoryStore();
  hand(
    store,
    [...handedDown].map((code) => exchange(code, "system")),
  );
  hand(
    store,
    [...own].map((code) => exchange(code, "feed", "ownExchange")),
    "asx",
  );
  return store;
}

function shown(list: Iterable<{ readonly body: string }>): readonly string[] {
  return [...list].map(({ body }) => JSON.parse(body)).map(({ Exchange, Metadata }) => `${Exchange} ${Metadata.of}`);
}

describe("the exchanges in effect", () => {
  it("are those handed down, and over them the Owner's own, in key order", () => {
    const store = storeOf(["ASX", "LSE", "NZX"], ["AAA", "LSE", "ZZZ"]);
    const all = ["AAA feed", "ASX system", "LSE feed", "NZX system", "ZZZ feed"];
    expect(shown(exchangesInEffect(store, {}))).toEqual(all);
    expect(shown(exchangesInEffect(store, { after: "ASX" }))).toEqual(all.slice(2));
    expect(shown(exchangesInEffect(store, { after: "LSE" }))).toEqual(all.slice(3));
    expect(exchangeInEffect(store, "LSE")).toContain("feed");
    expect(exchangeInEffect(store, "ASX")).toContain("system");
    expect(exchangeInEffect(store, "XXX")).toBeUndefined();
  });

  it("undefining the Owner's own uncovers the one handed down, and as at before it is still covered", () => {
    const store = storeOf(["ASX"], ["ASX", "BSX"]);
    const before = store.head().at;
    hand(store, [withoutExchange("ASX", "ownExchange"), withoutExchange("BSX", "ownExchange")], "asx");
    expect(shown(exchangesInEffect(store, {}))).toEqual(["ASX system"]);
    expect(shown(exchangesInEffect(store, {}, before))).toEqual(["ASX feed", "BSX feed"]);
    expect(exchangeInEffect(store, "ASX", before)).toContain("feed");
    expect(exchangeInEffect(store, "ASX")).toContain("system");
  });

  it("are every code once, its own state if it has one, whatever is defined on either side", () => {
    const codes = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3, unit: "binary" }), { maxLength: 8 });
    return fc.assert(
      fc.property(codes, codes, fc.option(codes.map(([code]) => code)), (handedDown, own, after) => {
        const listed = [...exchangesInEffect(storeOf(handedDown, own), after == null ? {} : { after })];
        const expected = [...new Set([...handedDown, ...own])]
          .filter((code) => after == null || compareKeys(code, after) > 0)
          .sort(compareKeys);
        expect(listed.map(({ key }) => key)).toEqual(expected);
        for (const { key, body } of listed) {
          expect(JSON.parse(body).Metadata.of).toBe(own.includes(key) ? "feed" : "system");
        }
      }),
    );
  });

  it("are what REST reads, now and as at a moment", () => {
    const store = storeOf(["ASX", "LSE"], ["LSE"]);
    const before = store.head().at;
    hand(store, [withoutExchange("LSE", "ownExchange")], "asx");
    const list = (at = store.head().at) => JSON.parse([...readList(store, { kind: "exchange" }, at)].join(""));
    expect(list().map(({ Metadata }: { Metadata: { of: string } }) => Metadata.of)).toEqual(["system", "system"]);
    expect(list(before).map(({ Metadata }: { Metadata: { of: string } }) => Metadata.of)).toEqual(["system", "feed"]);
    const one = (at = store.head().at) => readRecord(store, { kind: "exchange", parts: ["LSE"] }, at);
    expect(one()).toContain("system");
    expect(one(before)).toContain("feed");
  });
});
