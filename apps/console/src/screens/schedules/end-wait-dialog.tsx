import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ApiError } from '@holdfast/sdk/client';
import type { Fault, Json, WaitResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { waitSchemaQuery } from '../../api/wait-schema.ts';
import { plural } from '../../lib/format.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Loading } from '../../ui/loading.tsx';
import { SchemaEditor, useEditor } from '../../ui/schema-form/schema-editor.tsx';

interface EndWaitDialogProps {
  readonly wait: WaitResource;
  readonly onClose: () => void;
}

/** Completes or fails a wait in place of the party that was asked. */
export function EndWaitDialog({ wait, onClose }: EndWaitDialogProps) {
  const schema = useQuery(waitSchemaQuery(wait));
  if (schema.isPending) {
    return (
      <Dialog title={titleOf(wait)} onClose={onClose}>
        <Loading label="Asking what it takes" />
      </Dialog>
    );
  }
  // Where the schema cannot be read, raw JSON is still taken, and the server judges it.
  return <EndWait wait={wait} schema={schema.data ?? null} onClose={onClose} />;
}

function lookAgain({ length }: readonly Fault[]): string {
  return `${plural(length, 'field')} above ${length === 1 ? 'needs' : 'need'} another look.`;
}

function titleOf({ name, key }: WaitResource): string {
  return `End the wait ${name} of ${key}`;
}

function EndWait({ wait, schema, onClose }: EndWaitDialogProps & { readonly schema: Json }) {
  const { name, key, saga } = wait;
  const [fails, setFails] = useState(false);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const editor = useEditor(schema);
  const id = useId();
  const act = async (reason: string): Promise<void> => {
    if (fails) return api().waits.fail(wait, reason);
    const { value, faults: typed } = editor.read();
    setFaults(typed);
    if (typed.length > 0) throw new Error(`Not sent: ${lookAgain(typed)}`);
    try {
      await api().waits.complete(wait, value ?? {}, reason);
    } catch (refused) {
      if (!(refused instanceof ApiError) || refused.faults.length === 0) throw refused;
      setFaults(refused.faults);
      throw new Error(`Refused, the wait stays open: ${lookAgain(refused.faults)}`, {
        cause: refused,
      });
    }
  };
  return (
    <ActDialog
      title={titleOf(wait)}
      confirm={fails ? 'Fail the wait' : 'Complete the wait'}
      danger={fails}
      {...(fails ? { reasonLabel: 'Why; the saga is told this, and the audit log keeps it' } : {})}
      act={act}
      done={`${name} of ${key} is ${fails ? 'failed' : 'completed'}`}
      onClose={onClose}
    >
      <fieldset className="flex gap-4">
        <legend className="sr-only">How it ends</legend>
        {[false, true].map((failing) => (
          <label key={String(failing)} className="flex items-center gap-1.5">
            <input
              type="radio"
              name={`${id}-how`}
              checked={fails === failing}
              onChange={() => setFails(failing)}
            />
            {failing ? 'Fail' : 'Complete'}
          </label>
        ))}
      </fieldset>
      <p>
        {fails
          ? `${saga} ${key} is told that ${name} will not come. Where it does not handle that, it stops and undoes what it has done.`
          : `${saga} ${key} goes on at once with what you give here.`}{' '}
        Whoever was asked finds the wait closed. This cannot be taken back.
      </p>
      {!fails && <SchemaEditor editor={editor} faults={faults} label="Payload" />}
    </ActDialog>
  );
}
