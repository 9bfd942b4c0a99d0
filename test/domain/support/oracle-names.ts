/**
 * The renames of the oracle (rule X2), as a list in order of time. What a name meant at some time is counted out from
 * that list whenever it is asked; nothing else is remembered.
 */

/** What is renamed: a symbol by its exchange and code. */
export interface Renaming {
  readonly at: number;
  readonly what: "account" | "symbol" | "currency";
  readonly from: string;
  readonly to: string;
}

/** The name of a holding at some time. */
export interface Asset {
  readonly account: string;
  readonly exchange: string;
  readonly code: string;
}

/** A holding under one name, until the name was given up for another; `life` counts how often it was before. */
export interface Line extends Asset {
  readonly life: number;
}

/** A currency by the name that it had at some time. */
export interface NamedCurrency {
  readonly name: string;
  readonly at: number;
}

export class Names {
  readonly #renamings: readonly Renaming[];

  constructor(renamings: readonly Renaming[]) {
    this.#renamings = renamings;
  }

  /** The line that a holding's name meant just before a moment. */
  line(asset: Asset, before: number): Line {
    return { ...asset, life: this.#leaving(asset).filter(({ at }) => at < before).length };
  }

  /** Where a line ended, and which it joined. */
  end(line: Line): { readonly at: number; readonly next: Line } | undefined {
    const end = this.#leaving(line)[line.life];
    return end && { at: end.at, next: this.line(renamedAsset(line, end, end.to), end.at) };
  }

  /**
   * Where something belongs that is put at an earlier place, under the name that its holding has before a moment: with
   * what had that name at the place, if there was anything; else with what first got the name after it.
   */
  placed(asset: Asset, place: number, before: number, hadAny: (line: Line, before: number) => boolean): Line {
    const line = this.line(asset, before);
    const start = line.life === 0 ? 0 : (this.#leaving(asset)[line.life - 1]?.at ?? 0);
    const joined = this.#joining(asset).find(({ at }) => at > place && at > start && at < before);
    if (joined === undefined || hadAny(line, joined.at)) return line;
    return this.placed(renamedAsset(asset, joined, joined.from), place, joined.at, hadAny);
  }

  /** A currency by its name at a time, if that is later. */
  currency({ name, at }: NamedCurrency, asOf: number): NamedCurrency {
    let present = name;
    for (const { what, from, to, at: when } of this.#renamings) {
      if (what === "currency" && from === present && when > at && when <= asOf) present = to;
    }
    return { name: present, at: Math.max(at, asOf) };
  }

  #leaving(asset: Asset): readonly Renaming[] {
    return this.#renamings.filter(({ what, from }) => from === nameIn(asset, what));
  }

  #joining(asset: Asset): readonly Renaming[] {
    return this.#renamings.filter(({ what, to }) => to === nameIn(asset, what));
  }
}

/** The name of an asset's symbol. */
export function symbol(exchange: string | undefined, code: string | undefined): string {
  return JSON.stringify([exchange ?? "", code ?? ""]);
}

function nameIn({ account, exchange, code }: Asset, what: Renaming["what"]): string | undefined {
  switch (what) {
    case "account":
      return account;
    case "symbol":
      return symbol(exchange, code);
    case "currency":
      return undefined;
  }
}

function renamedAsset({ account, exchange, code }: Asset, { what }: Renaming, name: string): Asset {
  if (what === "account") return { account: name, exchange, code };
  const [newExchange = exchange, newCode = code]: readonly string[] = JSON.parse(name);
  return { account, exchange: newExchange, code: newCode };
}
