/** Exchanges: as the System defines them, and as an Owner's own feeds do, which lies over it. */
import { Refusal } from "../protocol/errors.ts";
import { ExchangeDetails } from "../protocol/messages/index.ts";
import { ordered } from "../protocol/ordered.ts";
import type { Definable, Layered } from "./definable.ts";
import { keyOf } from "./records.ts";
import { checkedId, requiredDistinct, requiredId } from "./requirements.ts";
import { isRoute } from "./routing.ts";
import type { State } from "./state.ts";

const PATH = "Operation.ExchangeDetails";

/** The exchange that orders of that code are for: the Owner's own definition, or the one handed down. */
export function exchangeInEffect(state: State, exchange: string): ExchangeDetails | undefined {
  return state.record("ownExchange", keyOf.ownExchange(exchange)) ?? state.record("exchange", keyOf.exchange(exchange));
}

const layered: Layered<"exchange"> & Layered<"ownExchange"> = {
  inEffect: exchangeInEffect,
  operation: (details) => ({ Type: "OperationType_DefineExchange", ExchangeDetails: details }),
};

const common = {
  path: PATH,
  details: (operation) => operation.ExchangeDetails && ordered(ExchangeDetails, operation.ExchangeDetails),
  check: checkExchange,
  layered,
} satisfies Partial<Definable<"exchange">>;

/** An exchange as the System defines it. */
export const EXCHANGE: Definable<"exchange"> = {
  ...common,
  kind: "exchange",
  identify: (details) => {
    const name = codeOf(details);
    return { key: keyOf.exchange(name), name };
  },
};

/** An exchange as one of the Owner's feeds defines it. */
export const OWN_EXCHANGE: Definable<"ownExchange"> = {
  ...common,
  kind: "ownExchange",
  identify: (details) => {
    const name = codeOf(details);
    return { key: keyOf.ownExchange(name), name };
  },
};

function codeOf({ Exchange }: ExchangeDetails): string {
  return requiredId(Exchange, `${PATH}.Exchange`);
}

function checkExchange({ Destinations = [], OrderStatuses = [] }: ExchangeDetails): void {
  requiredDistinct(
    Destinations.map(({ ExDestination }) => ExDestination),
    (index) => `${PATH}.Destinations[${index}].ExDestination`,
  );
  for (const [index, { Route, LitSource }] of Destinations.entries()) {
    const path = `${PATH}.Destinations[${index}]`;
    if (Route !== undefined && !isRoute(Route)) throw new Refusal("Field.Invalid", `${path}.Route`);
    checkedId(LitSource ?? "", `${path}.LitSource`);
  }
  requiredDistinct(
    OrderStatuses.map(({ Code }) => Code),
    (index) => `${PATH}.OrderStatuses[${index}].Code`,
  );
}
