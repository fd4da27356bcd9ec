import { useId } from 'react';
import { parseJson } from '../lib/parse-json.ts';

interface JsonFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Lines. Default 4. */
  readonly rows?: number;
}

/** JSON that a person writes, and what is wrong with it as it stands. */
export function JsonField({ label, value, onChange, rows = 4 }: JsonFieldProps) {
  const id = useId();
  const parsed = parseJson(value);
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        {label}
      </label>
      <textarea
        id={id}
        rows={rows}
        spellCheck={false}
        value={value}
        aria-invalid={!parsed.ok}
        aria-describedby={parsed.ok ? undefined : `${id}-fault`}
        onChange={(event) => onChange(event.target.value)}
        className="rounded-md border border-line-strong bg-surface px-2.5 py-1.5 font-mono text-xs"
      />
      {!parsed.ok && (
        <p id={`${id}-fault`} className="text-xs text-stop">
          {parsed.message}
        </p>
      )}
    </div>
  );
}
