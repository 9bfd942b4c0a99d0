/**
 * Defining and undefining what is known beside positions and orders. To define is to put the whole new state; events
 * tell what is in effect afterwards, so what changes nothing in effect raises none.
 */
import { sameContent } from "../protocol/codec.ts";
import { Refusal } from "../protocol/errors.ts";
import type { OperationType, UpdateEvent } from "../protocol/messages/index.ts";
import type { Definable, Identified, Step } from "./definable.ts";
import { EXCHANGE, OWN_EXCHANGE } from "./exchanges.ts";
import { IDENTITY } from "./identities.ts";
import { IDENTITY_SOURCE } from "./identity-sources.ts";
import { ACCOUNT } from "./metadata.ts";
import type { Outcome } from "./outcome.ts";
import { OWNER, renameOwner } from "./owners.ts";
import type { Kind, Records } from "./records.ts";
import { REQUEST_STATUS } from "./request-statuses.ts";
import { required } from "./requirements.ts";
import { applyAccountTransform, applyTransform } from "./transforms.ts";

type Rule = (step: Step) => Outcome;
type Rules = Readonly<Partial<Record<OperationType, Rule>>>;

/** What may be done to what is common to tenants. */
const COMMON_RULES: Rules = {
  OperationType_DefineOwner: defining(OWNER),
  OperationType_UndefineOwner: undefining(OWNER),
  OperationType_TransformOwner: renameOwner,
  OperationType_DefineExchange: defining(EXCHANGE),
  OperationType_UndefineExchange: undefining(EXCHANGE),
  OperationType_DefineRequestStatus: defining(REQUEST_STATUS),
  OperationType_UndefineRequestStatus: undefining(REQUEST_STATUS),
  OperationType_DefineIdentitySource: defining(IDENTITY_SOURCE),
  OperationType_UndefineIdentitySource: undefining(IDENTITY_SOURCE),
  OperationType_DefinePermissions: defining(IDENTITY),
  OperationType_UndefinePermissions: undefining(IDENTITY),
};

/** What may be done to what is one Owner's own. */
const OWN_RULES: Rules = {
  OperationType_Transform: applyTransform,
  OperationType_TransformAccount: applyAccountTransform,
  OperationType_DefineAccount: defining(ACCOUNT),
  OperationType_UndefineAccount: undefining(ACCOUNT),
  OperationType_DefineExchange: defining(OWN_EXCHANGE),
  OperationType_UndefineExchange: undefining(OWN_EXCHANGE),
};

/** Applies an operation on metadata. Throws Refusal, `Operation <type>` for one that may not be done here. */
export function applyDefinition(step: Step): Outcome {
  const type = step.operation.Type ?? "OperationType_Unknown";
  const rule = (step.conditions.common === true ? COMMON_RULES : OWN_RULES)[type];
  if (rule === undefined) throw new Refusal("Operation", type);
  return rule(step);
}

function defining<K extends Kind>(definable: Definable<K>): Rule {
  return (step) => {
    const { draft, context } = step.changes;
    const details = required(definable.details(step.operation), definable.path);
    const identified = definable.identify(details, context);
    definable.check(details, draft);
    return replaced(definable, step, identified, details);
  };
}

function undefining<K extends Kind>(definable: Definable<K>): Rule {
  return (step) => {
    const { draft, context } = step.changes;
    const details = required(definable.details(step.operation), definable.path);
    const identified = definable.identify(details, context);
    const { key, name } = identified;
    definable.requireRemovable?.(name);
    if (step.conditions.mustExist === true && draft.record(definable.kind, key) === undefined) {
      throw new Refusal("Unknown", name);
    }
    return replaced(definable, step, identified, undefined);
  };
}

function replaced<K extends Kind>(
  { kind, layered }: Definable<K>,
  { changes: { draft }, update }: Step,
  { key, name }: Identified<K>,
  details: Records[K] | undefined,
): Outcome {
  if (sameContent(draft.record(kind, key), details)) return { update, events: [], repeated: true };
  if (layered === undefined) {
    draft.put(kind, key, details);
    return { update, events: [update], repeated: false };
  }
  const before = layered.inEffect(draft, name);
  draft.put(kind, key, details);
  const after = layered.inEffect(draft, name);
  if (sameContent(before, after)) return { update, events: [], repeated: false };
  const isUncovered = details === undefined && after !== undefined;
  const event: UpdateEvent = isUncovered
    ? { Type: "UpdateEventType_Operation", Operation: layered.operation(after) }
    : update;
  return { update, events: [event], repeated: false };
}
