import { inMemory, lawsOn } from "./support/laws.ts";
import { stateLaws } from "./support/state-laws.ts";

stateLaws(lawsOn(inMemory));
