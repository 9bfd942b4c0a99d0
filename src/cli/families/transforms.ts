/** Renames of what many records name. */
import type { Family, OptionTable } from "../command.ts";
import type { Invocation } from "../invocation.ts";

export const TRANSFORM: OptionTable = {
  id: { kind: "text", describe: "The id of the transform: the same one again changes nothing" },
  comments: { kind: "text", describe: "A comment for the log" },
};

/** What a rename may be told beside the names. */
export function transformOf(call: Invocation) {
  const [id, comments] = [call.text("id"), call.text("comments")];
  return { ...(id !== undefined && { TransformID: id }), ...(comments !== undefined && { Comments: comments }) };
}

export const transform: Family = {
  name: "transform",
  summary: "Renames symbols and currencies in all that is live",
  verbs: [
    {
      name: "symbol",
      parameters: "<exchange> <code> <new-code>",
      summary: "Renames a symbol in orders, holdings and queued requests",
      options: TRANSFORM,
      run: async (call) => {
        const [exchange, code, newCode] = [call.required("exchange"), call.required("code"), call.required("new-code")];
        await call.client.transforms.renameSymbol({ exchange, code, newCode }, within(call));
      },
    },
    {
      name: "currency",
      parameters: "<code> <new-code>",
      summary: "Renames a currency in balances, orders, holdings and queued transfers",
      options: TRANSFORM,
      run: async (call) => {
        const [code, newCode] = [call.required("code"), call.required("new-code")];
        await call.client.transforms.renameCurrency({ code, newCode }, within(call));
      },
    },
  ],
};

function within(call: Invocation) {
  const { owner } = call.connection;
  return { ...transformOf(call), ...(owner !== undefined && { owner }) };
}
