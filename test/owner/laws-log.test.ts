import { historyLaws } from "./support/history-laws.ts";
import { inMemory, lawsOn } from "./support/laws.ts";
import { spanLaws } from "./support/span-laws.ts";

spanLaws(lawsOn(inMemory));
historyLaws(lawsOn(inMemory));
