import { useSyncExternalStore } from 'react';
import { formatAbsolute, formatRelative, parseTime } from '../lib/format.ts';
import { clock, TICK_MS } from './clock.ts';

/** Milliseconds, of this second. */
export function useNow(): number {
  return useSyncExternalStore(clock.subscribe, clock.now);
}

interface TimeProps {
  /** RFC 3339, as the API writes it. */
  readonly at: string;
}

/** Relative, and absolute under the pointer. Drawn again when it says something else, and no oftener. */
export function Time({ at }: TimeProps) {
  const millis = parseTime(at);
  const text = useSyncExternalStore(clock.subscribe, () => ago(millis));
  if (Number.isNaN(millis)) return <span>{at}</span>;
  return (
    <time
      dateTime={at}
      title={`${formatAbsolute(millis)}\n${at}`}
      className="whitespace-nowrap tabular-nums"
    >
      {text}
    </time>
  );
}

function ago(at: number): string {
  const now = clock.now();
  // The hand is up to a second behind: what has just happened is not still to come.
  return formatRelative(at, at - now < TICK_MS ? Math.max(now, at) : now);
}
