/**
 * A story in order, as a list: time, mark, one line, and what can be folded out under it.
 *
 * @module
 */
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
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

export function Timeline({ label, items }: TimelineProps) {
  return (
    <ol aria-label={label} className="flex flex-col">
      {items.map((item) => (
        <Line key={item.id} item={item} />
      ))}
    </ol>
  );
}

function Line({ item }: { readonly item: TimelineItem }) {
  const [open, setOpen] = useState(false);
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
    <li className="border-b border-line last:border-b-0">
      <div className="flex items-start gap-2 px-3 py-1.5 hover:bg-hover">
        {item.detail === undefined ? (
          <div className="flex min-w-0 flex-1 items-start gap-2 pl-4">{head}</div>
        ) : (
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
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
    </li>
  );
}
