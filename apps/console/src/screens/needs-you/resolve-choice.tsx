import { useId } from 'react';
import type { Resolution } from './act-words.ts';

interface ResolveChoiceProps {
  /** null: not said yet. */
  readonly as: Resolution['as'] | null;
  readonly onChange: (as: Resolution['as']) => void;
  readonly output: string;
  readonly onOutput: (output: string) => void;
  readonly outputFaulty: boolean;
  readonly count: number;
}

const WAYS: readonly {
  readonly as: Resolution['as'];
  readonly title: string;
  readonly text: string;
}[] = [
  {
    as: 'retry',
    title: 'Call it again',
    text: 'I do not know. The target honours the idempotency key, so a second call does no harm.',
  },
  { as: 'succeeded', title: 'It happened', text: 'I looked: the target has done it.' },
  {
    as: 'failed',
    title: 'It did not happen',
    text: 'I looked: the target has not done it, and will not.',
  },
];

/** What a person found out about effects in doubt. */
export function ResolveChoice(props: ResolveChoiceProps) {
  const { as, onChange, output, onOutput, outputFaulty, count } = props;
  const name = useId();
  const outputId = useId();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">What did you find out?</legend>
      {WAYS.map((way) => (
        <label
          key={way.as}
          className="flex cursor-pointer items-start gap-2.5 rounded-md border border-line px-3 py-2 has-checked:border-accent has-checked:bg-chosen"
        >
          <input
            type="radio"
            name={name}
            checked={as === way.as}
            onChange={() => onChange(way.as)}
            className="mt-0.5 size-4 shrink-0 accent-accent-fill"
          />
          <span>
            <span className="font-medium">{way.title}</span>
            <span className="block text-ink-2">{way.text}</span>
          </span>
        </label>
      ))}
      {as === 'succeeded' && (
        <div className="flex flex-col gap-1">
          <label htmlFor={outputId} className="text-xs font-medium text-ink-2">
            What the call answered, as JSON{count > 1 && ': the same for all of them'}
          </label>
          <textarea
            id={outputId}
            rows={3}
            spellCheck={false}
            value={output}
            aria-invalid={outputFaulty}
            aria-describedby={`${outputId}-fault`}
            onChange={(event) => onOutput(event.target.value)}
            className="rounded-md border border-line-strong bg-surface px-2.5 py-1.5 font-mono text-xs aria-[invalid=true]:border-stop"
          />
          <p id={`${outputId}-fault`} className="text-xs text-stop">
            {outputFaulty && 'This is no JSON.'}
          </p>
        </div>
      )}
    </fieldset>
  );
}
