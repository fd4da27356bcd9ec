import { CloudOff } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import type { FormEvent } from 'react';
import type { Fault } from '@holdfast/core';
import type { OpenWait } from '@holdfast/core';
import { emptyDraft, readDraft } from '../../lib/field-drafts.ts';
import { formatRelative, parseTime } from '../../lib/format.ts';
import { plainLabel } from '../../lib/labels.ts';
import { fieldOf } from '../../lib/schema-fields.ts';
import { Button } from '../../ui/button.tsx';
import { SchemaForm } from '../../ui/schema-form/schema-form.tsx';
import { useNow } from '../../ui/time.tsx';
import type { Answering } from './use-answer.ts';
import { deadlineOf, isOneTouch, questionOf } from './wait-story.ts';

interface OpenWaitFormProps {
  readonly wait: OpenWait;
  readonly answer: Answering;
  /** The server cannot be asked at the moment. */
  readonly stale: boolean;
}

export function OpenWaitForm({ wait, answer, stale }: OpenWaitFormProps) {
  const field = useMemo(() => fieldOf(wait.schema), [wait.schema]);
  const [draft, setDraft] = useState(() => emptyDraft(field));
  const [typed, setTyped] = useState<readonly Fault[]>([]);
  const [declining, setDeclining] = useState(false);
  const hasFields = !(field.kind === 'json' && wait.schema === null) && !isBareObject(wait.schema);

  const complete = (): void => {
    const { value, faults } = readDraft(field, draft);
    setTyped(faults);
    if (faults.length === 0) answer.send({ as: 'completed', payload: value ?? {} });
  };
  const decline = (on: boolean): void => {
    answer.forget();
    setDeclining(on);
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    complete();
  };
  return (
    <>
      <header className="flex flex-col gap-2">
        <p className="text-sm text-ink-2">
          <AskedBy wait={wait} />
        </p>
        <h1 className="text-2xl leading-8 font-semibold text-balance">{questionOf(wait)}</h1>
        <Deadline expiresAt={wait.expiresAt} />
      </header>
      {stale && (
        <p
          role="status"
          className="flex items-center gap-2 rounded-lg bg-care-wash px-3 py-2 text-sm text-care"
        >
          <CloudOff aria-hidden size={16} className="shrink-0" />
          No connection at the moment. You can still answer; it is sent when it is back.
        </p>
      )}
      {declining ? (
        <DeclineForm answer={answer} onBack={() => decline(false)} />
      ) : (
        <form onSubmit={onSubmit} noValidate className="flex flex-1 flex-col gap-5">
          {hasFields && (
            <SchemaForm
              field={field}
              draft={draft}
              onChange={setDraft}
              faults={typed.length > 0 ? typed : (answer.refused?.faults ?? [])}
              label="Answer"
              look="plain"
            />
          )}
          <div className="mt-auto flex flex-col gap-3">
            <NotSent answer={answer} />
            <Button type="submit" look="primary" size="large" busy={answer.busy}>
              {buttonText(answer, isOneTouch(field))}
            </Button>
            <Button look="quiet" size="large" disabled={answer.busy} onClick={() => decline(true)}>
              This cannot be done
            </Button>
          </div>
        </form>
      )}
    </>
  );
}

function buttonText({ busy, unsent }: Answering, oneTouch: boolean): string {
  if (busy) return 'Sending…';
  if (unsent !== null) return 'Send again';
  return oneTouch ? 'Yes, done' : 'Send';
}

/** An object without properties takes no fields. */
function isBareObject(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return false;
  const { type, properties, additionalProperties } = schema as Readonly<Record<string, unknown>>;
  const none =
    typeof properties !== 'object' || properties === null || Object.keys(properties).length === 0;
  return (
    type === 'object' &&
    none &&
    (additionalProperties === undefined || additionalProperties === false)
  );
}

function AskedBy({ wait }: { readonly wait: OpenWait }) {
  const askedAt = parseTime(wait.askedAt);
  const now = useNow();
  return (
    <>
      Asked by <strong className="font-medium text-ink">{plainLabel(wait.saga)}</strong>
      {!Number.isNaN(askedAt) && `, ${formatRelative(askedAt, now)}`}
    </>
  );
}

function Deadline({ expiresAt }: { readonly expiresAt: string | null }) {
  const end = expiresAt === null ? null : parseTime(expiresAt);
  const now = useNow();
  const text = deadlineOf(end, now);
  return text === null ? null : <p className="text-ink-2 tabular-nums">{text}</p>;
}

/** What keeps the answer from being recorded. */
function NotSent({ answer }: { readonly answer: Answering }) {
  const { unsent, refused, busy } = answer;
  return (
    <div role="alert">
      {unsent !== null && !busy && (
        <p className="rounded-lg bg-care-wash p-3 text-care">
          Not sent: the server cannot be reached. Your answer is kept here. It is sent by itself
          when the connection is back, and counts only once.
        </p>
      )}
      {refused !== null && !busy && (
        <p className="rounded-lg bg-stop-wash p-3 text-stop">Not taken: {refused.message}</p>
      )}
    </div>
  );
}

interface DeclineFormProps {
  readonly answer: Answering;
  readonly onBack: () => void;
}

function DeclineForm({ answer, onBack }: DeclineFormProps) {
  const [message, setMessage] = useState('');
  const id = useId();
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (message.trim() !== '') answer.send({ as: 'failed', message: message.trim() });
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-1 flex-col gap-5">
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-sm font-medium text-ink-2">
          Why can it not be done?
        </label>
        <textarea
          id={id}
          required
          rows={3}
          maxLength={500}
          value={message}
          onChange={(event) => setMessage(event.target.value)}
          className="w-full rounded-lg border border-line-strong bg-surface px-3.5 py-2.5 text-base"
        />
        <p className="text-sm text-ink-2">
          What was begun is then stopped, and as a rule undone. This cannot be taken back.
        </p>
      </div>
      <div className="mt-auto flex flex-col gap-3">
        <NotSent answer={answer} />
        <Button
          type="submit"
          look="danger"
          size="large"
          busy={answer.busy}
          disabled={message.trim() === ''}
        >
          {answer.busy ? 'Sending…' : 'It cannot be done'}
        </Button>
        <Button look="quiet" size="large" onClick={onBack}>
          Back
        </Button>
      </div>
    </form>
  );
}
