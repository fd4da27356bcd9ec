import { periodChoices } from '../lib/periods.ts';
import { ChoiceFilter } from './filter-bar.tsx';

interface PeriodFilterProps {
  readonly label: string;
  readonly since: string | undefined;
  /** Shown where the address has one: it is only typed. */
  readonly until: string | undefined;
  readonly onChange: (next: Partial<Record<'since' | 'until', string | undefined>>) => void;
}

/** Since when, and until when where somebody wrote that into the address. */
export function PeriodFilter({ label, since, until, onChange }: PeriodFilterProps) {
  return (
    <>
      <ChoiceFilter
        label={label}
        value={since}
        choices={periodChoices(since)}
        onChange={(next) => onChange({ since: next })}
      />
      {until !== undefined && (
        <ChoiceFilter
          label="Before"
          value={until}
          choices={[{ value: until, text: `before ${until}` }]}
          onChange={(next) => onChange({ until: next })}
        />
      )}
    </>
  );
}
