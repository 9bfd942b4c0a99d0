/** Renames of symbols and currencies in all that is live. */
import { TransformRequest } from "../../protocol/messages/index.ts";
import { each, given, type Parameters, path } from "./address.ts";
import type { Done } from "./answers.ts";
import { bodyOf, type Caller, newId } from "./caller.ts";
import type { CallOptions, Names } from "./options.ts";

export interface SymbolRename {
  readonly exchange: string;
  readonly code: string;
  readonly newCode: string;
}

export interface CurrencyRename {
  readonly code: string;
  readonly newCode: string;
}

/** The TransformID, generated when there is none, makes a repetition harmless. */
export interface TransformOptions extends CallOptions, TransformRequest {
  /** In which Owners; without it, in all that the caller may see. */
  readonly owner?: Names | undefined;
}

export class Transforms {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** In orders, holdings and queued requests. */
  renameSymbol({ exchange, code, newCode }: SymbolRename, options: TransformOptions = {}): Promise<Done> {
    const query = [...given("exchange", exchange), ...given("code", code), ...given("newCode", newCode)];
    return this.#rename(path`/transform/rename/symbol`, query, options);
  }

  /** In balances (added up if both exist), orders, holdings' average prices and queued transfers. */
  renameCurrency({ code, newCode }: CurrencyRename, options: TransformOptions = {}): Promise<Done> {
    const query = [...given("code", code), ...given("newCode", newCode)];
    return this.#rename(path`/transform/rename/currency`, query, options);
  }

  #rename(route: string, rename: Parameters, options: TransformOptions): Promise<Done> {
    const { TransformID = newId(), Comments, owner } = options;
    return this.#caller.change({
      method: "POST",
      path: route,
      query: [...rename, ...each("owner", owner)],
      body: bodyOf(TransformRequest, { TransformID, Comments }),
      isRepeatable: true,
      options,
    });
  }
}
