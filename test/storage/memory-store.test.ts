import { MemoryData, MemoryStore } from "../../src/storage/memory-store.ts";
import { storeContract } from "./contract.ts";

storeContract("memory", (body) => {
  const data = new MemoryData();
  body({
    open: (options) => new MemoryStore(data, options),
    failCommits: () => {
      data.failure = new Error("made to fail");
    },
    stopFailing: () => {
      data.failure = undefined;
    },
    archive: (upTo) => {
      data.keptFrom = upTo;
    },
  });
});
