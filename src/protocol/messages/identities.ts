/** Who may do what, and on whose authority something was done. */
import { choice, listOf, mapOf, message, type Of, text, textItem } from "../fields.ts";
import { IdentityAuthentication, IdentityType } from "./enums.ts";

export const IdentitySource = message("IdentitySource", {
  Code: text(1),
  Name: text(10),
  Metadata: mapOf(19, textItem),
  Authentication: choice(20, IdentityAuthentication),
  Parameters: mapOf(21, textItem),
});
export type IdentitySource = Of<typeof IdentitySource>;

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

export const ClientAuthority = message("ClientAuthority", {
  Type: choice(1, IdentityType),
  Identity: text(10),
  Source: text(11),
  Path: listOf(12, textItem),
  Properties: mapOf(31, textItem),
});
export type ClientAuthority = Of<typeof ClientAuthority>;
