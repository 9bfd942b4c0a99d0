/** Defines Owners, as an operator does: nothing can be done for one before. */
import { signToken } from "./bootstrap-token.ts";
import { RestClient } from "./rest.ts";

/** Makes sure that an Owner is defined. One that is stays as it is. */
export async function defineOwner(url: URL, secret: string, ownerId: string): Promise<void> {
  const token = await signToken(secret, { identity: "operator", features: ["Admin", "Alter"], expires: "5m" });
  await new RestClient(url, token).defineOwner(ownerId);
}
