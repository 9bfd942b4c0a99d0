/** Who may do what, and on whose authority something was done. */
import { choice, listOf, mapOf, message, type Of, text, textItem } from "../fields.ts";
import { IdentityAuthentication, IdentityType } from "./enums.ts";

/**
 * Who issues identities, and how its tokens are verified: `Parameters` hold the issuer, audience and keys of a JWT
 * authority. `Code` is what Permissions refer to as their Source.
 */
export const IdentitySource = message("IdentitySource", {
  Code: text(1),
  Name: text(10),
  Metadata: mapOf(19, textItem),
  Authentication: choice(20, IdentityAuthentication),
  Parameters: mapOf(21, textItem),
});
export type IdentitySource = Of<typeof IdentitySource>;

/**
 * What one identity of one source may do: for which Owners and Exchanges, with which Features (Admin, Alter, Audit,
 * Operator, Query), and which Feeds it may supply. No Owners means all of them for Admin and Operator, none for others.
 */
export const Permissions = message("Permissions", {
  Type: choice(1, IdentityType),
  Identity: text(10),
  Source: text(11),
  Metadata: mapOf(19, textItem),
  Owners: listOf(20, textItem),
  Exchanges: listOf(21, textItem),
  Features: listOf(29, textItem),
  Feeds: listOf(30, textItem),
});
export type Permissions = Of<typeof Permissions>;

/**
 * On whose authority something was done, as an adapter or front end tells it. The OMS records it and does not judge by
 * it: what a caller may do is decided by its Permissions.
 */
export const ClientAuthority = message("ClientAuthority", {
  Type: choice(1, IdentityType),
  Identity: text(10),
  Source: text(11),
  Path: listOf(12, textItem),
  Properties: mapOf(31, textItem),
});
export type ClientAuthority = Of<typeof ClientAuthority>;
