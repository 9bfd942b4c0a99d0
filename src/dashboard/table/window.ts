/** Which rows of a long sheet are drawn: those in view and a few beside them. */

/** Rows beyond either end of the view, so that a quick scroll does not outrun the drawing. */
const BESIDE = 8;

export interface RowWindow {
  /** The first row that is drawn, and the one after the last. */
  readonly first: number;
  readonly end: number;
}

/** The rows to draw of `count`, each of the same height, when a view of such a height begins at `top`. */
export function windowOf(count: number, rowHeight: number, top: number, viewHeight: number): RowWindow {
  const first = Math.max(0, Math.floor(top / rowHeight) - BESIDE);
  const end = Math.min(count, Math.ceil((top + viewHeight) / rowHeight) + BESIDE);
  return { first: Math.min(first, end), end };
}

/** Where the view must begin so that a row is wholly in it; `top` when it is already. */
export function topShowing(index: number, rowHeight: number, top: number, viewHeight: number): number {
  const [begin, end] = [index * rowHeight, (index + 1) * rowHeight];
  if (begin < top) return begin;
  return end > top + viewHeight ? end - viewHeight : top;
}

/** The row that a key leads to from another; undefined for a key that leads to none. */
export function steppedRow(key: string, index: number, count: number, page: number): number | undefined {
  const target = stepTo(key, index, count, page);
  return target === undefined || count === 0 ? undefined : Math.min(Math.max(target, 0), count - 1);
}

function stepTo(key: string, index: number, count: number, page: number): number | undefined {
  switch (key) {
    case "ArrowDown":
      return index + 1;
    case "ArrowUp":
      return index - 1;
    case "PageDown":
      return index + page;
    case "PageUp":
      return index - page;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
