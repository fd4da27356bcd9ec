import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleX } from 'lucide-react';
import type { Overview } from '@holdfast/core';
import { cx } from '../../lib/class-names.ts';
import { formatCount } from '../../lib/format.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Panel } from '../../ui/page.tsx';
import { missing, PARTS } from './sum-model.ts';

const FILLS: Readonly<Record<Tone, string>> = {
  go: 'bg-go-mark',
  busy: 'bg-busy-mark',
  hold: 'bg-hold-mark',
  care: 'bg-care-mark',
  stop: 'bg-stop-mark',
  rest: 'bg-rest-mark',
};

/** Is anything lost? What was accepted, counted by itself, and where each of it is now. */
export function Lost({ sum }: { readonly sum: Overview['sum'] }) {
  const lost = missing(sum);
  return (
    <Panel title="Is anything lost?">
      <div className="flex flex-col gap-3 p-3">
        <p className="flex items-center gap-2">
          {lost === 0 ? (
            <CircleCheck aria-hidden size={18} className="shrink-0 text-go" />
          ) : (
            <CircleX aria-hidden size={18} className="shrink-0 text-stop" />
          )}
          {lost === 0 ? (
            <span>
              <strong className="font-semibold">No.</strong> All {formatCount(sum.accepted)}{' '}
              accepted runs are accounted for.
            </span>
          ) : (
            <span className="text-stop">
              <strong className="font-semibold">The sum does not hold.</strong>{' '}
              {formatCount(Math.abs(lost))}{' '}
              {lost > 0
                ? 'accepted runs are in no place'
                : 'runs are in a place and were never counted'}
              . Run <code className="font-mono text-xs">holdfast doctor</code>.
            </span>
          )}
        </p>
        <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-full bg-sunken">
          {PARTS.filter(({ part }) => sum[part] > 0).map(({ part, tone }) => (
            <span
              key={part}
              className={cx('h-full min-w-1', FILLS[tone])}
              style={{ flexGrow: sum[part] }}
            />
          ))}
        </div>
        <dl className="flex flex-wrap gap-x-3 gap-y-2">
          <div>
            <dt className="text-xs text-ink-2">accepted</dt>
            <dd className="text-xl font-semibold tabular-nums">{formatCount(sum.accepted)}</dd>
          </div>
          {PARTS.map(({ part, text, tone, status }, index) => (
            <div key={part}>
              <dt className="flex items-center gap-1.5 text-xs whitespace-nowrap text-ink-2">
                <span aria-hidden className="text-ink-3">
                  {index === 0 ? '=' : '+'}
                </span>
                <span aria-hidden className={cx('size-2 rounded-[2px]', FILLS[tone])} />
                {text}
              </dt>
              <dd className="pl-3.5 text-xl font-semibold tabular-nums">
                <Link
                  to={(part === 'needsYou' ? '/needs-you' : '/sagas') as string}
                  search={(part === 'needsYou' ? {} : { status }) as never}
                  className="hover:underline"
                >
                  {formatCount(sum[part])}
                </Link>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Panel>
  );
}
