/** The head of the page: whose desk it is, how the connection is, how the page looks. */
import { useMemo } from "preact/hooks";
import type { AccountDetails } from "../../protocol/messages/index.ts";
import type { Desk, View } from "../desk/desk.ts";
import type { Tables } from "../desk/records.ts";
import { momentText, spanText } from "../format/times.ts";
import { useNow } from "../parts/clock.ts";
import { useStore } from "../parts/store.ts";
import { THEMES, theme } from "../parts/theme.ts";
import { claimsOf } from "../sign-in/claims.ts";
import { Connection } from "./connection.tsx";

interface PageHeadProps {
  readonly desk: Desk;
  readonly view: View | undefined;
  readonly token: string;
  readonly onSignOut: () => void;
}

export function PageHead({ desk, view, token, onSignOut }: PageHeadProps) {
  const { owners = [] } = useStore(desk.owners);
  return (
    <header class="page-head">
      <h1>Edge OMS</h1>
      {view !== undefined && (
        <>
          <div class="choice">
            <label for="owner">Owner</label>
            <select
              id="owner"
              value={view.scope.owner}
              onChange={({ currentTarget }) => desk.choose({ owner: currentTarget.value })}
            >
              {owners.map(({ OwnerID = "", Name }) => (
                <option key={OwnerID} value={OwnerID}>
                  {Name === undefined ? OwnerID : `${OwnerID} · ${Name}`}
                </option>
              ))}
            </select>
          </div>
          <AccountChoice desk={desk} view={view} />
          <LiveConnection desk={desk} view={view} />
        </>
      )}
      <span class="fill" />
      <Identity token={token} />
      <div class="choice">
        <label class="unseen" for="colours">
          Colours
        </label>
        <select
          id="colours"
          value={theme.state}
          onChange={({ currentTarget }) => theme.set(THEMES.find((each) => each === currentTarget.value) ?? "system")}
        >
          <option value="system">Auto</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </div>
      <button type="button" class="small" onClick={onSignOut}>
        Sign out
      </button>
    </header>
  );
}

function LiveConnection({ desk, view }: { readonly desk: Desk; readonly view: View }) {
  const { isComplete } = useStore(view.live.shown);
  const isPast = useStore(view.past.shown) !== undefined;
  return <Connection desk={desk} isComplete={isComplete} isPast={isPast} />;
}

/** Accounts that are defined, and those that only have records. */
function AccountChoice({ desk, view }: { readonly desk: Desk; readonly view: View }) {
  const { owner, account } = view.scope;
  const defined = useStore(view.live.accounts);
  const { tables } = useStore(view.live.shown);
  const names = useMemo(
    () => accountNames(defined, tables, account),
    [defined, tables.balances, tables.holdings, account],
  );
  return (
    <div class="choice">
      <label for="account">Account</label>
      <select
        id="account"
        value={account ?? ""}
        onChange={({ currentTarget: { value } }) => desk.choose({ owner, account: value === "" ? undefined : value })}
      >
        <option value="">All accounts</option>
        {names.map(([id, name]) => (
          <option key={id} value={id}>
            {name === undefined ? id : `${id} · ${name}`}
          </option>
        ))}
      </select>
    </div>
  );
}

function accountNames(
  defined: readonly AccountDetails[],
  { balances, holdings }: Tables,
  chosen: string | undefined,
): readonly (readonly [id: string, name: string | undefined])[] {
  const names = new Map<string, string | undefined>();
  for (const { Account } of [...balances, ...holdings]) names.set(Account?.AccountID ?? "", undefined);
  if (chosen !== undefined) names.set(chosen, undefined);
  for (const { Account, Name } of defined) names.set(Account?.AccountID ?? "", Name);
  return [...names].sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Who is signed in, and for how long. */
function Identity({ token }: { readonly token: string }) {
  const now = useNow(30_000);
  const claims = claimsOf(token);
  const left = claims?.expires === undefined ? undefined : claims.expires - now;
  return (
    <span
      class="identity"
      title={claims?.expires === undefined ? "" : `The token expires ${momentText(claims.expires)}`}
    >
      <strong>{claims?.identity ?? "Signed in"}</strong>
      {left !== undefined && (
        <span class={left < 300_000 ? "soon" : undefined}>{` · expires in ${spanText(left)}`}</span>
      )}
    </span>
  );
}
