import { useId } from 'react';
import { cx } from '../../lib/class-names.ts';
import { faultsAt } from '../../lib/field-drafts.ts';
import type { FlagField } from '../../lib/schema-fields.ts';
import { Button } from '../button.tsx';
import { Faults, labelOf, Optional } from './field-parts.tsx';
import type { FieldProps } from './field-parts.tsx';

const ANSWERS = [
  { value: true, text: 'Yes' },
  { value: false, text: 'No' },
] as const;

/** Yes or no as two targets for a thumb; neither is chosen beforehand. */
export function FlagButtons(props: FieldProps<FlagField>) {
  const { field, draft, onChange, required, at, form, name } = props;
  const id = useId();
  const value = draft.kind === 'flag' ? draft.value : null;
  const faulty = faultsAt(form.faults, at, form.known).length > 0;
  const described = [field.hint === undefined ? '' : `${id}-hint`, faulty ? `${id}-faults` : '']
    .join(' ')
    .trim();
  return (
    <div
      role="radiogroup"
      aria-labelledby={`${id}-label`}
      aria-describedby={described === '' ? undefined : described}
      aria-required={required}
      aria-invalid={faulty}
      className="flex flex-col gap-1"
    >
      <p id={`${id}-label`} title={name} className="text-sm font-medium text-ink-2">
        {labelOf(props)}
        {!required && <Optional />}
      </p>
      <div className="grid grid-cols-2 gap-3">
        {ANSWERS.map((answer) => (
          <label
            key={answer.text}
            className={cx(
              'flex h-13 cursor-pointer items-center gap-3 rounded-lg border px-3.5 text-base has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
              value === answer.value ? 'border-accent bg-chosen font-medium' : 'bg-surface',
              value !== answer.value && (faulty ? 'border-stop' : 'border-line-strong'),
            )}
          >
            <input
              type="radio"
              name={id}
              checked={value === answer.value}
              onChange={() => onChange({ kind: 'flag', value: answer.value })}
              className="size-5 shrink-0 accent-accent outline-none"
            />
            {answer.text}
          </label>
        ))}
      </div>
      {(!required || field.nullable) && value !== null && (
        <Button
          look="quiet"
          size="small"
          className="self-start"
          onClick={() => onChange({ kind: 'flag', value: null })}
        >
          Leave it open
        </Button>
      )}
      {field.hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-ink-3">
          {field.hint}
        </p>
      )}
      <Faults form={form} at={at} id={`${id}-faults`} />
    </div>
  );
}
