import type { ReactNode } from 'react';
import { cx } from '../lib/class-names.ts';

interface TabsProps<Value extends string> {
  /** Names them for screen readers: `What is listed`. */
  readonly label: string;
  readonly tabs: readonly { readonly value: Value; readonly text: ReactNode }[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}

/** Views of one screen. The address says which is chosen, so they are links in spirit, and buttons that are pressed. */
export function Tabs<Value extends string>({ label, tabs, chosen, onChoose }: TabsProps<Value>) {
  return (
    <div
      role="group"
      aria-label={label}
      className="flex gap-1 overflow-x-auto border-b border-line px-2 md:px-3"
    >
      {tabs.map(({ value, text }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
          className={cx(
            'h-9 border-b-2 px-2 text-sm font-medium whitespace-nowrap',
            value === chosen
              ? 'border-accent text-ink'
              : 'border-transparent text-ink-2 hover:text-ink',
          )}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
