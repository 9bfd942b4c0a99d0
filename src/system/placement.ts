/** Where an Owner's object is: by its name, in a jurisdiction if its data must stay there, near a place if one was hinted. */
import type { DirectoryEntry } from "./rpc.ts";

/** What of the platform's namespace of objects is used. */
export interface ObjectNamespace<Id, Stub> {
  idFromName(name: string): Id;
  get(id: Id, options?: { readonly locationHint?: LocationHint }): Stub;
  /** Throws where the platform knows of no jurisdictions, or not of this one. */
  jurisdiction(name: Jurisdiction): ObjectNamespace<Id, Stub>;
}

type LocationHint = DurableObjectLocationHint;
type Jurisdiction = DurableObjectJurisdiction;

/** The object of an Owner. The hint counts only when it is created. */
export function objectOf<Id, Stub>(namespace: ObjectNamespace<Id, Stub>, entry: DirectoryEntry): Stub {
  const { object, jurisdiction, locationHint } = entry;
  // Checked when the Owner was defined.
  const within = jurisdiction === undefined ? namespace : namespace.jurisdiction(jurisdiction as Jurisdiction);
  const options = locationHint === undefined ? {} : { locationHint: locationHint as LocationHint };
  return within.get(within.idFromName(object), options);
}

/** Whether the platform can keep objects in a jurisdiction: the one that runs on a developer's machine cannot. */
export function canKeepIn(namespace: ObjectNamespace<unknown, unknown>, jurisdiction: string): boolean {
  try {
    namespace.jurisdiction(jurisdiction as Jurisdiction);
    return true;
  } catch {
    return false;
  }
}
