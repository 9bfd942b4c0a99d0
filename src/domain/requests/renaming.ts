/**
 * What renames do to requests that are open (rule X2): they are asked again, as it were, in the new names, wherever they
 * wait and whoever has them in hand, so that they hold back what they will need where it is now.
 */
import { Refusal } from "../../protocol/errors.ts";
import { type Account, ClientRequest, ClientRequestState } from "../../protocol/messages/index.ts";
import { ordered } from "../../protocol/ordered.ts";
import type { Changes } from "../changes.ts";
import { type Pass, passOver } from "../passes.ts";
import { type At, accountPrefix } from "../records.ts";
import { currencyLeft, namesLeadingTo, type Rename, symbolName, symbolOf } from "../renames.ts";
import type { State } from "../state.ts";
import { keyKnownAs, presentAccount, requestNameOf } from "./request-names.ts";
import { keyOfState, requestTimer } from "./request-states.ts";

/** Renames open requests; `since` is the At of the record that the rename began in. */
export function requests(rename: Rename, since: At): Pass {
  return passOver("request", "", (changes, state) => {
    const renamed = state.Request && renamedRequest(state.Request, rename);
    const Request = renamed && inCurrency(renamed, rename, currencyLeft(changes.draft, rename, since));
    if (Request === undefined) return false;
    replaceRequest(changes, state, ordered(ClientRequestState, { ...state, Request: ordered(ClientRequest, Request) }));
    return true;
  });
}

/** No two requests may come to be known by the same when an account is renamed. They are looked through by their ids. */
export function requestCollisionChecks(state: State, rename: Rename): readonly Pass[] {
  if (rename.what !== "account") return [];
  return [...namesLeadingTo(state, "account", rename.from)].map((accountId) => ({
    after: (known, last) => known.knownIds("request", { prefix: accountPrefix(accountId), after: last }),
    visit({ draft, context }, key) {
      requireNoOther(draft, key, rename, context.at);
      return 0;
    },
  }));
}

/** Throws Refusal `Request.Conflict <id>` when a request that is renamed would meet another of the same id. */
function requireNoOther(state: State, key: string, { from, to }: Rename, now: At): void {
  const known = state.known("request", key);
  // One that went along with its account before is known by its present name as well.
  if (known === undefined || known.MovedTo !== undefined || presentAccount(state, key, known, now) !== from) return;
  const { requestId } = requestNameOf(key);
  const other = keyKnownAs(state, { accountId: to, requestId });
  if (other !== undefined && other !== key) throw new Refusal("Request.Conflict", requestId);
}

/** A request as it would be asked after a rename; undefined when that is as it was asked. */
function renamedRequest(request: ClientRequest, rename: Rename): ClientRequest | undefined {
  switch (rename.what) {
    case "account":
      return withAccount(request, rename);
    case "symbol":
      return withSymbol(request, rename);
    case "currency":
      return withCurrency(request, rename);
  }
}

function withAccount(request: ClientRequest, { from, to }: Rename): ClientRequest | undefined {
  const { Account, Move } = request;
  const renamed = (account: Account | undefined) =>
    account?.AccountID === from ? { ...account, AccountID: to } : account;
  const PrevAccount = renamed(Move?.PrevAccount);
  const isOther = renamed(Account) !== Account || PrevAccount !== Move?.PrevAccount;
  if (!isOther) return undefined;
  return {
    ...request,
    Account: renamed(Account),
    Move: PrevAccount === undefined ? Move : { ...Move, PrevAccount },
  };
}

/** What went without saying for the account that it had is said of a new order from now on: it holds what it held. */
function inCurrency(request: ClientRequest, { to }: Rename, Currency: string | undefined): ClientRequest {
  const isItsOwn = request.New !== undefined && request.Account?.AccountID === to;
  if (!isItsOwn || Currency === undefined || request.Properties?.Currency !== undefined) return request;
  return { ...request, Properties: { ...request.Properties, Currency } };
}

function withSymbol(request: ClientRequest, { from, to }: Rename): ClientRequest | undefined {
  const { New, Amend, Cancel, Move } = request;
  const { Exchange = "", Code = "" } = New ?? Amend ?? Cancel ?? Move ?? {};
  if (symbolName(Exchange, Code) !== from) return undefined;
  const named = { Code: symbolOf(to).code };
  return {
    ...request,
    New: New && { ...New, ...named },
    Amend: Amend && { ...Amend, ...named },
    Cancel: Cancel && { ...Cancel, ...named },
    Move: Move && { ...Move, ...named },
  };
}

function withCurrency(request: ClientRequest, { from, to }: Rename): ClientRequest | undefined {
  const { CashTransfer, Properties } = request;
  if (CashTransfer?.Currency !== from && Properties?.Currency !== from) return undefined;
  return {
    ...request,
    CashTransfer: CashTransfer?.Currency === from ? { ...CashTransfer, Currency: to } : CashTransfer,
    Properties: Properties?.Currency === from ? { ...Properties, Currency: to } : Properties,
  };
}

function replaceRequest(changes: Changes, before: ClientRequestState, after: ClientRequestState): void {
  const { draft } = changes;
  const [from, to] = [keyOfState(before), keyOfState(after)];
  draft.put("request", to, after);
  if (from !== to) {
    draft.put("request", from, undefined);
    const known = draft.known("request", from);
    if (known === undefined) throw new Error(`an open request that is not known: ${from}`);
    draft.know("request", to, known);
    draft.know("request", from, { Digest: known.Digest, MovedTo: requestNameOf(to).accountId, At: known.At });
    const [old, next] = [requestTimer(before), requestTimer(after)];
    if (old !== undefined) draft.cancelTimer(old);
    if (next !== undefined) draft.setTimer(next);
    changes.requestMoved(before, { from, to });
  }
  changes.requestChanged(after);
}
