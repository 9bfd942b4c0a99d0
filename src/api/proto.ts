/** The contract as a `.proto` file: for anybody, as the messages themselves are no secret. */
import { Hono } from "hono";
import { protoText } from "../protocol/proto.ts";
import { told } from "./answers.ts";
import type { Api } from "./environment.ts";
import { refuseQuery } from "./parameters.ts";

export const proto = new Hono<Api>();

proto.get("/proto", (call) => {
  refuseQuery(call);
  return told(protoText());
});
