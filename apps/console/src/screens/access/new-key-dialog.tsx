import { useId, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import type { NewKeyResource, ScopeWire } from '@holdfast/core';
import { api, chosenTenant } from '../../api/client.ts';
import { useSession } from '../../app/use-session.ts';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/command.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Problem } from '../../ui/problem.tsx';
import { listOf } from './key-state.ts';

const SCOPES: readonly { readonly scope: ScopeWire; readonly what: string }[] = [
  { scope: 'publish', what: 'publish events, over HTTP and MQTT' },
  { scope: 'subscribe', what: 'subscribe to MQTT topics' },
  { scope: 'view', what: 'read everything of its tenant' },
  { scope: 'operate', what: 'cancel, redrive, restart, resolve, end waits' },
  { scope: 'work', what: 'run effects as a worker' },
  { scope: 'admin', what: 'everything: releases, keys, secrets, other tenants' },
];

const EXPIRIES = [
  ['', 'never'],
  ['1d', 'in a day'],
  ['7d', 'in a week'],
  ['30d', 'in 30 days'],
  ['365d', 'in a year'],
] as const;

interface NewKeyDialogProps {
  readonly onClose: () => void;
  readonly onMade: () => Promise<void>;
}

export function NewKeyDialog({ onClose, onMade }: NewKeyDialogProps) {
  const [made, setMade] = useState<NewKeyResource | null>(null);
  if (made !== null) return <SecretOnce made={made} onClose={onClose} />;
  return (
    <KeyForm
      onClose={onClose}
      onMade={(key) => {
        setMade(key);
        void onMade();
      }}
    />
  );
}

/** The only time that the secret is shown. */
function SecretOnce({
  made,
  onClose,
}: {
  readonly made: NewKeyResource;
  readonly onClose: () => void;
}) {
  return (
    <Dialog title={`${made.key.name} is created`} onClose={onClose}>
      <p>This is the key. It is shown now and never again: Holdfast keeps only its hash.</p>
      <Command text={made.secret} />
      <p className="mt-3 text-ink-2">
        As HTTP header <code className="font-mono text-xs">Authorization: Bearer KEY</code>; as MQTT
        password, with any user name.
      </p>
      <div className="mt-4 flex justify-end">
        <Button look="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </Dialog>
  );
}

interface KeyFormProps {
  readonly onClose: () => void;
  readonly onMade: (made: NewKeyResource) => void;
}

function KeyForm({ onClose, onMade }: KeyFormProps) {
  const id = useId();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ReadonlySet<ScopeWire>>(new Set(['view']));
  const [topics, setTopics] = useState('');
  const [types, setTypes] = useState('');
  const [expiresIn, setExpiresIn] = useState('');
  const [reason, setReason] = useState('');
  const own = useSession()?.tenant ?? '';
  const tenant = chosenTenant() ?? own;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ready = name.trim() !== '' && scopes.size > 0;
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    const topicList = listOf(topics);
    const typeList = listOf(types);
    try {
      onMade(
        await api().keys.create({
          name: name.trim(),
          scopes: [...scopes],
          ...(topicList === null ? {} : { topics: [...topicList] }),
          ...(typeList === null ? {} : { types: [...typeList] }),
          ...(expiresIn === '' ? {} : { expiresIn }),
          ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
        }),
      );
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !busy) void submit();
  };
  const toggle = (scope: ScopeWire): void => {
    const next = new Set(scopes);
    if (!next.delete(scope)) next.add(scope);
    setScopes(next);
  };
  return (
    <Dialog title="Create a key" onClose={onClose}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field id={`${id}-name`} label="Name, for lists and the audit log">
          <input
            id={`${id}-name`}
            required
            maxLength={128}
            value={name}
            placeholder="kitchen display"
            onChange={(event) => setName(event.target.value)}
            className={INPUT}
          />
        </Field>
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1 text-xs font-medium text-ink-2">What it may do</legend>
          {SCOPES.map(({ scope, what }) => (
            <label key={scope} className="flex items-baseline gap-2">
              <input type="checkbox" checked={scopes.has(scope)} onChange={() => toggle(scope)} />
              <span>
                <span className="font-medium">{scope}</span>{' '}
                <span className="text-ink-2">{what}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field id={`${id}-topics`} label="Only these MQTT topics (optional)">
          <input
            id={`${id}-topics`}
            value={topics}
            placeholder="sensors/#, hf/events/order.placed"
            spellCheck={false}
            onChange={(event) => setTopics(event.target.value)}
            className={`${INPUT} font-mono text-xs`}
          />
        </Field>
        <Field id={`${id}-types`} label="Only these event types (optional)">
          <input
            id={`${id}-types`}
            value={types}
            placeholder="order.placed, stock.*"
            spellCheck={false}
            onChange={(event) => setTypes(event.target.value)}
            className={`${INPUT} font-mono text-xs`}
          />
        </Field>
        <Field id={`${id}-expires`} label="Expires">
          <select
            id={`${id}-expires`}
            value={expiresIn}
            onChange={(event) => setExpiresIn(event.target.value)}
            className={INPUT}
          >
            {EXPIRIES.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </Field>
        <Field id={`${id}-reason`} label="Reason, kept in the audit log (optional)">
          <input
            id={`${id}-reason`}
            value={reason}
            maxLength={1000}
            onChange={(event) => setReason(event.target.value)}
            className={INPUT}
          />
        </Field>
        <p className="text-ink-2">
          It belongs to the tenant{' '}
          <span className="font-mono text-xs text-ink">{tenant === '' ? '_' : tenant}</span>, works
          at once over HTTP and MQTT, and is shown once.
        </p>
        {error !== null && <Problem error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" look="primary" busy={busy} disabled={!ready}>
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const INPUT = 'h-8 w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm';

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly children: ReactNode;
}

function Field({ id, label, children }: FieldProps) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        {label}
      </label>
      {children}
    </div>
  );
}
