/** Defines Owners, as an operator does: nothing can be done for one before. */
import { createClient, OmsError } from "../../src/client/index.ts";
import { signToken } from "./bootstrap-token.ts";

/** Makes sure that an Owner is defined. One that is stays as it is. */
export async function defineOwner(url: URL, secret: string, ownerId: string): Promise<void> {
  const token = await signToken(secret, { identity: "operator", features: ["Admin", "Alter"], expires: "5m" });
  const { owners } = createClient({ url, token });
  try {
    await owners.get(ownerId);
  } catch (error) {
    if (!(error instanceof OmsError && error.has("Owner.Unknown"))) throw error;
    await owners.define({ OwnerID: ownerId });
  }
}
