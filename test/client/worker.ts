/** Clients of the real Worker, inside workerd. */
import { exports } from "cloudflare:workers";
import { type Client, createClient, type EncodingName, OmsError } from "../../src/client/index.ts";
import { FEATURES } from "../../src/domain/permissions.ts";
import { type Claims, tokenFor } from "../support/token.ts";

/** A client whose token says this. */
export function clientWith(claims: Claims, encoding: EncodingName = "json"): Client {
  return createClient({
    encoding,
    url: "http://oms.test",
    token: () => tokenFor(claims),
    fetch: (url, init) => exports.default.fetch(new Request(url, init)),
  });
}

/** A client that may do everything, and sees only these Owners; all of them when none is named. */
export function clientOf(...owners: readonly string[]): Client {
  return clientWith({ features: FEATURES, ...(owners.length > 0 && { owners }) });
}

/** What a call is refused with. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<readonly [status: number | undefined, codes: unknown]> {
  try {
    return [undefined, await promise];
  } catch (error) {
    if (error instanceof OmsError) return [error.status, error.codes];
    throw error;
  }
}

/** All that is told. */
export async function all<Item>(rows: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of rows) items.push(item);
  return items;
}
