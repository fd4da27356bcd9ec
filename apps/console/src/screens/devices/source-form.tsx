import { useId } from 'react';
import { cx } from '../../lib/class-names.ts';
import { plural } from '../../lib/format.ts';
import type { SourceChoice } from './source-lines.ts';
import type { Extraction, Levels } from './topic-guess.ts';

type Choice = Omit<SourceChoice, 'mqtt'>;

interface SourceFormProps {
  readonly topic: string;
  readonly levels: Levels;
  readonly onLevels: (levels: Levels) => void;
  readonly choice: Choice;
  readonly onChoice: (choice: Choice) => void;
  readonly places: readonly Extraction[];
  /** Types that releases know. */
  readonly types: readonly string[];
  /** Live topics that the filter takes. */
  readonly taken: number;
}

const CONTROL = 'h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 text-sm';

export function SourceForm(props: SourceFormProps) {
  const { topic, levels, onLevels, choice, onChoice, places, types, taken } = props;
  const id = useId();
  return (
    <div className="flex flex-col gap-3">
      <fieldset>
        <legend className="mb-1 text-xs font-medium text-ink-2">
          Levels that may be anything: press them
        </legend>
        <div className="flex flex-wrap items-center gap-1">
          {topic.split('/').map((level, i) => (
            <span key={`${i} ${level}`} className="flex items-center gap-1">
              {i > 0 && <span className="text-ink-3">/</span>}
              <button
                type="button"
                aria-pressed={levels[i] === true}
                aria-label={`Level ${i + 1}, ${level === '' ? 'empty' : level}: any`}
                onClick={() => onLevels(levels.map((any, at) => (at === i ? !any : any)))}
                className={cx(
                  'min-h-7 max-w-40 truncate rounded-md border px-2 font-mono text-xs',
                  levels[i] === true
                    ? 'border-accent bg-chosen text-accent'
                    : 'border-line-strong bg-surface hover:bg-hover',
                )}
              >
                {levels[i] === true ? '+' : level === '' ? '(empty)' : level}
              </button>
            </span>
          ))}
        </div>
        <p className="mt-1 text-xs text-ink-2">Takes {plural(taken, 'live topic')} now.</p>
      </fieldset>
      <div className="grid gap-3 sm:grid-cols-2">
        <div className="flex flex-col gap-1">
          <label htmlFor={`${id}-type`} className="text-xs font-medium text-ink-2">
            Event type
          </label>
          <input
            id={`${id}-type`}
            list={`${id}-types`}
            value={choice.type}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChoice({ ...choice, type: event.target.value })}
            className={cx(CONTROL, 'font-mono text-xs')}
          />
          <datalist id={`${id}-types`}>
            {types.map((type) => (
              <option key={type} value={type} />
            ))}
          </datalist>
        </div>
        <PlaceField
          label="Id: the same is recorded once"
          value={choice.id}
          places={places}
          onChange={(value) => onChoice({ ...choice, id: value })}
        />
        <PlaceField
          label="Correlation: which instance"
          value={choice.correlation}
          places={places}
          onChange={(value) => onChoice({ ...choice, correlation: value })}
        />
        <PlaceField
          label="Subject"
          value={choice.subject}
          places={places}
          onChange={(value) => onChoice({ ...choice, subject: value })}
        />
      </div>
    </div>
  );
}

interface PlaceFieldProps {
  readonly label: string;
  readonly value: string | null;
  readonly places: readonly Extraction[];
  readonly onChange: (value: string | null) => void;
}

/** Where in topic or payload a text is taken from. */
function PlaceField({ label, value, places, onChange }: PlaceFieldProps) {
  const id = useId();
  // A later message may lack what was chosen.
  const gone = value !== null && !places.some(({ written }) => written === value);
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        {label}
      </label>
      <select
        id={id}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
        className={CONTROL}
      >
        <option value="">none</option>
        {gone && <option value={value}>{value}, not in the last message</option>}
        {places.map(({ written, value: example }) => (
          <option key={written} value={written}>
            {written} ({example.length > 24 ? `${example.slice(0, 24)}…` : example})
          </option>
        ))}
      </select>
    </div>
  );
}
