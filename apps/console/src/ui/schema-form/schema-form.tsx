/**
 * A form made of a JSON Schema: fields for what has good ones, raw JSON for the rest. It holds nothing itself: the draft
 * is its owner's, and what the server says against it stands beside the field that it is about.
 *
 * @module
 */
import { useMemo } from 'react';
import type { Fault } from '@holdfast/core';
import { shownPointers } from '../../lib/field-drafts.ts';
import type { Draft } from '../../lib/field-drafts.ts';
import type { Field } from '../../lib/schema-fields.ts';
import { FieldInput } from './field-input.tsx';

interface SchemaFormProps {
  readonly field: Field;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  /** Pointers into the value, as the API gives them. */
  readonly faults: readonly Fault[];
  /** What the whole is called where it is no group of fields: `Data`. */
  readonly label: string;
  /** `plain`: for a person who knows nothing of the schema, with big targets. Default: `exact`. */
  readonly look?: 'exact' | 'plain';
}

export function SchemaForm({ field, draft, onChange, faults, label, look }: SchemaFormProps) {
  const known = useMemo(() => shownPointers(field, draft), [field, draft]);
  return (
    <FieldInput
      field={field}
      draft={draft}
      onChange={onChange}
      name={label}
      required
      at=""
      form={{ faults, known, look: look ?? 'exact' }}
      top
    />
  );
}
