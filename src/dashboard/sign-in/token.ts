/** The bearer token of who reads the page: where it comes from, and where alone it is kept. */

const KEPT_AS = "oms.token";
const OWNER_KEPT_AS = "oms.owner";

/**
 * The token that the address brought, or the one kept. A token in the address is taken out of it at once, also out of
 * the browser's history: addresses are copied, sent and written down.
 */
export function initialToken(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1));
  const [brought, owner] = [given.get("token"), given.get("owner")];
  if (brought !== null) {
    history.replaceState(null, "", location.pathname + location.search);
    if (brought !== "") keepToken(brought);
    if (owner !== null) keepOwner(owner);
  }
  return sessionStorage.getItem(KEPT_AS) ?? undefined;
}

/** Keeps a token for as long as this tab is open, and nowhere else. */
export function keepToken(token: string): void {
  sessionStorage.setItem(KEPT_AS, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEPT_AS);
  sessionStorage.removeItem(OWNER_KEPT_AS);
}

/** The Owner that was looked at last, or that a link named. */
export function keptOwner(): string | undefined {
  return sessionStorage.getItem(OWNER_KEPT_AS) ?? undefined;
}

export function keepOwner(owner: string): void {
  sessionStorage.setItem(OWNER_KEPT_AS, owner);
}
