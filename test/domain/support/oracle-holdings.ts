/** The holdings of the oracle: every line folded from its beginning, each time that it is asked (rules H1-H3, T6, X2). */
import { direction, type Facts, leaves } from "./oracle-books.ts";
import { type Line, type NamedCurrency, Names } from "./oracle-names.ts";
import { Rational } from "./rational.ts";
import { add, type Figures, figure, positionKey, type Sums, withoutZeros } from "./sums.ts";

interface Movement {
  readonly at: number;
  readonly line: Line;
  readonly quantity: Rational;
  readonly price?: Rational | undefined;
  readonly currency?: NamedCurrency | undefined;
  /** It stands for a whole holding of no one currency. */
  readonly isMixed?: boolean;
}

/** Undefined: no position. `unpriced` and `mixed` are the two ways in which an average is unknown (rules H2, H3). */
type Average = Priced | "unpriced" | "mixed" | undefined;

interface Priced {
  readonly price: Rational;
  readonly currency: NamedCurrency | undefined;
}

interface Position {
  readonly quantity: Rational;
  readonly average: Average;
}

/** The facts of which holdings are made. */
type HoldingFacts = Pick<Facts, "trades" | "transfers" | "renamings">;

/** All holdings, worked out from all facts. */
export function holdingsOf({ orders, ...facts }: HoldingFacts & Pick<Facts, "orders">): Figures {
  const names = new Names(facts.renamings);
  const movements = ownMovements(facts, names);
  const sums: Sums = new Map();
  const averages = new Map<string, Average>();
  for (const line of linesOf(movements, names)) {
    if (names.end(line) !== undefined) continue;
    const key = positionKey([line.account, line.exchange, line.code]);
    const { quantity, average } = folded(line, movements, names);
    add(sums, key, "Quantity", quantity);
    averages.set(key, average);
  }
  for (const order of orders.values()) {
    if (order.IsCompleted === true || direction(order).sign >= 0) continue;
    add(sums, positionKey([order.Account?.AccountID, order.Exchange, order.Code]), "UnfilledSells", leaves(order));
  }
  const figures = withoutZeros(sums);
  return Object.fromEntries(
    Object.entries(figures).map(([key, of]) => [key, { ...of, ...shown(averages.get(key), names) }]),
  );
}

/** Whether anything moved in a line before a moment. */
export function hadAny(facts: HoldingFacts, line: Line, before: number): boolean {
  const names = new Names(facts.renamings);
  return movementsIn(line, ownMovements(facts, names), names).some(({ at }) => at < before);
}

/** What was moved itself, wherever it lies. */
function ownMovements({ trades, transfers }: HoldingFacts, names: Names): readonly Movement[] {
  const traded = [...trades.values()].map(({ at, content, order, cancelled, line, currency }): Movement => {
    const quantity = cancelled ? Rational.ZERO : direction(order).times(figure(content.Quantity));
    return { at, line, quantity, price: figure(content.Price), currency };
  });
  const transferred = transfers.flatMap(({ at, original, pricedIn }): readonly Movement[] => {
    const { Transaction: transaction, AssetTransfer: asset } = original;
    if (asset === undefined) return [];
    const price = transaction?.Values?.Price;
    const named = {
      account: transaction?.Account?.AccountID ?? "",
      exchange: asset.Exchange ?? "",
      code: asset.Code ?? "",
    };
    const priced = price !== undefined && {
      price: figure(price),
      currency: pricedIn === undefined ? undefined : { name: pricedIn, at },
    };
    return [{ at, line: names.line(named, at), quantity: figure(asset.Value), ...priced }];
  });
  return [...traded, ...transferred].filter(({ quantity }) => !quantity.isZero);
}

/** Every line in which something moved, and those that they led to. */
function linesOf(movements: readonly Movement[], names: Names): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const { line } of movements) {
    for (let next: Line | undefined = line; next !== undefined; next = names.end(next)?.next)
      lines.set(nameOf(next), next);
  }
  return [...lines.values()];
}

/** What moved in a line, with the holdings that joined it, in order. */
function movementsIn(line: Line, movements: readonly Movement[], names: Names): readonly Movement[] {
  const own = movements.filter((movement) => nameOf(movement.line) === nameOf(line));
  const joined = linesOf(movements, names).flatMap((other): readonly Movement[] => {
    const end = names.end(other);
    if (end === undefined || nameOf(end.next) !== nameOf(line)) return [];
    const { quantity, average } = folded(other, movements, names);
    if (quantity.isZero) return [];
    const priced = typeof average === "object" ? named(average, end.at, names) : { isMixed: average === "mixed" };
    return [{ at: end.at, line, quantity, ...priced }];
  });
  return [...own, ...joined].sort((left, right) => left.at - right.at);
}

/** Rules H1 to H3. */
function folded(line: Line, movements: readonly Movement[], names: Names): Position {
  let quantity = Rational.ZERO;
  let average: Average;
  for (const movement of movementsIn(line, movements, names)) {
    const after = quantity.plus(movement.quantity);
    if (after.isZero) average = undefined;
    else if (quantity.isZero || after.sign !== quantity.sign) average = opened(movement);
    else if (movement.quantity.sign === quantity.sign)
      average = increased({ quantity, average }, movement, after, names);
    quantity = after;
    if (typeof average === "object") average = named(average, movement.at, names);
  }
  return { quantity, average };
}

/** An average in its currency by the name that it had at a time. */
function named({ price, currency }: Priced, at: number, names: Names): Priced {
  return { price, currency: currency && names.currency(currency, at) };
}

function opened({ price, currency, isMixed }: Movement): Average {
  if (isMixed === true) return "mixed";
  return price === undefined ? "unpriced" : { price, currency };
}

function increased({ quantity, average }: Position, movement: Movement, after: Rational, names: Names): Average {
  if (average === "mixed" || movement.isMixed === true) return "mixed";
  if (average === "unpriced" || average === undefined) return opened(movement);
  if (movement.price === undefined) return average;
  const value = quantity.times(average.price).plus(movement.quantity.times(movement.price));
  const price = value.quotientToTenDecimals(after);
  const [one, other] = [average.currency, movement.currency];
  if (one === undefined || other === undefined) return { price, currency: one ?? other };
  // Two names are of one currency when they were by the time of the later of them.
  const [ours, theirs] = [names.currency(one, other.at), names.currency(other, one.at)];
  return ours.name === theirs.name ? { price, currency: ours } : "mixed";
}

function shown(average: Average, names: Names): Readonly<Record<string, string>> {
  if (typeof average !== "object") return {};
  const { price, currency } = average;
  const present = currency && names.currency(currency, Number.POSITIVE_INFINITY).name;
  return { AveragePrice: price.toString(), ...(present !== undefined && { Currency: present }) };
}

function nameOf({ account, exchange, code, life }: Line): string {
  return JSON.stringify([account, exchange, code, life]);
}
