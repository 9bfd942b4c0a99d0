/** The head and the rows of a sheet. */
import type { Column, Sorting } from "./columns.ts";

interface HeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  /** In characters. */
  readonly widths: ReadonlyMap<string, number>;
  readonly sorting: Sorting;
  readonly onSort: (column: string) => void;
}

/** The titles, each of which sorts; without a sorting they only name. */
export function SheetHead<Row>({ columns, widths, sorting, onSort }: HeadProps<Row>) {
  return (
    <>
      <colgroup>
        {columns.map(({ name }) => (
          <col key={name} style={{ width: `calc(${widths.get(name) ?? 0}ch + var(--gap))` }} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map(({ name, title, isNumeric }) => (
            <th key={name} scope="col" class={isNumeric && "numeric"} aria-sort={sortOf(name, sorting)}>
              {sorting.column === "" ? (
                title
              ) : (
                <button type="button" onClick={() => onSort(name)}>
                  {title}
                  <span class="arrow" aria-hidden="true">
                    {sorting.column !== name ? "" : sorting.isDescending ? "▾" : "▴"}
                  </span>
                </button>
              )}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

interface RowProps<Row> {
  readonly id: string;
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly isActive: boolean;
  readonly changes: number;
  readonly onPress: () => void;
}

/** One row. A change lights it up for a moment: two classes in turn, because an animation only starts with a new one. */
export function SheetRow<Row>({ id, row, index, columns, isActive, changes, onPress }: RowProps<Row>) {
  const lit = changes === 0 ? "" : changes % 2 === 0 ? "changed even" : "changed odd";
  return (
    <tr id={id} class={lit} aria-rowindex={index + 2} aria-selected={isActive} onClick={onPress}>
      {columns.map(({ name, text, isNumeric, tone }) => {
        const content = text(row);
        return (
          <td key={name} class={classOf(isNumeric, tone?.(row))} title={content}>
            {content}
          </td>
        );
      })}
    </tr>
  );
}

function sortOf(name: string, { column, isDescending }: Sorting): "ascending" | "descending" | undefined {
  if (column !== name) return undefined;
  return isDescending ? "descending" : "ascending";
}

function classOf(isNumeric: true | undefined, tone: string | undefined): string | undefined {
  if (isNumeric === undefined) return tone;
  return tone === undefined ? "numeric" : `numeric ${tone}`;
}
