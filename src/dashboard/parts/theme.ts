/** Light or dark: as the system says, until the reader says otherwise. */
import { Store } from "./store.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEPT_AS = "oms.theme";

/** What the reader has chosen. A choice of looks is no secret, and is kept from visit to visit. */
export const theme = new Store<Theme>(readTheme());

theme.subscribe(() => {
  localStorage.setItem(KEPT_AS, theme.state);
  applyTheme();
});
applyTheme();

function readTheme(): Theme {
  const kept = localStorage.getItem(KEPT_AS);
  return THEMES.find((each) => each === kept) ?? "system";
}

function applyTheme(): void {
  document.documentElement.dataset.theme = theme.state;
}
