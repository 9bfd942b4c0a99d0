import type { Verb } from "../command.ts";

export const watch: Verb = {
  name: "watch",
  parameters: "<view..>",
  summary: "Shows views live",
  run: async () => undefined,
};
