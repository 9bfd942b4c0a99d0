/** The database of an Owner's object as a stage for the laws. */
import { runInDurableObject } from "cloudflare:test";
import { SqliteStore } from "../../../src/storage/sqlite-store.ts";
import { newOwner, objectOf } from "../object.ts";
import { EmptyWorld } from "../world.ts";
import type { Stage } from "./laws.ts";

/** Inside workerd; the object itself is never woken. */
export const onSqlite: Stage = (play) =>
  runInDurableObject(objectOf(newOwner()), (_, { storage }) => play(new EmptyWorld(() => new SqliteStore(storage))));
