/**
 * What the System's log means, worked out from its operations alone by a model that shares nothing with what it checks:
 * which object bears which name when, which records each of them must have, and what is in effect.
 */
import type { Operation } from "../../src/protocol/messages/index.ts";

/** One record of the System's log. */
export interface Line {
  readonly position: number;
  readonly operation: Operation;
  /** Who asked for it. */
  readonly by: string;
}

/** An Owner from its definition on, whatever it is called. */
export interface Life {
  readonly born: number;
  name: string;
  /** When the name came to lead to it. */
  since: number;
  died: number | undefined;
  /** The positions that its log must hold. */
  readonly positions: number[];
}

export interface Expected {
  readonly lives: readonly Life[];
  /** The Owners that exist, by name. */
  readonly living: ReadonlyMap<string, Life>;
}

/** What is common to all Owners, by code. */
export interface Common {
  readonly exchanges: ReadonlyMap<string, object>;
  readonly statuses: ReadonlyMap<string, object>;
}

export function expectedOf(log: readonly Line[]): Expected {
  const lives: Life[] = [];
  const living = new Map<string, Life>();
  const common: number[] = [];
  for (const { position, operation } of log) {
    const type = shortType(operation);
    if (type.endsWith("Exchange") || type.endsWith("RequestStatus")) {
      common.push(position);
      for (const life of living.values()) life.positions.push(position);
    }
    if (type === "DefineOwner") {
      const name = operation.OwnerDetails?.OwnerID ?? "";
      const known = living.get(name);
      known?.positions.push(position);
      if (known !== undefined) continue;
      const life = { born: position, name, since: position, died: undefined, positions: [...common, position] };
      lives.push(life);
      living.set(name, life);
    }
    if (type === "UndefineOwner") {
      const name = operation.OwnerDetails?.OwnerID ?? "";
      const life = living.get(name);
      if (life !== undefined) life.died = position;
      living.delete(name);
    }
    if (type === "TransformOwner") {
      const [from, to] = [
        operation.OwnerTransform?.OwnerID ?? "",
        operation.OwnerTransform?.Parameters?.newOwner ?? "",
      ];
      const life = living.get(from);
      if (life === undefined) throw new Error(`${from} was renamed and did not exist`);
      living.delete(from);
      living.set(to, life);
      life.name = to;
      life.since = position;
      life.positions.push(position);
    }
  }
  return { lives, living };
}

/** What is common to all after a position. */
export function commonAt(log: readonly Line[], position: number): Common {
  const exchanges = new Map<string, object>();
  const statuses = new Map<string, object>();
  for (const { position: at, operation } of log) {
    if (at > position) break;
    const { ExchangeDetails = {}, RequestStatus = {} } = operation;
    switch (shortType(operation)) {
      case "DefineExchange":
        exchanges.set(ExchangeDetails.Exchange ?? "", ExchangeDetails);
        break;
      case "UndefineExchange":
        exchanges.delete(ExchangeDetails.Exchange ?? "");
        break;
      case "DefineRequestStatus":
        statuses.set(RequestStatus.Code ?? "", RequestStatus);
        break;
      case "UndefineRequestStatus":
        statuses.delete(RequestStatus.Code ?? "");
    }
  }
  return { exchanges, statuses };
}

export function shortType({ Type = "OperationType_Unknown" }: Operation): string {
  return Type.slice("OperationType_".length);
}
