import { useId } from 'react';
import { localInput, localTime } from './local-time.ts';

interface TimeFieldProps {
  readonly label: string;
  /** RFC 3339. */
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** A moment in the person's own zone; the address holds it in UTC. */
export function TimeField({ label, value, onChange }: TimeFieldProps) {
  const id = useId();
  return (
    <div className="col-span-2 flex min-w-0 items-center gap-1.5">
      <label htmlFor={id} className="text-xs text-ink-2">
        {label}
      </label>
      <input
        id={id}
        type="datetime-local"
        value={value === undefined ? '' : localInput(Date.parse(value))}
        onChange={(event) => onChange(localTime(event.target.value))}
        className="h-8 w-46 min-w-0 rounded-md border border-line-strong bg-surface px-2 text-sm"
      />
    </div>
  );
}
