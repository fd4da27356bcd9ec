import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { instanceQuery } from '../../api/queries.ts';
import type { InstanceAddress } from '../../api/queries.ts';

interface RunSwitchProps {
  /** That is shown. */
  readonly run: number;
  readonly of: InstanceAddress;
  readonly onRun: (run: number | undefined) => void;
}

/** Which run is looked at, where there were several. */
export function RunSwitch({ run, of, onRun }: RunSwitchProps) {
  const id = useId();
  const current = useQuery(instanceQuery({ saga: of.saga, key: of.key }));
  const newest = current.data?.run ?? run;
  if (newest <= 1) return null;
  return (
    <span>
      <label htmlFor={id} className="sr-only">
        Run
      </label>
      <select
        id={id}
        value={run}
        onChange={(event) => {
          const chosen = Number(event.target.value);
          onRun(chosen === newest ? undefined : chosen);
        }}
        className="h-6 rounded border border-line-strong bg-surface px-1 text-xs"
      >
        {Array.from({ length: newest }, (_, index) => newest - index).map((one) => (
          <option key={one} value={one}>
            run {one} of {newest}
          </option>
        ))}
      </select>
    </span>
  );
}
