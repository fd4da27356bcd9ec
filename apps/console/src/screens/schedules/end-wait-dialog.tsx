import { useId, useState } from 'react';
import type { FormEvent } from 'react';
import type { WaitResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { readJson } from '../../lib/json-text.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Problem } from '../../ui/problem.tsx';
import { toast } from '../../ui/toast.tsx';

interface EndWaitDialogProps {
  readonly wait: Pick<WaitResource, 'saga' | 'key' | 'name'>;
  readonly onClose: () => void;
}

/** Completes or fails a wait in place of the party that was asked. */
export function EndWaitDialog({ wait, onClose }: EndWaitDialogProps) {
  const [fails, setFails] = useState(false);
  const [payload, setPayload] = useState('{}');
  const [message, setMessage] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const id = useId();
  const read = readJson(payload);
  const ready = fails ? message.trim() !== '' : read.ok;
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      if (fails) await api().waits.fail(wait, message.trim());
      else await api().waits.complete(wait, read.ok ? read.value : {});
      toast({
        tone: 'go',
        text: `${wait.name} of ${wait.key} is ${fails ? 'failed' : 'completed'}`,
      });
      onClose();
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !busy) void submit();
  };
  return (
    <Dialog title={`End the wait ${wait.name} of ${wait.key}`} onClose={onClose}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <p>
          The saga goes on at once with what you give here. Whoever was asked finds the wait closed.
        </p>
        <fieldset className="flex gap-4">
          <legend className="sr-only">How it ends</legend>
          <label className="flex items-center gap-1.5">
            <input
              type="radio"
              name={`${id}-how`}
              checked={!fails}
              onChange={() => setFails(false)}
            />
            Complete
          </label>
          <label className="flex items-center gap-1.5">
            <input
              type="radio"
              name={`${id}-how`}
              checked={fails}
              onChange={() => setFails(true)}
            />
            Fail
          </label>
        </fieldset>
        <div className="flex flex-col gap-1">
          <label htmlFor={`${id}-text`} className="text-xs font-medium text-ink-2">
            {fails
              ? 'What the saga is told'
              : 'Payload, as JSON; it is held against the wait’s schema'}
          </label>
          <textarea
            id={`${id}-text`}
            rows={3}
            spellCheck={fails}
            value={fails ? message : payload}
            aria-invalid={!fails && !read.ok}
            onChange={(event) =>
              fails ? setMessage(event.target.value) : setPayload(event.target.value)
            }
            className="rounded-md border border-line-strong bg-surface px-2.5 py-1.5 font-mono text-xs"
          />
          {!fails && !read.ok && <p className="text-xs text-stop">{read.message}</p>}
        </div>
        {error !== null && <Problem error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" look={fails ? 'danger' : 'primary'} busy={busy} disabled={!ready}>
            {fails ? 'Fail the wait' : 'Complete the wait'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
