/**
 * A list of any length: only the rows on the screen are in the document, the next page is asked for when the end comes
 * near. One line a row on a desktop; on a phone the columns that `phone` leaves out are hidden.
 *
 * @module
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { CSSProperties, ReactNode, RefObject } from 'react';
import { cx } from '../lib/class-names.ts';
import { Loading } from './loading.tsx';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** The header is only said, for columns of a control each. */
  readonly quiet?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** As CSS grid takes it. Default: `minmax(0, 1fr)`. */
  readonly width?: string;
  /** Whether it is shown below 768 px. Default: true. */
  readonly phone?: boolean;
  readonly align?: 'start' | 'end';
}

export interface TableProps<Row> {
  /** Names the list for screen readers: `Sagas`. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** What stands where there is no row. */
  readonly empty: ReactNode;
  /** The first page is on its way. */
  readonly loading?: boolean;
  /** There is another page; it is asked for by `onMore`. */
  readonly hasMore?: boolean;
  readonly loadingMore?: boolean;
  readonly onMore?: () => void;
  /** Marks one row, as the address names it. */
  readonly chosen?: string | undefined;
  /** Rows are drawn into the lines that are there, for lists that change many times a second. Cells must hold no state. */
  readonly recycle?: boolean;
  /** What scrolls, for lists that grow at the top. */
  readonly scroller?: RefObject<HTMLDivElement | null>;
  /** Told at each scroll whether the first row is in sight. */
  readonly onTop?: (atTop: boolean) => void;
  /** Pixels from the top at which it is opened. Default 0. */
  readonly offset?: number;
  /** Told at each scroll. */
  readonly onOffset?: (offset: number) => void;
}

const ROW_HEIGHT = 40;
/** Rows beyond the screen that are kept ready. */
const OVERSCAN = 12;
/** Rows before the end at which the next page is asked for. */
const NEAR_END = 20;

export function Table<Row>(props: TableProps<Row>) {
  const {
    label,
    columns,
    rows,
    rowKey,
    empty,
    loading = false,
    hasMore = false,
    loadingMore = false,
    onMore,
    chosen,
    recycle = false,
    scroller: given,
    onTop,
    offset = 0,
    onOffset,
  } = props;
  const own = useRef<HTMLDivElement>(null);
  const scroller = given ?? own;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    initialOffset: offset,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined || recycle ? index : rowKey(row);
    },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loadingMore && last >= rows.length - NEAR_END) onMore?.();
  }, [hasMore, loadingMore, last, rows.length, onMore]);

  if (loading) return <Loading />;
  if (rows.length === 0) return <>{empty}</>;
  const desktop = columns.map(({ width }) => width ?? 'minmax(0, 1fr)').join(' ');
  const phone = columns
    .filter((column) => column.phone !== false)
    .map(({ width }) => width ?? 'minmax(0, 1fr)')
    .join(' ');
  return (
    <div
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      // A region that scrolls must be reachable by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop } }) => {
        onTop?.(scrollTop < ROW_HEIGHT);
        onOffset?.(scrollTop);
      }}
      className="min-h-0 flex-1 overflow-auto"
      style={{ '--columns': desktop, '--columns-phone': phone } as CSSProperties}
    >
      <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-page">
        <div
          role="row"
          aria-rowindex={1}
          className={cx(LINE, 'h-8 text-xs font-medium text-ink-2')}
        >
          {columns.map((column) => (
            <div key={column.id} role="columnheader" className={cellClass(column)}>
              {column.quiet === true ? (
                <span className="sr-only">{column.header}</span>
              ) : (
                column.header
              )}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={index + 2}
              aria-current={chosen !== undefined && rowKey(row) === chosen ? 'true' : undefined}
              className={cx(
                LINE,
                'absolute inset-x-0 top-0 border-b border-line hover:bg-hover aria-[current]:bg-chosen',
              )}
              style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
            >
              {columns.map((column) => (
                <div key={column.id} role="cell" className={cellClass(column)}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {loadingMore && <Loading label="Loading more" />}
    </div>
  );
}

const LINE =
  'grid items-center gap-3 px-3 md:px-4 grid-cols-(--columns-phone) md:grid-cols-(--columns)';

function cellClass<Row>({ phone, align }: Column<Row>): string {
  return cx(
    'min-w-0 truncate',
    phone === false && 'max-md:hidden',
    align === 'end' && 'text-right',
  );
}
