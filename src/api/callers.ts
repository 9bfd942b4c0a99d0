/**
 * What the System says of callers, remembered by this isolate for LIMITS.PERMISSIONS_REMEMBERED_MS from when it was
 * asked, and never longer: if the System cannot be asked again, nobody is let in by what was true before.
 */
import { decodeStored } from "../protocol/codec.ts";
import { LIMITS } from "../protocol/limits.ts";
import { Permissions } from "../protocol/messages/index.ts";
import type { SystemRpc } from "../system/rpc.ts";
import { type Identified, readSources } from "./identity-sources.ts";
import type { TokenSource } from "./issuer-keys.ts";
import { Remembered } from "./remembered.ts";

/** What is asked of the System. */
export type Authority = Pick<SystemRpc, "sources" | "permissions">;

/** The name under which the sources are remembered, all together. */
const ALL = "";

export class Callers {
  readonly #sources = new Remembered<readonly TokenSource[]>(1, LIMITS.PERMISSIONS_REMEMBERED_MS);
  readonly #permissions = new Remembered<Permissions>(LIMITS.IDENTITIES_REMEMBERED, LIMITS.PERMISSIONS_REMEMBERED_MS);

  /** The registered identity sources by which tokens can be verified. */
  async sources(authority: Authority): Promise<readonly TokenSource[]> {
    return this.#sources.get(ALL, Date.now()) ?? this.sourcesNow(authority);
  }

  /** As `sources`, asked for anew. */
  async sourcesNow(authority: Authority): Promise<readonly TokenSource[]> {
    const askedAt = Date.now();
    const sources = readSources(await authority.sources());
    this.#sources.set(ALL, sources, askedAt);
    return sources;
  }

  /** What an identity may do: nothing, if nobody has given it anything. */
  async permissions(authority: Authority, identified: Pick<Identified, "named" | "source">): Promise<Permissions> {
    return this.#permissions.get(nameOf(identified), Date.now()) ?? this.permissionsNow(authority, identified);
  }

  /** As `permissions`, asked for anew. */
  async permissionsNow(authority: Authority, identified: Pick<Identified, "named" | "source">): Promise<Permissions> {
    const { named, source } = identified;
    const askedAt = Date.now();
    const given = await authority.permissions(source, named.Identity);
    const permissions: Permissions = {
      Type: named.Type,
      ...(given !== undefined && decodeStored(Permissions, given)),
      Identity: named.Identity,
      Source: source,
    };
    this.#permissions.set(nameOf(identified), permissions, askedAt);
    return permissions;
  }
}

function nameOf({ named, source }: Pick<Identified, "named" | "source">): string {
  return JSON.stringify([source, named.Identity]);
}
