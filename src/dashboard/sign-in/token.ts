/** The bearer token of who reads the page: where it comes from, and where alone it is kept. */

const KEPT_AS = "oms.token";

/**
 * The token that the address brought, or the one kept. A token in the address is taken out of it at once, also out of
 * the browser's history: addresses are copied, sent and written down.
 */
export function initialToken(): string | undefined {
  const brought = new URLSearchParams(location.hash.slice(1)).get("token");
  if (brought !== null) {
    history.replaceState(null, "", location.pathname + location.search);
    if (brought !== "") keepToken(brought);
  }
  return sessionStorage.getItem(KEPT_AS) ?? undefined;
}

/** Keeps a token for as long as this tab is open, and nowhere else. */
export function keepToken(token: string): void {
  sessionStorage.setItem(KEPT_AS, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEPT_AS);
}
