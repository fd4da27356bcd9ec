/**
 * A story in order, as a list: time, mark, one line, and what can be folded out under it. A long one scrolls inside itself,
 * with only the lines in sight in the document. It begins at its newest end and follows it, until it is scrolled elsewhere:
 * then the line that stands at the top stays there, whatever comes before it or goes.
 *
 * @module
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import type { Virtualizer } from '@tanstack/react-virtual';
import { ChevronRight } from 'lucide-react';
import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { cx } from '../lib/class-names.ts';
import { formatAbsolute, formatClock, parseTime } from '../lib/format.ts';
import type { Tone } from './badge.tsx';

export interface TimelineItem {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly tone: Tone;
  /** A word for the kind: `effect`. Colour alone says nothing. */
  readonly kind: string;
  readonly title: ReactNode;
  /** Folded out on request. */
  readonly detail?: () => ReactNode;
  /** At the right end: a link, a version. */
  readonly aside?: ReactNode;
}

interface TimelineProps {
  readonly label: string;
  readonly items: readonly TimelineItem[];
}

const MARKS: Readonly<Record<Tone, string>> = {
  go: 'bg-go-mark',
  busy: 'bg-busy-mark',
  hold: 'bg-hold-mark',
  care: 'bg-care-mark',
  stop: 'bg-stop-mark',
  rest: 'bg-rest-mark',
};

/** Lines up to which all are in the document. */
const PLAIN = 60;
const LINE_HEIGHT = 33;
/** Lines beyond the sight that are kept ready. */
const OVERSCAN = 10;

export function Timeline({ label, items }: TimelineProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const onToggle = useCallback((id: string) => {
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  }, []);
  if (items.length > PLAIN)
    return <LongTimeline label={label} items={items} open={open} onToggle={onToggle} />;
  return (
    <ol aria-label={label} className="flex flex-col">
      {items.map((item) => (
        <li key={item.id} className="border-b border-line last:border-b-0">
          <Line item={item} open={open.has(item.id)} onToggle={onToggle} />
        </li>
      ))}
    </ol>
  );
}

interface LongTimelineProps extends TimelineProps {
  readonly open: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

function LongTimeline({ label, items, open, onToggle }: LongTimelineProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: OVERSCAN,
    initialOffset: items.length * LINE_HEIGHT,
    getItemKey: (index) => items[index]?.id ?? index,
    measureElement: heightOf,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: LINE_HEIGHT,
  });
  // Set beforehand, so that only the lines of that end are made; the browser stands at the other one.
  useLayoutEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, []);
  return (
    <div
      ref={scroller}
      // A region that scrolls must be reachable by keyboard.
      role="region"
      aria-label="Lines, oldest first"
      tabIndex={0}
      className="max-h-[70dvh] overflow-auto"
    >
      <ol aria-label={label} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0 border-b border-line"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Line item={item} open={open.has(item.id)} onToggle={onToggle} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** As the browser tells it by itself, and the usual one until then: to ask for it would lay out the page at once. */
function heightOf(
  element: Element,
  entry: ResizeObserverEntry | undefined,
  virtual: Virtualizer<HTMLDivElement, Element>,
): number {
  const told = entry?.borderBoxSize[0];
  if (told !== undefined) return Math.round(told.blockSize);
  const key = virtual.options.getItemKey(virtual.indexFromElement(element));
  return virtual.itemSizeCache.get(key) ?? LINE_HEIGHT;
}

interface LineProps {
  readonly item: TimelineItem;
  readonly open: boolean;
  readonly onToggle: (id: string) => void;
}

function Line({ item, open, onToggle }: LineProps) {
  const millis = parseTime(item.at);
  const head = (
    <>
      <time
        dateTime={item.at}
        title={formatAbsolute(millis)}
        className="w-24 shrink-0 font-mono text-xs text-ink-3"
      >
        {formatClock(millis)}
      </time>
      <span aria-hidden className={cx('mt-1.5 size-2 shrink-0 rounded-full', MARKS[item.tone])} />
      <span className="w-20 shrink-0 text-xs leading-5 text-ink-3 max-sm:hidden">{item.kind}</span>
      <span className="min-w-0 flex-1 text-left">{item.title}</span>
    </>
  );
  return (
    <>
      <div className="flex items-start gap-2 px-3 py-1.5 hover:bg-hover">
        {item.detail === undefined ? (
          <div className="flex min-w-0 flex-1 items-start gap-2 pl-4">{head}</div>
        ) : (
          <button
            type="button"
            aria-expanded={open}
            onClick={() => onToggle(item.id)}
            className="flex min-w-0 flex-1 items-start gap-2 text-left"
          >
            <ChevronRight
              aria-hidden
              size={12}
              className={cx('mt-1 -mr-1 shrink-0 text-ink-3', open && 'rotate-90')}
            />
            {head}
          </button>
        )}
        {item.aside}
      </div>
      {open && item.detail !== undefined && (
        <div className="border-t border-line bg-sunken px-4 py-3">{item.detail()}</div>
      )}
    </>
  );
}
