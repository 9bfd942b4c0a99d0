/**
 * The lines of a holding: its movements under one name, from when that name came into use until it was given up for
 * another (rule X2). Where one line ends the position joins the next, as one movement. So a rename leaves what was
 * before it in its place, and a correction folds each line anew, up to the present (rule T6).
 */
import { type At, type Key, keyOf } from "./records.ts";
import { firstJoined, firstLeft, lastLeft, symbolName, symbolOf } from "./renames.ts";
import type { HoldingLine, State } from "./state.ts";

/** Which holding, by the name that it has at the time that is spoken of. */
export interface Asset {
  readonly accountId: string;
  readonly exchange: string;
  readonly code: string;
}

/** A name may come into use again: `since` is the rename by which it was last given up before, 0 = none. */
export interface Line extends Asset {
  readonly since: number;
}

/** What the movements of a line are kept under. */
export function lineKey({ accountId, exchange, code, since }: Line): Key<"holding"> {
  return keyOf.holdingLine(accountId, exchange, code, since);
}

/** The line that the name of a holding stood for just before a moment. */
export function lineOf(state: State, { accountId, exchange, code }: Asset, before: At): Line {
  const account = lastLeft(state, "account", accountId, before);
  const symbol = lastLeft(state, "symbol", symbolName(exchange, code), before);
  return { accountId, exchange, code, since: Math.max(account, symbol) };
}

/** Where a line ended, and the one that it joined there; undefined for one that goes on. */
export function endOf(state: State, line: Line): { readonly at: At; readonly line: Line } | undefined {
  const { accountId, exchange, code, since } = line;
  const account = firstLeft(state, "account", accountId, since);
  const symbol = firstLeft(state, "symbol", symbolName(exchange, code), since);
  if (account !== undefined && (symbol === undefined || account.at < symbol.at)) {
    return { at: account.at, line: lineOf(state, { accountId: account.name, exchange, code }, account.at) };
  }
  if (symbol === undefined) return undefined;
  return { at: symbol.at, line: lineOf(state, { accountId, ...symbolOf(symbol.name) }, symbol.at) };
}

/**
 * The line in which something lies that is put at an earlier place, under the name that its holding has just before a
 * moment: the one that had this name at that place, if it had any movements before another joined it; else that other,
 * under the name that it had before.
 */
export function lineAt(state: State, asset: Asset, place: At, before: At): Line {
  let line = lineOf(state, asset, before);
  for (let end = before; ; ) {
    const joined = joinedBetween(state, line, Math.max(place, line.since), end);
    if (joined === undefined || state.movementBefore(lineKey(line), joined.at) !== undefined) return line;
    line = lineOf(state, joined.asset, joined.at);
    end = joined.at;
  }
}

/** The first rename after one moment and before another by which holdings came to have the name of a line. */
function joinedBetween(
  state: State,
  { accountId, exchange, code }: Line,
  after: number,
  before: At,
): { readonly at: At; readonly asset: Asset } | undefined {
  const account = firstJoined(state, "account", accountId, after);
  const symbol = firstJoined(state, "symbol", symbolName(exchange, code), after);
  const joins = [
    account && { at: account.at, asset: { accountId: account.name, exchange, code } },
    symbol && { at: symbol.at, asset: { accountId, ...symbolOf(symbol.name) } },
  ].filter((join) => join !== undefined && join.at < before);
  return joins.sort((left, right) => (left?.at ?? 0) - (right?.at ?? 0))[0];
}

/** Whether two lines are one. */
export function sameLine(left: Line, right: Line): boolean {
  return lineKey(left) === lineKey(right);
}

/** A line as it is kept with a trade that is known. */
export function knownLine({ accountId, exchange, code, since }: Line): HoldingLine {
  return {
    AccountID: accountId,
    ...(exchange !== "" && { Exchange: exchange }),
    ...(code !== "" && { Code: code }),
    ...(since !== 0 && { Since: since }),
  };
}

/** Reads what `knownLine` gave. */
export function lineIn({ AccountID = "", Exchange = "", Code = "", Since = 0 }: HoldingLine): Line {
  return { accountId: AccountID, exchange: Exchange, code: Code, since: Since };
}
