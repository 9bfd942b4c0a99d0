/** Transforms: what each may say, and what it does (rules X1, X2). The same one again changes nothing. */

import { Refusal } from "../protocol/errors.ts";
import {
  AccountTransform,
  type Operation,
  OwnerTransform,
  Transform,
  type UpdateEvent,
} from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import { Changes, type Context } from "./changes.ts";
import type { Step } from "./definable.ts";
import type { Draft } from "./draft.ts";
import { removalPlan, restatementPlan } from "./order-transforms.ts";
import type { Outcome } from "./outcome.ts";
import { ownerRenamePlan } from "./owners.ts";
import { begun, continued, type Plan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { symbolName } from "./renames.ts";
import { renamePlan } from "./renaming.ts";
import { checkedId, onlyNamed, ownAccountId, required, requiredId } from "./requirements.ts";

/** Where a refusal's path begins. */
const PATH = { transform: "Operation.Transform", account: "Operation.AccountTransform" } as const;

/**
 * Applies a transform of orders, a symbol or a currency, or begins to. Throws Refusal naming the field that is wrong,
 * `Transform.Conflict <id>` when its id is known with other content, `Transaction.Conflict <id>` when two transfers
 * would come to be known by the same.
 */
export function applyTransform(step: Step): Outcome {
  const given = required(step.operation.Transform, PATH.transform);
  const id = checkedId(given.TransformID ?? step.changes.context.newId(), `${PATH.transform}.TransformID`);
  const transform = ordered(Transform, { ...given, TransformID: id });
  const { TransformID: _id, Timestamp: _when, ...content } = given;
  return once(step, { id, content, plan: transformPlan(transform), completed: { Transform: transform } });
}

/** Renames an account, or begins to. Throws as `applyTransform`, and `Account.OtherOwner` for a change of its Owner. */
export function applyAccountTransform(step: Step): Outcome {
  const { context } = step.changes;
  const given = required(step.operation.AccountTransform, PATH.account);
  const id = checkedId(given.TransformID ?? context.newId(), `${PATH.account}.TransformID`);
  const transform = ordered(AccountTransform, { ...given, TransformID: id });
  const { TransformID: _id, Account, ...rest } = given;
  // Its Owner may have been renamed since it came first.
  const content = { ...rest, AccountID: Account?.AccountID };
  const plan = accountPlan(transform, context);
  return once(step, { id, content, plan, completed: { AccountTransform: transform } });
}

/** Goes on with a transform that was begun, in another record. */
export function continueTransform(draft: Draft, begunAs: UpdateEvent, progress: Progress, context: Context): Outcome {
  const operation = required(begunAs.Operation, "Operation");
  const update = recordedAs(begunAs, operation, progress.records + 1);
  const step = { changes: new Changes(draft, context), update, operation, conditions: {} };
  return continued(planOf(begunAs, operation, context), step, progress);
}

/** A transform that has been read. */
interface Request {
  /** What it is known by for ever. */
  readonly id: string;
  /** What must be the same when it comes again. */
  readonly content: object;
  readonly plan: Plan;
  /** The part of the operation that the server completes. */
  readonly completed: Pick<Operation, "Transform" | "AccountTransform">;
}

function once({ changes, update, operation, ...rest }: Step, { id, content, plan, completed }: Request): Outcome {
  const { draft, context } = changes;
  const completedUpdate = { ...update, Operation: { ...operation, ...completed } };
  const digest = context.digest(JSON.stringify([operation.Type, content]));
  const known = draft.known("transform", id);
  if (known !== undefined) {
    if (known.Digest !== digest) throw new Refusal("Transform.Conflict", id);
    return { update: completedUpdate, events: [], repeated: true };
  }
  const knowing: Plan = {
    ...plan,
    begin: (begin) => {
      draft.know("transform", id, { Digest: digest });
      plan.begin(begin);
    },
  };
  return begun(knowing, { changes, operation, ...rest, update: completedUpdate });
}

function planOf(update: UpdateEvent, { Transform, AccountTransform }: Operation, context: Context): Plan {
  if (Transform !== undefined) return transformPlan(Transform);
  if (AccountTransform !== undefined) return accountPlan(AccountTransform, context);
  return ownerRenamePlan(update);
}

/** What beside its type, its code, its id and its comment each transform may say. */
const MEANINGFUL = {
  TRANSFORMTYPE_RESTATEMENT: ["Exchange", "Group", "OrderStatus", "NotAfter", "RemoveAfter"],
  TRANSFORMTYPE_REMOVE: ["Exchange", "Group", "OrderStatus", "NotAfter"],
  TRANSFORMTYPE_RENAME_SYMBOL: ["Exchange"],
  TRANSFORMTYPE_RENAME_CURRENCY: [],
} as const satisfies Readonly<Record<string, readonly (keyof Transform)[]>>;

const CONDITIONAL = ["Exchange", "Group", "OrderStatus", "NotAfter", "RemoveAfter"] as const;

function transformPlan(transform: Transform): Plan {
  const { TransformType: type = "TRANSFORMTYPE_RESTATEMENT", Parameters, Exchange, Code, Group } = transform;
  const meaningful: readonly string[] = MEANINGFUL[type];
  for (const field of CONDITIONAL) {
    // A condition that is not looked at would make it do more than was asked.
    const isOutOfPlace = transform[field] !== undefined && !meaningful.includes(field);
    if (isOutOfPlace) throw new Refusal("Field.Invalid", `${PATH.transform}.${field}`);
  }
  checkedId(Exchange ?? "", `${PATH.transform}.Exchange`);
  checkedId(Code ?? "", `${PATH.transform}.Code`);
  checkedId(Group ?? "", `${PATH.transform}.Group`);
  const parameters = `${PATH.transform}.Parameters`;
  switch (type) {
    case "TRANSFORMTYPE_REMOVE":
      onlyNamed(Parameters, [], parameters);
      return removalPlan(transform);
    case "TRANSFORMTYPE_RESTATEMENT":
      onlyNamed(Parameters, ["FromStatus"], parameters);
      required(transform.OrderStatus, `${PATH.transform}.OrderStatus`);
      return restatementPlan(transform);
    case "TRANSFORMTYPE_RENAME_SYMBOL": {
      const exchange = required(Exchange, `${PATH.transform}.Exchange`);
      const { from, to } = codesOf(transform);
      return renamePlan({ what: "symbol", from: symbolName(exchange, from), to: symbolName(exchange, to) });
    }
    case "TRANSFORMTYPE_RENAME_CURRENCY":
      return renamePlan({ what: "currency", ...codesOf(transform) });
  }
}

function codesOf({ Code, Parameters }: Transform): { readonly from: string; readonly to: string } {
  const path = `${PATH.transform}.Parameters`;
  onlyNamed(Parameters, ["newCode"], path);
  const from = required(Code, `${PATH.transform}.Code`);
  return { from, to: newName(Parameters?.newCode, from, `${path}.newCode`) };
}

function accountPlan({ Type, Account, Parameters }: AccountTransform, context: Context): Plan {
  const path = `${PATH.account}.Parameters`;
  if (required(Type, `${PATH.account}.Type`) !== "AccountTransformType_Rename") {
    throw new Refusal("Field.Invalid", `${PATH.account}.Type`);
  }
  onlyNamed(Parameters, ["newAccount", "newOwner"], path);
  const from = ownAccountId(Account, `${PATH.account}.Account`, context);
  const owner = Parameters?.newOwner ?? context.ownerId;
  // What happened to an account is in its Owner's log, and stays there.
  if (owner !== context.ownerId) throw new Refusal("Account.OtherOwner", owner);
  return renamePlan({ what: "account", from, to: newName(Parameters?.newAccount, from, `${path}.newAccount`) });
}

/** A name that something is to have instead of another. Throws Refusal `Field.Missing` or `Field.Invalid`. */
function newName(given: string | undefined, present: string, path: string): string {
  const name = requiredId(given, path);
  if (name === "" || name === present) throw new Refusal("Field.Invalid", path);
  return name;
}

/** What a later record of a transform says: the same, and the how many-th record of it that is. */
function recordedAs(update: UpdateEvent, operation: Operation, record: number): UpdateEvent {
  const step = (parameters: Transform["Parameters"]) => ({ ...parameters, step: `${record}` });
  const { Transform: orders, AccountTransform: account, OwnerTransform: owner } = operation;
  const Operation: Operation = {
    ...operation,
    ...(orders !== undefined && { Transform: ordered(Transform, { ...orders, Parameters: step(orders.Parameters) }) }),
    ...(account !== undefined && {
      AccountTransform: ordered(AccountTransform, { ...account, Parameters: step(account.Parameters) }),
    }),
    ...(owner !== undefined && {
      OwnerTransform: ordered(OwnerTransform, { ...owner, Parameters: step(owner.Parameters) }),
    }),
  };
  return { ...update, Operation };
}
