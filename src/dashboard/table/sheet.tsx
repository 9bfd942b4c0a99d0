/**
 * A panel with a table of any length: sorted by its titles, filtered, walked through with the keyboard. Only what is in
 * view is drawn. To assistive technology it is a grid that knows its whole length and which row is active.
 */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { countText } from "../format/words.ts";
import { NARROW, useMedia } from "../parts/media.ts";
import { arranged, type Column, resorted, type Sorting, widthsOf } from "./columns.ts";
import { SheetHead, SheetRow } from "./sheet-rows.tsx";
import { steppedRow, topShowing, windowOf } from "./window.ts";

export interface SheetProps<Row> {
  readonly title: string;
  /** What a row is: `order`. */
  readonly noun: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly sortedBy: Sorting;
  /** What stands there when there are no rows. */
  readonly whenEmpty: string;
  /** A press on a row, or Enter. */
  readonly onOpen?: (row: Row) => void;
  /** How often a row has changed lately: what it shows lights up. */
  readonly changesOf?: (row: Row) => number;
  /** The row that is active, where the sheet's owner decides it; otherwise the sheet does. */
  readonly active?: string | undefined;
  readonly onActive?: (row: Row) => void;
  /** More in the panel's head. */
  readonly tools?: ComponentChildren;
  /** Rows come in an order of their own, which no title changes. */
  readonly isFixed?: true;
}

/** Rows are as high as a finger where the screen is narrow. */
const ROW_HEIGHT = { narrow: 44, wide: 27 } as const;

export function Sheet<Row>(props: SheetProps<Row>) {
  const { title, noun, rows, keyOf, whenEmpty, tools, onOpen, onActive, changesOf } = props;
  const id = useId();
  const isNarrow = useMedia(NARROW);
  const rowHeight = isNarrow ? ROW_HEIGHT.narrow : ROW_HEIGHT.wide;
  const columns = isNarrow ? props.columns.filter(({ isMinor }) => isMinor !== true) : props.columns;
  const [filter, setFilter] = useState("");
  const [sorting, setSorting] = useState(props.sortedBy);
  const [ownActive, setOwnActive] = useState<string>();
  const { scroll, view, moveTo, onScroll } = useView();

  const order = props.isFixed === true ? UNSORTED : sorting;
  const shown = useMemo(() => arranged(rows, props.columns, filter, order), [rows, props.columns, filter, order]);
  const active = props.active ?? ownActive;
  const activeIndex = active === undefined ? -1 : shown.findIndex((row) => keyOf(row) === active);
  const { first, end } = windowOf(shown.length, rowHeight, view.top, view.height);
  const drawn = shown.slice(first, end);
  const widths = useRef<ReadonlyMap<string, number>>(new Map());
  widths.current = widthsOf(columns, drawn, widths.current);
  const rowId = (index: number): string => `${id}-${index}`;

  const activate = (index: number): void => {
    const row = shown[index];
    if (row === undefined) return;
    setOwnActive(keyOf(row));
    onActive?.(row);
    moveTo(topShowing(index, rowHeight, scroll.current?.scrollTop ?? 0, view.height));
  };
  const onKey = (event: KeyboardEvent): void => {
    // Keys in the titles' buttons are theirs.
    if (event.target !== event.currentTarget) return;
    const row = shown[activeIndex];
    if (event.key === "Enter" && row !== undefined) onOpen?.(row);
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const target = steppedRow(event.key, activeIndex, shown.length, page);
    if (target === undefined) return;
    event.preventDefault();
    activate(target);
  };
  const isInView = activeIndex >= first && activeIndex < end;

  return (
    <section class="panel" aria-labelledby={`${id}-title`} style={{ "--row": `${rowHeight}px` }}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <span class="count" aria-hidden="true">
          {shown.length === rows.length ? rows.length.toLocaleString("en") : `${shown.length} of ${rows.length}`}
        </span>
        {tools}
        <input
          type="search"
          placeholder="Filter"
          aria-label={`Filter ${title.toLowerCase()}`}
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
      </header>
      <div class="scroll" ref={scroll} onScroll={onScroll}>
        <Space rows={first} />
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table that takes keys
          role="grid"
          class={onOpen === undefined ? "sheet" : "sheet opens"}
          style={{ minWidth: leastWidth(widths.current) }}
          tabIndex={0}
          aria-labelledby={`${id}-title`}
          aria-rowcount={shown.length + 1}
          aria-activedescendant={isInView ? rowId(activeIndex) : undefined}
          onKeyDown={onKey}
          onFocus={({ target, currentTarget }) => {
            if (target === currentTarget && activeIndex < 0)
              activate(first === 0 ? 0 : Math.ceil(view.top / rowHeight));
          }}
        >
          <SheetHead
            columns={columns}
            widths={widths.current}
            sorting={order}
            onSort={(name) => setSorting(resorted(sorting, name))}
          />
          <tbody>
            {drawn.map((row, offset) => (
              <SheetRow
                key={keyOf(row)}
                id={rowId(first + offset)}
                row={row}
                index={first + offset}
                columns={columns}
                isActive={first + offset === activeIndex}
                changes={changesOf?.(row) ?? 0}
                onPress={() => {
                  activate(first + offset);
                  onOpen?.(row);
                }}
              />
            ))}
          </tbody>
        </table>
        <Space rows={shown.length - end} />
        {shown.length === 0 && (
          <p class="nothing">{rows.length === 0 ? whenEmpty : `No ${noun} matches the filter.`}</p>
        )}
      </div>
      {filter !== "" && (
        <p class="unseen" role="status">
          {countText(shown.length, noun)} found
        </p>
      )}
    </section>
  );
}

const UNSORTED: Sorting = { column: "", isDescending: false };

/** So that no column is narrower than it must be: where there is less room, the table scrolls. */
function leastWidth(widths: ReadonlyMap<string, number>): string {
  const characters = [...widths.values()].reduce((sum, width) => sum + width, 0);
  return `calc(${characters}ch + var(--gap) * ${widths.size})`;
}

/** The room of rows that are not drawn. */
function Space({ rows }: { readonly rows: number }) {
  return rows <= 0 ? null : <div aria-hidden="true" style={{ height: `calc(var(--row) * ${rows})` }} />;
}

/** Where the rows in view begin, and how much room they have below the titles, which do not scroll. */
function viewOf(element: HTMLElement): { readonly top: number; readonly height: number } {
  const titles = element.querySelector("thead")?.offsetHeight ?? 0;
  return { top: element.scrollTop, height: Math.max(0, element.clientHeight - titles) };
}

/** What is in view, of an element that scrolls. */
function useView() {
  const scroll = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 0 });
  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    const measure = (): void => setView(viewOf(element));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const onScroll = (): void => {
    const element = scroll.current;
    if (element !== null) setView(viewOf(element));
  };
  const moveTo = (top: number): void => {
    if (scroll.current !== null && scroll.current.scrollTop !== top) scroll.current.scrollTop = top;
  };
  return { scroll, view, moveTo, onScroll };
}
