import { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { storeContract } from "./contract.ts";
import { onNewDatabase } from "./in-object.ts";

storeContract("SQLite", (body) =>
  onNewDatabase((storage) =>
    body({
      open: (options) => new SqliteStore(storage, options),
      // Timers are written last but for the properties.
      failCommits: () =>
        storage.sql.exec(
          "CREATE TRIGGER failure BEFORE INSERT ON timers BEGIN SELECT RAISE(ABORT, 'made to fail'); END",
        ),
      stopFailing: () => storage.sql.exec("DROP TRIGGER failure"),
      archive: (upTo) => storage.sql.exec("UPDATE properties SET value = ? WHERE name = 'kept_from'", String(upTo)),
    }),
  ),
);
