/** Renames of symbols and currencies, in every Owner that the caller may see or names. */
import { Hono } from "hono";
import { checkedId, requiredId } from "../domain/requirements.ts";
import { Refusal } from "../protocol/errors.ts";
import { type Transform, TransformRequest } from "../protocol/messages/index.ts";
import { authorised } from "./authentication.ts";
import { readMessage } from "./bodies.ts";
import { concernIn } from "./concern.ts";
import type { Api, Call } from "./environment.ts";
import { Query } from "./parameters.ts";
import { answerUpdateEverywhere } from "./updates.ts";

export const transforms = new Hono<Api>();

transforms.post("/transform/rename/symbol", authorised("Alter"), (call) => {
  const query = new Query(call, "exchange", "code", "newCode", "owner");
  const Exchange = requiredId(query.one("exchange"), "exchange");
  return answerRename(call, query, { Exchange, TransformType: "TRANSFORMTYPE_RENAME_SYMBOL" });
});

transforms.post("/transform/rename/currency", authorised("Alter"), (call) => {
  const query = new Query(call, "code", "newCode", "owner");
  return answerRename(call, query, { TransformType: "TRANSFORMTYPE_RENAME_CURRENCY" });
});

async function answerRename(call: Call, query: Query, rename: Transform): Promise<Response> {
  const Code = requiredId(query.one("code"), "code");
  const newCode = requiredId(query.one("newCode"), "newCode");
  if (newCode === Code) throw new Refusal("Field.Invalid", "newCode");
  const { TransformID, Comments } = await readMessage(call.req.raw, TransformRequest);
  checkedId(TransformID ?? "", "TransformID");
  const transform: Transform = {
    ...(TransformID !== undefined && { TransformID }),
    Code,
    ...rename,
    Parameters: { newCode },
    ...(Comments !== undefined && { Text: Comments }),
  };
  return answerUpdateEverywhere(call, await concernIn(call, query), {
    Type: "UpdateEventType_Operation",
    Operation: { Type: "OperationType_Transform", Transform: transform },
  });
}
