import { useEffect, useState } from 'react';
import { formatAbsolute, formatRelative, nextRelativeChange, parseTime } from '../lib/format.ts';

/** Re-renders often enough for relative times to be true, and no oftener. */
export function useNow(at: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), nextRelativeChange(at, now));
    return () => clearTimeout(timer);
  }, [at, now]);
  return now;
}

interface TimeProps {
  /** RFC 3339, as the API writes it. */
  readonly at: string;
}

/** Relative, and absolute under the pointer. */
export function Time({ at }: TimeProps) {
  const millis = parseTime(at);
  const now = useNow(millis);
  if (Number.isNaN(millis)) return <span>{at}</span>;
  return (
    <time
      dateTime={at}
      title={`${formatAbsolute(millis)}\n${at}`}
      className="whitespace-nowrap tabular-nums"
    >
      {formatRelative(millis, Math.max(now, 0))}
    </time>
  );
}
