/** Every family of commands, in the order in which help lists them. */
import type { Family } from "../command.ts";
import { balance } from "./balances.ts";
import { feed } from "./feeds.ts";
import { holding } from "./holdings.ts";
import { hub } from "./hub.ts";
import { audit, event, trade, transaction } from "./logs.ts";
import { account, exchange, identity, identitySource, owner, status } from "./metadata.ts";
import { order } from "./orders.ts";
import { request } from "./requests.ts";
import { transform } from "./transforms.ts";

export const FAMILIES: readonly Family[] = [
  ...[account, balance, holding, order, request, trade, transaction, event, audit],
  ...[feed, transform, owner, exchange, status, identity, identitySource, hub],
];
