import { useId } from 'react';
import type { InputHTMLAttributes } from 'react';
import { cx } from '../../lib/class-names.ts';
import { faultsAt } from '../../lib/field-drafts.ts';
import type { Draft } from '../../lib/field-drafts.ts';
import type {
  ChoiceField,
  FlagField,
  JsonField,
  NumberField,
  TextField,
} from '../../lib/schema-fields.ts';
import { controlClass, Faults, labelOf, Optional } from './field-parts.tsx';
import type { FieldProps } from './field-parts.tsx';

type Leaf = TextField | NumberField | FlagField | ChoiceField | JsonField;

/** One control with its label, its hint, and what is said against it. */
export function LeafInput(props: FieldProps<Leaf>) {
  const { field, required, at, form, name } = props;
  const id = useId();
  const hint = hintOf(field);
  const faulty = faultsAt(form.faults, at, form.known).length > 0;
  const described = [hint === null ? '' : `${id}-hint`, faulty ? `${id}-faults` : '']
    .join(' ')
    .trim();
  const plain = form.look === 'plain';
  return (
    <div className="flex flex-col gap-1">
      <label
        htmlFor={id}
        title={name}
        className={cx('font-medium text-ink-2', plain ? 'text-sm' : 'text-xs')}
      >
        {labelOf(props)}
        {!required && <Optional />}
      </label>
      <Control
        {...props}
        control={{
          id,
          'aria-invalid': faulty,
          'aria-describedby': described === '' ? undefined : described,
          'aria-required': required,
        }}
      />
      {hint !== null && (
        <p id={`${id}-hint`} className="text-xs text-ink-3">
          {hint}
        </p>
      )}
      <Faults form={form} at={at} id={`${id}-faults`} />
    </div>
  );
}

type ControlAttributes = Pick<
  InputHTMLAttributes<HTMLElement>,
  'id' | 'aria-invalid' | 'aria-describedby' | 'aria-required'
>;

function Control({
  field,
  draft,
  onChange,
  form,
  required,
  control,
}: FieldProps<Leaf> & { readonly control: ControlAttributes }) {
  const className = controlClass(form.look);
  const text = draft.kind === 'text' ? draft.text : '';
  const type = (typed: string): void => onChange({ kind: 'text', text: typed });
  switch (field.kind) {
    case 'text':
      if (field.format === 'long') {
        return <Area {...{ control, text, type }} rows={4} look={form.look} />;
      }
      return (
        <input
          {...control}
          type={INPUT_TYPES[field.format]}
          value={text}
          placeholder={field.format === 'date-time' ? '2026-01-31T12:00:00Z' : undefined}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => type(event.target.value)}
          className={className}
        />
      );
    case 'number':
      return (
        <input
          {...control}
          // Not `type="number"`: it swallows what it cannot read, and a wheel changes it unseen.
          type="text"
          inputMode={field.whole && (field.min ?? -1) >= 0 ? 'numeric' : 'decimal'}
          value={text}
          autoComplete="off"
          onChange={(event) => type(event.target.value)}
          className={cx(className, 'tabular-nums')}
        />
      );
    case 'json':
      return <Area {...{ control, text, type }} rows={5} look="mono" />;
    case 'flag':
      return <FlagControl {...{ field, draft, onChange, required, className, control }} />;
    case 'choice':
      return <ChoiceControl {...{ field, draft, onChange, required, className, control }} />;
  }
}

interface AreaProps {
  readonly control: ControlAttributes;
  readonly text: string;
  readonly type: (typed: string) => void;
  readonly rows: number;
  readonly look: 'exact' | 'plain' | 'mono';
}

const AREA_LOOKS = {
  exact: 'rounded-md px-2.5 py-1.5 text-sm',
  plain: 'rounded-lg px-3.5 py-2.5 text-base',
  mono: 'rounded-md px-2.5 py-1.5 font-mono text-xs',
} as const;

function Area({ control, text, type, rows, look }: AreaProps) {
  return (
    <textarea
      {...control}
      rows={rows}
      value={text}
      spellCheck={false}
      onChange={(event) => type(event.target.value)}
      className={cx(
        'w-full border border-line-strong bg-surface aria-[invalid=true]:border-stop',
        AREA_LOOKS[look],
      )}
    />
  );
}

interface ChosenProps<Kind> {
  readonly field: Kind;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly required: boolean;
  readonly className: string;
  readonly control: ControlAttributes;
}

/** Yes or no, neither chosen beforehand; where neither need be said, that can be chosen again. */
function FlagControl({
  field,
  draft,
  onChange,
  required,
  className,
  control,
}: ChosenProps<FlagField>) {
  const value = draft.kind === 'flag' ? draft.value : null;
  return (
    <select
      {...control}
      value={value === null ? '' : String(value)}
      onChange={(event) => {
        const chosen = event.target.value;
        onChange({ kind: 'flag', value: chosen === '' ? null : chosen === 'true' });
      }}
      className={className}
    >
      <option value="" disabled={required && !field.nullable}>
        {required && !field.nullable ? 'Choose…' : 'not said'}
      </option>
      <option value="true">yes</option>
      <option value="false">no</option>
    </select>
  );
}

function ChoiceControl({
  field,
  draft,
  onChange,
  required,
  className,
  control,
}: ChosenProps<ChoiceField>) {
  const index = draft.kind === 'choice' ? draft.index : null;
  const optional = !required || field.nullable;
  return (
    <select
      {...control}
      value={index ?? ''}
      onChange={(event) => {
        const chosen = event.target.value;
        onChange({ kind: 'choice', index: chosen === '' ? null : Number(chosen) });
      }}
      className={className}
    >
      <option value="" disabled={!optional}>
        {optional ? 'none' : 'Choose…'}
      </option>
      {field.choices.map((choice, i) => (
        <option key={JSON.stringify(choice)} value={i}>
          {typeof choice === 'string' ? choice : JSON.stringify(choice)}
        </option>
      ))}
    </select>
  );
}

const INPUT_TYPES = {
  plain: 'text',
  email: 'email',
  uri: 'url',
  date: 'date',
  'date-time': 'text',
} as const;

/** What the schema says of it, and its bounds. */
function hintOf(field: Leaf): string | null {
  const parts = field.hint === undefined ? [] : [field.hint];
  if (field.kind === 'number') {
    const { min, max } = field;
    if (min !== undefined && max !== undefined) parts.push(`${min} to ${max}`);
    else if (min !== undefined) parts.push(`at least ${min}`);
    else if (max !== undefined) parts.push(`at most ${max}`);
  }
  if (field.kind === 'text' && field.maxLength !== undefined) {
    parts.push(`at most ${field.maxLength} characters`);
  }
  if (field.kind === 'json') parts.push('JSON');
  return parts.length === 0 ? null : parts.join(' · ');
}
