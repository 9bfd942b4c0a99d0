/**
 * Which names were given up for others, and when (rule X2). What is known for ever keeps the names under which it was
 * written; here is found what they have become, so that a rename rewrites nothing of it.
 */
import type { Draft } from "./draft.ts";
import { type At, KEY_SEPARATOR } from "./records.ts";
import type { KnownRenames, NamedCurrency, State } from "./state.ts";

/** What may be renamed within an Owner. The name of a symbol is `symbolName` of its exchange and code. */
export type Renamed = "account" | "symbol" | "currency";

export interface Rename {
  readonly what: Renamed;
  readonly from: string;
  readonly to: string;
}

/** A symbol's name: a rename of one leaves its exchange as it is. */
export function symbolName(exchange: string, code: string): string {
  return exchange + KEY_SEPARATOR + code;
}

/** The exchange and the code of a symbol's name. */
export function symbolOf(name: string): { readonly exchange: string; readonly code: string } {
  const end = name.indexOf(KEY_SEPARATOR);
  return { exchange: name.slice(0, end), code: name.slice(end + 1) };
}

/**
 * Makes a rename known, as of the record that it began in. `currency`: what was asked of the account that is given up
 * was in that one unless it said otherwise, and what is asked of the other is not.
 */
export function knowRename(draft: Draft, { what, from, to }: Rename, at: At, currency?: string): void {
  // That there are renames at all is known by itself, so that where there are none nothing is looked for.
  if (draft.known("renames", what) === undefined) draft.know("renames", what, {});
  const left = renamesOf(draft, what, from);
  draft.know("renames", idOf(what, from), {
    ...left,
    Left: [
      ...(left.Left ?? []),
      { Name: to.split(KEY_SEPARATOR), At: at, ...(currency !== undefined && { Currency: currency }) },
    ],
  });
  draft.know("renames", idOf(what, to), { ...renamesOf(draft, what, to), IsJoined: true });
  // Each by itself: any number of accounts may come together in one.
  draft.know("renames", joinPrefix(what, to) + placeText(at) + KEY_SEPARATOR + from, {});
}

/** A name that another became, or that became another, and when. */
export interface ChangedName {
  readonly name: string;
  readonly at: At;
}

/** When a name was first given up after a moment, and for which. */
export function firstLeft(state: State, what: Renamed, name: string, after: number): ChangedName | undefined {
  const left = renamesOf(state, what, name).Left?.find(({ At: at = 0 }) => at > after);
  return left && { name: (left.Name ?? []).join(KEY_SEPARATOR), at: atOf(left.At) };
}

/** The currency that went without saying for the account of a rename, if it does not for what it was renamed to. */
export function currencyLeft(state: State, { what, from }: Rename, at: At): string | undefined {
  return renamesOf(state, what, from).Left?.find((left) => left.At === at)?.Currency;
}

/** When a name was last given up before a moment; 0 when it never was. */
export function lastLeft(state: State, what: Renamed, name: string, before: At): number {
  return renamesOf(state, what, name).Left?.findLast(({ At: at = 0 }) => at < before)?.At ?? 0;
}

/** When another name was first given up for this one after a moment, and which. */
export function firstJoined(state: State, what: Renamed, name: string, after: number): ChangedName | undefined {
  for (const joined of joinedSince(state, what, name, after + 1)) return joined;
  return undefined;
}

/** The names that were given up for one, from a moment on, in order. */
function* joinedSince(state: State, what: Renamed, name: string, from: number): Generator<ChangedName, void> {
  if (renamesOf(state, what, name).IsJoined !== true) return;
  const prefix = joinPrefix(what, name);
  for (const id of state.knownIds("renames", { prefix, after: prefix + placeText(from) })) {
    const [place, ...rest] = id.slice(prefix.length).split(KEY_SEPARATOR);
    yield { name: rest.join(KEY_SEPARATOR), at: atOf(Number(place)) };
  }
}

/** What a name that was written at one time had become by another. */
export function nameAsOf(state: State, what: Renamed, name: string, written: At, asOf: At): string {
  return namesSince(state, what, name, written).findLast(({ since }) => since <= asOf)?.name ?? name;
}

/** All names that a name which was written at a time has had since, the first of them being that name. */
export function namesSince(
  state: State,
  what: Renamed,
  name: string,
  written: At,
): readonly { readonly name: string; readonly since: At }[] {
  const names = [{ name, since: written }];
  for (let last = names.at(-1); last !== undefined; last = names.at(-1)) {
    const left = firstLeft(state, what, last.name, last.since);
    if (left === undefined) break;
    names.push({ name: left.name, since: left.at });
  }
  return names;
}

/** Every name that was ever given up for this one, or for one that was, and this one. */
export function namesLeadingTo(state: State, what: Renamed, name: string): ReadonlySet<string> {
  const names = new Set([name]);
  // A set goes on to what is added to it meanwhile.
  for (const each of names) for (const joined of joinedSince(state, what, each, 0)) names.add(joined.name);
  return names;
}

/** A currency by the name that it had at a time, if that is later than the one by which it is named. */
export function currencyAsOf(state: State, currency: NamedCurrency, at: At): NamedCurrency {
  if (currency.at >= at) return currency;
  return { name: nameAsOf(state, "currency", currency.name, currency.at, at), at };
}

/** Which currency two currencies are (see CommonCurrency). */
export function commonCurrency(state: State, left: NamedCurrency, right: NamedCurrency): NamedCurrency | undefined {
  const ours = currencyAsOf(state, left, right.at);
  return ours.name === currencyAsOf(state, right, left.at).name ? ours : undefined;
}

const NONE: KnownRenames = {};

function renamesOf(state: State, what: Renamed, name: string): KnownRenames {
  if (state.known("renames", what) === undefined) return NONE;
  return state.known("renames", idOf(what, name)) ?? NONE;
}

function idOf(what: Renamed, name: string): string {
  return what + KEY_SEPARATOR + name;
}

/** What the ids of the renames begin with by which others came to have a name; a place and the other name follow. */
function joinPrefix(what: Renamed, name: string): string {
  return idOf(what, name) + KEY_SEPARATOR;
}

/** A place in the log as a text that sorts. */
function placeText(at: number): string {
  return `${at}`.padStart(PLACE_DIGITS, "0");
}

const PLACE_DIGITS = 16;

function atOf(place = 0): At {
  // It was an At when it was made known.
  return place as At;
}
