/** What every Store must do. It runs on the store in memory and on SQLite inside workerd. */
import { describe, test } from "vitest";
import { contractOfFailures } from "./contract-failures.ts";
import { contractOfHistory } from "./contract-history.ts";
import { contractOfLog } from "./contract-log.ts";
import { contractOfSide } from "./contract-side.ts";
import { contractOfState } from "./contract-state.ts";
import type { Rule, WithStore } from "./fixture.ts";

export function storeContract(name: string, withStore: WithStore): void {
  const rule: Rule = (title, body) => test(title, () => withStore((disk) => body(disk.open(), disk)));
  describe(`the store: ${name}`, () => {
    contractOfLog(rule);
    contractOfState(rule);
    contractOfHistory(rule);
    contractOfSide(rule);
    contractOfFailures(rule);
  });
}
