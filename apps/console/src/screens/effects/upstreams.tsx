import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { UpstreamResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { cx } from '../../lib/class-names.ts';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import type { Tone } from '../../ui/badge.tsx';
import { Problem } from '../../ui/problem.tsx';
import { rowsOf } from './upstream-rows.ts';
import type { UpstreamRow } from './upstream-rows.ts';

/** Tries end and breakers recover without an event: asked again now and then, while on the screen. */
const upstreamsQuery = {
  queryKey: ['effects', 'upstreams'],
  queryFn: () => api().upstreams(),
  meta: { topics: ['effects', 'releases'] },
  refetchInterval: 5_000,
} as const;

/** A breaker's words: `open` means here that nothing gets through. */
const LOOKS: Readonly<
  Record<UpstreamResource['breaker'], { readonly tone: Tone; readonly text: string }>
> = {
  closed: { tone: 'go', text: 'calls go through' },
  open: { tone: 'stop', text: 'held back' },
  half_open: { tone: 'care', text: 'one call tries' },
  recovering: { tone: 'care', text: 'let through gradually' },
};

/** What the effects call: whether its breaker lets calls through, and how the calls went since the start. */
export function Upstreams() {
  const query = useQuery(upstreamsQuery);
  if (query.error !== null) {
    return <Problem error={query.error} title="The upstreams cannot be read" />;
  }
  const rows = rowsOf(query.data ?? []);
  if (rows.length === 0) return null;
  return (
    // Opened or folded by who looks: on a phone the list of effects is what one comes for.
    <details
      open={window.matchMedia('(min-width: 48rem)').matches}
      className="group shrink-0 border-b border-line"
    >
      <summary className="flex cursor-pointer flex-wrap items-center gap-2 px-3 py-2 text-xs font-semibold text-ink-2 md:px-4">
        <span className="transition-transform group-open:rotate-90" aria-hidden>
          ›
        </span>
        Upstreams
        {(query.data ?? [])
          .filter(({ breaker }) => breaker !== 'closed')
          .map(({ app, upstream, breaker }) => (
            <Badge
              key={`${app}/${upstream ?? ''}`}
              status={breaker}
              tone={LOOKS[breaker].tone}
              text={`${upstream ?? 'no upstream'}: ${LOOKS[breaker].text}`}
            />
          ))}
      </summary>
      <div
        // A region that scrolls must be reachable by keyboard.
        tabIndex={0}
        role="region"
        aria-label="Upstreams"
        className="max-h-64 overflow-auto px-3 pb-2 md:px-4"
      >
        <table className="w-full text-left tabular-nums">
          <thead className="text-xs text-ink-2">
            <tr>
              <Head>Upstream</Head>
              <Head>Effect</Head>
              <Head phone={false}>Breaker</Head>
              <Head end>In flight</Head>
              <Head end phone={false}>
                Tries
              </Head>
              <Head end>Failed</Head>
              <Head end phone={false}>
                p50
              </Head>
              <Head end>p99</Head>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Row({ row }: { readonly row: UpstreamRow }) {
  const { upstream, effect, breaker, retryIn, inFlight, tries, failureRate, p50, p99 } = row;
  return (
    <tr className="border-t border-line">
      <Cell>{upstream ?? <span className="text-ink-3">none</span>}</Cell>
      <Cell>
        <span className="font-mono text-xs break-all">{effect}</span>
      </Cell>
      <Cell phone={false}>
        <Badge status={breaker} tone={LOOKS[breaker].tone} text={LOOKS[breaker].text} />
        {retryIn !== null && (
          <span className="ml-2 text-xs text-ink-2">again in {formatDuration(retryIn)}</span>
        )}
      </Cell>
      <Cell end>{formatCount(inFlight)}</Cell>
      <Cell end phone={false}>
        {formatCount(tries)}
      </Cell>
      <Cell end>
        <span className={failureRate !== null && failureRate > 0 ? 'text-stop' : undefined}>
          {failureRate === null ? '–' : `${Math.round(failureRate * 1000) / 10} %`}
        </span>
      </Cell>
      <Cell end phone={false}>
        {seconds(p50)}
      </Cell>
      <Cell end>{seconds(p99)}</Cell>
    </tr>
  );
}

function seconds(value: number | null): string {
  return value === null ? '–' : formatDuration(value * 1000);
}

interface CellProps {
  readonly end?: boolean;
  /** Whether it is shown below 768 px. Default: true. */
  readonly phone?: boolean;
  readonly children: ReactNode;
}

function cellClass({ end = false, phone = true }: Pick<CellProps, 'end' | 'phone'>): string {
  return cx('py-1 pr-3 last:pr-0', end && 'text-right', !phone && 'max-md:hidden');
}

function Head({ children, ...how }: CellProps) {
  return (
    <th scope="col" className={cx(cellClass(how), 'font-medium')}>
      {children}
    </th>
  );
}

function Cell({ children, ...how }: CellProps) {
  return <td className={cellClass(how)}>{children}</td>;
}
