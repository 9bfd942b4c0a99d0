import { inMemory, lawsOn } from "./support/laws.ts";
import { streamLaws } from "./support/stream-laws.ts";

streamLaws(lawsOn(inMemory), { fullStorage: true });
