import { useQueryClient } from '@tanstack/react-query';
import type { AlertTarget } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';

interface TestDialogProps {
  readonly target: AlertTarget;
  readonly onClose: () => void;
}

/** A message through the whole way that an alert takes. */
export function TestDialog({ target, onClose }: TestDialogProps) {
  const queries = useQueryClient();
  const act = async (reason: string): Promise<void> => {
    const { items } = await api().alerts.test(target.name, reason === '' ? undefined : reason);
    await queries.invalidateQueries({ queryKey: ['alerts'] });
    const failed = items.find(({ ok }) => !ok);
    if (failed !== undefined) {
      throw new Error(`${failed.target} did not take it: ${failed.error ?? 'no reason given'}`);
    }
  };
  return (
    <ActDialog
      title={`Test ${target.name}`}
      confirm="Send a test message"
      reasonNeeded={false}
      act={act}
      done={`${target.name} took the test message`}
      onClose={onClose}
    >
      <p>
        One message that says it is a test goes to {target.name} ({target.type}) now. Nothing else
        changes. What the target answers is shown here.
      </p>
    </ActDialog>
  );
}
