import { inMemory, lawsOn } from "./support/laws.ts";
import { requestLaws } from "./support/request-laws.ts";

requestLaws(lawsOn(inMemory));
