/**
 * Filters that live in the address. Each control is told its value and says the new one; the screen writes it into the
 * search parameters, in place of what was there: a filtered view can be shared, and is come back to by one step back.
 *
 * @module
 */
import { Search, X } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type { CSSProperties, ReactNode } from 'react';
import { Button } from './button.tsx';

/** Typing is let come to rest before it becomes a question to the server. */
const TYPING_MS = 250;

interface FilterBarProps {
  readonly children: ReactNode;
  /** Whether any filter is set. */
  readonly active: boolean;
  readonly onClear: () => void;
}

export function FilterBar({ children, active, onClear }: FilterBarProps) {
  return (
    <search className="grid grid-cols-2 items-center gap-2 border-b border-line px-3 py-2 md:flex md:flex-wrap md:px-4">
      {children}
      {active && (
        <Button look="quiet" size="small" icon={<X aria-hidden size={14} />} onClick={onClear}>
          Clear
        </Button>
      )}
    </search>
  );
}

interface TextFilterProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  readonly placeholder?: string;
  /** Offered while typing; anything else may be typed as well. */
  readonly suggestions?: readonly string[];
}

export function TextFilter(props: TextFilterProps) {
  const { label, value, onChange, placeholder = label, suggestions } = props;
  const id = useId();
  const [typed, setTyped] = useState(value ?? '');
  const [known, setKnown] = useState(value ?? '');
  // The address may change from outside, by the back button.
  if ((value ?? '') !== known) {
    setKnown(value ?? '');
    setTyped(value ?? '');
  }
  useEffect(() => {
    if (typed === known) return undefined;
    const timer = setTimeout(() => {
      setKnown(typed);
      onChange(typed === '' ? undefined : typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, known, onChange]);
  return (
    <div className="relative flex min-w-0 items-center">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <Search aria-hidden size={14} className="pointer-events-none absolute left-2 text-ink-3" />
      <input
        id={id}
        type="search"
        value={typed}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        list={suggestions === undefined ? undefined : `${id}-list`}
        onChange={(event) => setTyped(event.target.value)}
        // What it asks for is read whole; `ch` is a digit's width, and most letters are narrower.
        style={{ '--whole': `max(11rem, ${placeholder.length}ch + 3rem)` } as CSSProperties}
        className="h-8 w-(--whole) min-w-0 max-md:w-full rounded-md border border-line-strong bg-surface pr-2 pl-7 text-sm placeholder:text-ink-3"
      />
      {suggestions !== undefined && (
        <datalist id={`${id}-list`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </div>
  );
}

interface ChoiceFilterProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly choices: readonly { readonly value: string; readonly text: string }[];
  readonly onChange: (value: string | undefined) => void;
}

/** One of a few. The first choice is `any`. */
export function ChoiceFilter({ label, value, choices, onChange }: ChoiceFilterProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 items-center">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select
        id={id}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
        className="h-8 min-w-0 rounded-md border max-md:w-full md:max-w-48 border-line-strong bg-surface px-2 text-sm"
      >
        <option value="">{label}: any</option>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.text}
          </option>
        ))}
      </select>
    </div>
  );
}
