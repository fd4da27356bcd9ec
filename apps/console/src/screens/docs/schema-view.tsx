import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { Description, Field, Schema } from './openapi-model.ts';
import { hasInside, insideOf, resolved, typeLine } from './openapi-model.ts';

interface SchemaViewProps {
  readonly schema: Schema;
  readonly description: Description;
}

/** A schema as its type in one line, and its fields under it; deeper ones fold out on request, so that a loop ends. */
export function SchemaView({ schema, description }: SchemaViewProps) {
  const { fields, alternatives } = insideOf(schema, description);
  return (
    <div className="flex flex-col gap-1">
      <p className="font-mono text-xs text-ink-2">{typeLine(schema, description)}</p>
      <Inside fields={fields} alternatives={alternatives} description={description} />
    </div>
  );
}

interface InsideProps {
  readonly fields: readonly Field[];
  readonly alternatives: readonly Schema[];
  readonly description: Description;
}

function Inside({ fields, alternatives, description }: InsideProps) {
  return (
    <>
      {fields.length > 0 && (
        <ul className="flex flex-col rounded-md border border-line">
          {fields.map((field) => (
            <FieldRow key={field.name} field={field} description={description} />
          ))}
        </ul>
      )}
      {alternatives.map((alternative, index) => (
        <div key={resolved(alternative, description).name ?? index} className="mt-1">
          <p className="mb-1 text-xs text-ink-3">{index === 0 ? 'either' : 'or'}</p>
          <SchemaView schema={alternative} description={description} />
        </div>
      ))}
    </>
  );
}

function FieldRow({
  field,
  description,
}: {
  readonly field: Field;
  readonly description: Description;
}) {
  const [open, setOpen] = useState(false);
  const { name, schema, required } = field;
  const isBranch = hasInside(schema, description);
  const says = schema.description ?? resolved(schema, description).schema.description;
  const head = (
    <>
      <span className="font-mono text-xs font-medium">{name}</span>
      {!required && <span className="text-xs text-ink-3">optional</span>}
      <span className="min-w-0 font-mono text-xs break-words text-ink-2">
        {typeLine(schema, description)}
      </span>
    </>
  );
  return (
    <li className="border-b border-line px-2.5 py-1.5 last:border-b-0">
      {isBranch ? (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex w-full flex-wrap items-baseline gap-x-2 rounded text-left hover:bg-hover"
        >
          <ChevronRight
            aria-hidden
            size={12}
            className={open ? 'shrink-0 rotate-90 self-center' : 'shrink-0 self-center'}
          />
          {head}
        </button>
      ) : (
        <div className="flex flex-wrap items-baseline gap-x-2 pl-5">{head}</div>
      )}
      {says !== undefined && <p className="pl-5 text-xs text-ink-2">{says}</p>}
      {open && (
        <div className="mt-1.5 pl-5">
          <Inside {...insideOf(schema, description)} description={description} />
        </div>
      )}
    </li>
  );
}
