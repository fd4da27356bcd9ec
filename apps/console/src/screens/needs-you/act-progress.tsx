import { useId } from 'react';
import type { AttentionActAnswer } from '@holdfast/core';
import { formatCount } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';

interface ActProgressProps {
  /** Null until the first of them are dealt with. */
  readonly soFar: AttentionActAnswer | null;
  readonly count: number;
  /** It was told to stop, and the request under way is still answered. */
  readonly stopping: boolean;
  readonly onStop: () => void;
}

/** How far an act on many is. */
export function ActProgress({ soFar, count, stopping, onStop }: ActProgressProps) {
  const id = useId();
  const refused = soFar?.refused.length ?? 0;
  const dealtWith = (soFar?.done ?? 0) + refused;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-2">
        <p id={id} role="status" className="tabular-nums">
          {formatCount(dealtWith)} of {formatCount(count)} dealt with
          {refused > 0 && `, ${formatCount(refused)} of them refused`}
        </p>
        <progress
          aria-labelledby={id}
          value={dealtWith}
          max={count}
          className="h-2 w-full accent-accent-fill"
        />
        <p className="text-ink-2">
          Each is on record by itself. Stopped, the rest stays as it is, and can be acted on later.
        </p>
      </div>
      <div className="flex justify-end">
        <Button disabled={stopping} onClick={onStop}>
          {stopping ? 'Stopping…' : 'Stop'}
        </Button>
      </div>
    </div>
  );
}
