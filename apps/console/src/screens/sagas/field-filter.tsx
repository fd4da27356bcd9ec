import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import type { FormEvent } from 'react';
import { sagaFieldsQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';

interface FieldFilterProps {
  readonly saga: string | undefined;
  /** `FIELD:VALUE` each; all must hold. */
  readonly terms: readonly string[];
  readonly onChange: (terms: readonly string[]) => void;
}

/** Search by the fields that sagas name as searchable. Not offered where none does. */
export function FieldFilter({ saga, terms, onChange }: FieldFilterProps) {
  const query = useQuery(sagaFieldsQuery());
  const fields = [
    ...new Set(
      (query.data?.items ?? [])
        .filter((one) => saga === undefined || one.saga === saga)
        .flatMap((one) => one.fields),
    ),
  ].sort();
  return (
    <>
      {terms.map((term) => (
        <span
          key={term}
          className="inline-flex h-8 items-center gap-1 rounded-md bg-chosen pr-1 pl-2.5 text-sm"
        >
          {term}
          <button
            type="button"
            aria-label={`Remove ${term}`}
            onClick={() => onChange(terms.filter((one) => one !== term))}
            className="rounded p-1 hover:bg-hover"
          >
            <X aria-hidden size={12} />
          </button>
        </span>
      ))}
      {fields.length > 0 && (
        <Add
          fields={fields}
          onAdd={(term) => onChange([...terms.filter((one) => one !== term), term])}
        />
      )}
    </>
  );
}

function Add({
  fields,
  onAdd,
}: {
  readonly fields: readonly string[];
  readonly onAdd: (term: string) => void;
}) {
  const id = useId();
  const [field, setField] = useState('');
  const [value, setValue] = useState('');
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (field === '' || value.trim() === '') return;
    onAdd(`${field}:${value.trim()}`);
    setValue('');
  };
  return (
    <form onSubmit={onSubmit} className="flex items-center gap-1">
      <label htmlFor={`${id}-field`} className="sr-only">
        Field
      </label>
      <select
        id={`${id}-field`}
        value={field}
        onChange={(event) => setField(event.target.value)}
        className="h-8 rounded-md border border-line-strong bg-surface px-2 text-sm"
      >
        <option value="">Field…</option>
        {fields.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {field !== '' && (
        <>
          <label htmlFor={`${id}-value`} className="sr-only">
            Value of {field}
          </label>
          <input
            id={`${id}-value`}
            value={value}
            placeholder="is, or begins with*"
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setValue(event.target.value)}
            className="h-8 w-40 min-w-0 rounded-md border border-line-strong bg-surface px-2 text-sm placeholder:text-ink-3"
          />
          <Button type="submit">Add</Button>
        </>
      )}
    </form>
  );
}
