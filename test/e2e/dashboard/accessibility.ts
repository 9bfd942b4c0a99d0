/** What is held of a page for those who cannot see it, or not well: names, roles, landmarks, and contrast. */
import type { Page } from "playwright-core";

/** Least contrast of text on its ground (WCAG 2.2, level AA). */
export const LEAST_CONTRAST = 4.5;

/** Everything that is wrong with a page as it stands, in words; nothing when all is well. */
export function faultsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate((least) => {
    const faults: string[] = [];
    const open = document.querySelector("dialog[open]");
    const root = open ?? document.body;
    const describe = (element: Element): string => `<${element.tagName.toLowerCase()} class="${element.className}">`;
    const isShown = (element: Element): boolean => {
      const { width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && getComputedStyle(element).visibility === "visible";
    };
    const textOf = (element: Element | null): string => element?.textContent?.trim() ?? "";
    const byIds = (ids: string): string =>
      ids
        .split(" ")
        .map((id) => textOf(document.getElementById(id)))
        .join(" ")
        .trim();
    const nameOf = (element: Element): string => {
      const labelled = element.getAttribute("aria-labelledby");
      if (labelled !== null) return byIds(labelled);
      const label = element.getAttribute("aria-label");
      if (label !== null) return label.trim();
      if ("labels" in element && element.labels instanceof NodeList && element.labels.length > 0) {
        return [...element.labels].map((each) => textOf(each instanceof Element ? each : null)).join(" ");
      }
      return /^(?:BUTTON|A|SUMMARY|TH)$/.test(element.tagName) ? textOf(element) : "";
    };

    // Names.
    const named = "button, input, select, textarea, a[href], summary, table, [role=grid], [role=img], section, dialog";
    for (const element of [root, ...root.querySelectorAll(named)].filter((each) => each.matches(named))) {
      if (isShown(element) && nameOf(element) === "") faults.push(`without a name: ${describe(element)}`);
    }
    // References and ids.
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) faults.push(`id twice: ${id}`);
    for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant"]) {
      for (const element of root.querySelectorAll(`[${attribute}]`)) {
        for (const id of (element.getAttribute(attribute) ?? "").split(" ")) {
          if (document.getElementById(id) === null) faults.push(`${attribute} names nothing: ${describe(element)}`);
        }
      }
    }
    // Structure.
    if (document.documentElement.lang === "") faults.push("the page says no language");
    if (document.querySelectorAll("h1").length !== 1) faults.push("the page has not one title");
    if (document.querySelectorAll("main").length !== 1) faults.push("the page has not one main part");
    for (const grid of root.querySelectorAll("[role=grid]")) {
      const columns = grid.querySelectorAll("thead th").length;
      if ([...grid.querySelectorAll("thead th")].some((each) => each.getAttribute("scope") !== "col")) {
        faults.push(`a column without scope: ${nameOf(grid)}`);
      }
      for (const row of grid.querySelectorAll("tbody tr")) {
        if (row.children.length !== columns) faults.push(`a row of another length: ${nameOf(grid)}`);
        if (row.getAttribute("aria-rowindex") === null) faults.push(`a row without its place: ${nameOf(grid)}`);
      }
      if (grid.getAttribute("aria-rowcount") === null) faults.push(`a grid without its length: ${nameOf(grid)}`);
    }
    for (const live of root.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log]")) {
      if (live.querySelector("table, [role=grid]") !== null)
        faults.push(`a live region that chatters: ${describe(live)}`);
    }

    // Contrast: what a text is drawn on is found by painting the grounds over each other.
    const canvas = document.createElement("canvas");
    canvas.width = 1;
    canvas.height = 1;
    const paint = canvas.getContext("2d", { willReadFrequently: true });
    if (paint === null) throw new Error("no canvas");
    const painted = (colours: readonly string[]): readonly number[] => {
      for (const colour of colours) {
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
      }
      return [...paint.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const luminance = (colour: readonly number[]): number => {
      const [red = 0, green = 0, blue = 0] = colour.map((byte) => {
        const part = byte / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const groundsOf = (element: Element): readonly string[] => {
      const grounds: string[] = [];
      for (let each: Element | null = element; each !== null; each = each.parentElement) {
        grounds.unshift(getComputedStyle(each).backgroundColor);
      }
      return ["white", ...grounds];
    };
    const seen = new Set<string>();
    for (const element of root.querySelectorAll("*")) {
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== "",
      );
      const isField = element.matches("input:not([type=range], [type=checkbox]), select, textarea");
      if (!(hasText || isField) || !isShown(element) || element.matches(":disabled, :disabled *, option")) continue;
      const grounds = groundsOf(element);
      const { color } = getComputedStyle(element);
      const pair = [...grounds, color].join();
      if (seen.has(pair)) continue;
      seen.add(pair);
      const [text, ground] = [luminance(painted([...grounds, color])), luminance(painted(grounds))];
      const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
      if (contrast < least) faults.push(`contrast ${contrast.toFixed(2)}: ${describe(element)} ${color}`);
    }
    if (seen.size < 3) faults.push("hardly any text was looked at");
    return faults;
  }, LEAST_CONTRAST);
}
