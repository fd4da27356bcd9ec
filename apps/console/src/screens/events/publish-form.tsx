import { Send } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import type { Fault, Json } from '@holdfast/core';
import type { EventToPublish, PublishResult } from '@holdfast/sdk/client';
import { ApiError } from '@holdfast/sdk/client';
import { api } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SchemaEditor, useEditor } from '../../ui/schema-form/schema-editor.tsx';
import { dataFaults, otherFaults, SendId } from './publishing.ts';
import { PublishedEvent } from './published-event.tsx';

interface PublishFormProps {
  readonly type: string;
  readonly schema: Json;
  /** Data to begin with. */
  readonly initial: Json | undefined;
}

interface Attributes {
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly correlationId: string;
}

const NO_ATTRIBUTES: Attributes = { id: '', source: '', subject: '', correlationId: '' };

export function PublishForm({ type, schema, initial }: PublishFormProps) {
  const editor = useEditor(schema, initial);
  const [attributes, setAttributes] = useState(NO_ATTRIBUTES);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<PublishResult | null>(null);
  const sendId = useRef(new SendId());

  const publish = async (event: EventToPublish): Promise<void> => {
    setBusy(true);
    setError(null);
    setResult(null);
    try {
      const id = attributes.id === '' ? sendId.current.of(event) : attributes.id;
      setResult(await api().publish({ ...event, id }));
      sendId.current.sent();
      setFaults([]);
    } catch (failed) {
      const all = failed instanceof ApiError ? failed.faults : [];
      const beside = dataFaults(all);
      setFaults(beside);
      // What stands beside the fields need not be said twice.
      setError(beside.length > 0 && otherFaults(all).length === 0 ? null : failed);
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (submitted: FormEvent): void => {
    submitted.preventDefault();
    const { value, faults: typed } = editor.read();
    setFaults(typed);
    if (typed.length > 0 || busy) return;
    void publish({
      type,
      ...(value === undefined ? {} : { data: value }),
      ...(attributes.source === '' ? {} : { source: attributes.source }),
      ...(attributes.subject === '' ? {} : { subject: attributes.subject }),
      ...(attributes.correlationId === '' ? {} : { correlationId: attributes.correlationId }),
    });
  };
  return (
    <form onSubmit={onSubmit} noValidate className="flex flex-col gap-4">
      <SchemaEditor editor={editor} faults={faults} label="Data" />
      <AttributeFields attributes={attributes} onChange={setAttributes} />
      {faults.length > 0 && (
        <p role="alert" className="text-stop">
          Not published: {faults.length === 1 ? 'one field needs' : `${faults.length} fields need`}{' '}
          another look.
        </p>
      )}
      {error !== null && <Problem error={error} title="Not published" />}
      <Button
        type="submit"
        look="primary"
        busy={busy}
        className="self-start"
        icon={<Send aria-hidden size={14} />}
      >
        Publish {type}
      </Button>
      {result !== null && <PublishedEvent result={result} />}
    </form>
  );
}

const FIELDS: readonly {
  readonly name: keyof Attributes;
  readonly label: string;
  readonly hint: string;
}[] = [
  {
    name: 'id',
    label: 'Id',
    hint: 'the same source and id are recorded once; made for you when empty',
  },
  { name: 'source', label: 'Source', hint: 'the name of your key when empty' },
  { name: 'subject', label: 'Subject', hint: '' },
  {
    name: 'correlationId',
    label: 'Correlation',
    hint: 'names the instance where a saga has no key of its own',
  },
];

interface AttributeFieldsProps {
  readonly attributes: Attributes;
  readonly onChange: (attributes: Attributes) => void;
}

function AttributeFields({ attributes, onChange }: AttributeFieldsProps) {
  const id = useId();
  return (
    <details className="rounded-md border border-line">
      <summary className="cursor-pointer px-3 py-2 text-xs font-medium text-ink-2">
        Envelope: id, source, subject, correlation
      </summary>
      <div className="grid gap-3 border-t border-line p-3 sm:grid-cols-2">
        {FIELDS.map(({ name, label, hint }) => (
          <div key={name} className="flex flex-col gap-1">
            <label htmlFor={`${id}-${name}`} className="text-xs font-medium text-ink-2">
              {label}
              <span className="font-normal text-ink-3"> · optional</span>
            </label>
            <input
              id={`${id}-${name}`}
              value={attributes[name]}
              spellCheck={false}
              autoComplete="off"
              aria-describedby={hint === '' ? undefined : `${id}-${name}-hint`}
              onChange={(event) => onChange({ ...attributes, [name]: event.target.value })}
              className="h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 font-mono text-xs"
            />
            {hint !== '' && (
              <p id={`${id}-${name}-hint`} className="text-xs text-ink-3">
                {hint}
              </p>
            )}
          </div>
        ))}
      </div>
    </details>
  );
}
