/**
 * What every field of a form has: its name, what is said against it, and how its control looks.
 *
 * @module
 */
import type { Fault } from '@holdfast/core';
import { cx } from '../../lib/class-names.ts';
import { faultsAt } from '../../lib/field-drafts.ts';
import type { Draft } from '../../lib/field-drafts.ts';
import { plainComplaint, plainLabel } from '../../lib/labels.ts';
import type { Field } from '../../lib/schema-fields.ts';

/** What all fields of one form share. */
export interface FormContext {
  readonly faults: readonly Fault[];
  readonly known: ReadonlySet<string>;
  readonly look: 'exact' | 'plain';
}

export interface FieldProps<Kind extends Field = Field> {
  readonly field: Kind;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  /** As the schema names it. */
  readonly name: string;
  readonly required: boolean;
  /** JSON pointer of its value. */
  readonly at: string;
  readonly form: FormContext;
  /** The whole form: its fields stand without a frame. */
  readonly top?: boolean;
}

/** What a field is called, by its title or by its name. */
export function labelOf({ field, name, form }: FieldProps): string {
  if (field.title !== undefined) return field.title;
  return form.look === 'plain' ? plainLabel(name) : name;
}

export function Optional() {
  return <span className="font-normal text-ink-3"> · optional</span>;
}

/** What the server says against this place. */
export function Faults({
  form,
  at,
  id,
}: {
  readonly form: FormContext;
  readonly at: string;
  readonly id?: string;
}) {
  const own = faultsAt(form.faults, at, form.known);
  if (own.length === 0) return null;
  return (
    <ul id={id} className={cx('text-stop', form.look === 'plain' ? 'text-sm' : 'text-xs')}>
      {own.map(({ at: place, message }) => (
        <li key={`${place} ${message}`}>
          {place !== at && place !== '/' && <span className="font-mono">{place} </span>}
          {form.look === 'plain' ? plainComplaint(message) : message}
        </li>
      ))}
    </ul>
  );
}

const CONTROL =
  'w-full min-w-0 border border-line-strong bg-surface aria-[invalid=true]:border-stop';

/** Of an input or a select. `plain`: big enough for a thumb, and for a phone's browser not to zoom into it. */
export function controlClass(look: FormContext['look']): string {
  const size =
    look === 'plain' ? 'h-13 rounded-lg px-3.5 text-base' : 'h-8 rounded-md px-2.5 text-sm';
  return cx(CONTROL, size);
}
