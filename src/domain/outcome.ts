/** What an update is applied under, and what comes of it. */
import type { Decimal } from "../protocol/decimal.ts";
import type { UpdateEvent } from "../protocol/messages/index.ts";
import type { Place, Progress } from "./progress.ts";
import type { Asking, RequestEffects, Teller } from "./requests/effects.ts";

/** What must hold for an update to be applied, beside the rules. */
export interface Conditions {
  /** Rule C4: what the caller believes the Balance to be. */
  readonly expectedBalance?: Decimal;
  /** The order must exist already, under the account that the update names; what is undefined must be defined. */
  readonly mustExist?: boolean;
  /** It is about what is common to tenants: in the System, or handed down from it. */
  readonly common?: boolean;
  /** How far it has been looked into already (see Outcome.lookedInto). */
  readonly lookedInto?: Place;
  /** By whom a ClientRequest is made. Without it none is taken. */
  readonly asking?: Asking;
  /** Who tells a ClientRequestUpdate. Without it none is taken. */
  readonly teller?: Teller;
}

export interface Outcome {
  /** The update, completed by what the server fills in (currency, creation, transaction id). */
  readonly update: UpdateEvent;
  /** In the order of rule E2. */
  readonly events: readonly UpdateEvent[];
  /** Nothing has changed, for it was so already (rules T3, T5, C3; metadata and status), or was only to be validated. */
  readonly repeated: boolean;
  /** It was too much for one record: how far it has come. It must be gone on with before any other update. */
  readonly rest?: Progress;
  /** There is more to look into than one turn has time for: nothing has changed, and it must be applied anew from here. */
  readonly lookedInto?: Place;
  /** What follows for client requests; absent when the update is not about them. */
  readonly requests?: RequestEffects;
}
