/** Owners with a past, and how it is asked for over HTTP. */
import { deposit, trade, update } from "../owner/actions.ts";
import { type Answer, ask, someOwner, supply } from "../support/api.ts";
import type { Claims } from "../support/token.ts";

/** Two Owners, in the order of their names. */
export interface PastOwners {
  readonly x: string;
  readonly y: string;
  /** Who may see both. */
  readonly both: Claims;
  /** Who may see the first alone. */
  readonly one: Claims;
}

/** A deposit over REST, which is in the sequence `oms`. Gives when it was recorded. */
export async function depositIn(owner: string, id: string, value = 1, AccountID = "A"): Promise<string> {
  const body = JSON.stringify({
    Transaction: { TransactionID: id, Account: { AccountID, OwnerID: owner } },
    Transfer: { Currency: "AUD", Value: value },
  });
  const { status, headers } = await ask("POST", "/balance", { claims: { owners: [owner], features: ["Alter"] }, body });
  if (status !== 204) throw new Error(`no deposit: ${status}`);
  return headers.get("X-OMS-At") ?? "";
}

/**
 * Two Owners to each of which money, orders and trades of two accounts came: by the feed `asx` many in a commit, over
 * REST turn about.
 */
export async function pastOwners(): Promise<PastOwners> {
  const [x = "", y = ""] = [await someOwner(), await someOwner()].sort();
  for (const owner of [x, y]) {
    await supply(owner, "asx", [
      ...Array.from({ length: 6 }, (_, index) => deposit(owner, `D${index}`, 100, index % 2 === 0 ? "A" : "B").Action),
      update(owner, "O1").Action,
      trade(owner, "O1", "T1", 40, 10, { ExecutedQuantity: 40 }).Action,
      update(owner, "O2", { AccountID: "B" }).Action,
      trade(owner, "O2", "T2", 5, 10, { AccountID: "B", ExecutedQuantity: 5 }).Action,
    ]);
  }
  for (let turn = 0; turn < 4; turn++) {
    for (const owner of [x, y]) await depositIn(owner, `R${turn}`, turn + 1, turn % 2 === 0 ? "A" : "B");
  }
  const features = ["Audit"];
  return { x, y, both: { owners: [x, y], features }, one: { owners: [x], features } };
}

/** One thing that an answer over the log tells, whatever the route. */
export interface Told {
  readonly at: string;
  readonly sequence: string;
  readonly position: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What an answer over the log tells, in its order. */
export async function tell(path: string, claims: Claims): Promise<readonly Told[]> {
  const { status, body } = await ask("GET", path, { claims });
  if (status !== 200 || !Array.isArray(body)) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body.map(toldIn);
}

function toldIn(json: Told["json"]): Told {
  const { Position, Sequence, ID, Timestamp, At } = json;
  if (typeof Position === "object" && Position !== null && "ExecutedAt" in Position) {
    const { Sequence: sequence, Position: position, ExecutedAt } = { Sequence: "", Position: 0, ...Position };
    return { at: String(ExecutedAt), sequence, position, json };
  }
  return { at: String(Timestamp ?? At), sequence: String(Sequence), position: Number(ID ?? Position), json };
}

/** The status of an answer and what it says. */
export async function seen(path: string, claims: Claims, headers = {}): Promise<readonly [number, unknown]> {
  const { status, body }: Answer = await ask("GET", path, { claims, headers });
  return [status, body];
}
