import type { ReactNode } from 'react';
import { cx } from '../lib/class-names.ts';

interface FactsProps {
  /** Default: `medium`. */
  readonly size?: 'small' | 'medium';
  /** Room around it, where it fills a panel. */
  readonly padded?: boolean;
  readonly children: ReactNode;
}

/** Names and what stands behind them, in two columns: holds `Fact`s. */
export function Facts({ size = 'medium', padded = false, children }: FactsProps) {
  return (
    <dl
      className={cx(
        'grid grid-cols-[max-content_minmax(0,1fr)]',
        size === 'small' ? 'gap-x-3 gap-y-1 text-xs' : 'gap-x-4 gap-y-1.5',
        padded && 'p-3',
      )}
    >
      {children}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  /** For ids, addresses and what else is read letter by letter. */
  readonly mono?: boolean;
  readonly children: ReactNode;
}

export function Fact({ name, mono = false, children }: FactProps) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className={cx('min-w-0', mono ? 'font-mono text-xs leading-5 break-all' : 'break-words')}>
        {children}
      </dd>
    </>
  );
}
