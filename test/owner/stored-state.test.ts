/** What is read through from the store, under what a commit in the making has changed. */
import { expect, test } from "vitest";
import { Draft } from "../../src/domain/draft.ts";
import { keyOf } from "../../src/domain/records.ts";
import { StoredState } from "../../src/owner/stored-state.ts";
import { MemoryData, MemoryStore } from "../../src/storage/memory-store.ts";
import { version } from "../storage/samples.ts";

test("the keys of a kind are those of the records that exist, with what is changed but not yet committed", () => {
  const store = new MemoryStore(new MemoryData());
  const [login, badge, other] = [keyOf.source("login"), keyOf.source("badge"), keyOf.source("other")];
  store.commit(version(1, "source", login, '{"Code":"login"}'));
  store.commit(version(2, "source", badge, '{"Code":"badge"}'));
  store.commit(version(3, "status", keyOf.status("Held"), '{"Code":"Held"}'));
  const state = new StoredState(store);
  expect([...state.keys("source")].sort()).toEqual([badge, login]);
  const draft = new Draft(state);
  draft.put("source", login, undefined);
  draft.put("source", badge, { Code: "badge", Name: "Anew" });
  draft.put("source", other, { Code: "other" });
  expect([...draft.keys("source")].sort()).toEqual([badge, other]);
  store.commit(version(4, "source", login, null, true));
  expect([...state.keys("source")]).toEqual([badge]);
});
