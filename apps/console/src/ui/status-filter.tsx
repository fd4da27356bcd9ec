import { ChevronDown } from 'lucide-react';
import { Badge, lookOf } from './badge.tsx';

interface StatusFilterProps<Status extends string> {
  readonly all: readonly Status[];
  readonly chosen: readonly Status[];
  readonly onChange: (chosen: readonly Status[]) => void;
}

/** Several statuses at once, behind the browser's own disclosure: keyboard and Escape come with it. */
export function StatusFilter<Status extends string>({
  all,
  chosen,
  onChange,
}: StatusFilterProps<Status>) {
  const first = chosen[0];
  return (
    <details
      className="group relative"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.currentTarget.open = false;
        event.currentTarget.querySelector('summary')?.focus();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
      }}
    >
      <summary className="flex h-8 cursor-pointer list-none items-center justify-between gap-1.5 rounded-md border border-line-strong bg-surface px-2 text-sm">
        {first === undefined && 'Status: any'}
        {first !== undefined && chosen.length === 1 && lookOf(first).text}
        {chosen.length > 1 && `${chosen.length} statuses`}
        <ChevronDown aria-hidden size={14} className="text-ink-3" />
      </summary>
      <fieldset className="absolute top-9 left-0 z-20 flex w-44 flex-col rounded-md border border-line bg-raised p-1 shadow-raised">
        <legend className="sr-only">Status</legend>
        {all.map((status) => (
          <label
            key={status}
            className="flex h-8 cursor-pointer items-center gap-2 rounded px-2 hover:bg-hover"
          >
            <input
              type="checkbox"
              checked={chosen.includes(status)}
              onChange={(event) =>
                onChange(
                  event.target.checked
                    ? [...chosen, status]
                    : chosen.filter((one) => one !== status),
                )
              }
            />
            <Badge status={status} />
          </label>
        ))}
      </fieldset>
    </details>
  );
}
