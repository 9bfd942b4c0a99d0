/** What a sheet shows of its rows, and in which order. */

/** One column. What it shows as text is also what is filtered by. */
export interface Column<Row> {
  /** Unique in its sheet. */
  readonly name: string;
  readonly title: string;
  /** Amounts stand under each other, at the right. */
  readonly isNumeric?: true;
  /** Left out where there is little room; the record's own page has it. */
  readonly isMinor?: true;
  /** At most so many characters wide; what is longer is cut, and whole in the record's own page. Amounts never are. */
  readonly most?: number;
  readonly text: (row: Row) => string;
  /** By text unless said. */
  readonly compare?: (left: Row, right: Row) => number;
  /** Colours a cell: a class of the style sheet, and never the only bearer of what it means. */
  readonly tone?: (row: Row) => string | undefined;
}

export interface Sorting {
  readonly column: string;
  readonly isDescending: boolean;
}

/** The rows that hold every word of a filter somewhere, in order. Rows that sort alike stay as they were. */
export function arranged<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  filter: string,
  sorting: Sorting,
): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = words.length === 0 ? rows : rows.filter((row) => holds(row, columns, words));
  const column = columns.find(({ name }) => name === sorting.column);
  if (column === undefined) return matching;
  const compare = column.compare ?? byText(column.text);
  return matching.toSorted(sorting.isDescending ? (left, right) => compare(right, left) : compare);
}

/** No column is narrower than this, nor a text wider unless its column says so; in characters. */
const LEAST_WIDTH = 4;
const MOST_WIDTH = 18;

/**
 * How many characters wide each column must be for these rows, and for those before: what has been made wide stays so,
 * because columns that move are hard to read.
 */
export function widthsOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  before: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map(
    columns.map(({ name, title, text, isNumeric, most = MOST_WIDTH }) => {
      const longest = rows.reduce((width, row) => Math.max(width, text(row).length), title.length + 1);
      // Digits are all as wide as a zero; a letter may be wider.
      const width = Math.max(LEAST_WIDTH, isNumeric === true ? longest : Math.min(longest + 1, most));
      return [name, Math.max(width, before.get(name) ?? 0)];
    }),
  );
}

/** A press on a column's title: that column, rising first; again, falling. */
export function resorted({ column, isDescending }: Sorting, pressed: string): Sorting {
  return { column: pressed, isDescending: column === pressed && !isDescending };
}

function holds<Row>(row: Row, columns: readonly Column<Row>[], words: readonly string[]): boolean {
  // A line end between them, so that no word is found across two columns.
  const text = columns
    .map((column) => column.text(row))
    .join("\n")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function byText<Row>(text: (row: Row) => string): (left: Row, right: Row) => number {
  return (left, right) => {
    const [first, second] = [text(left), text(right)];
    return first < second ? -1 : first > second ? 1 : 0;
  };
}
