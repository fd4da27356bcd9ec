import { useId, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Problem, undoneTitle } from './problem.tsx';
import { toast } from './toast.tsx';

/** As the API bounds it. */
const MAX_REASON = 1000;

interface ActDialogProps {
  /** What is done, as its button says: `Cancel order-42`. */
  readonly title: string;
  /** What will happen, in plain words: which effects run, what is undone, what stays. */
  readonly children: ReactNode;
  /** The word on the button: `Cancel and undo`. */
  readonly confirm: string;
  readonly danger?: boolean;
  /** Holds the button, for forms that are not filled in yet. */
  readonly ready?: boolean;
  /** Default: true. An act without a reason is recorded without one. */
  readonly reasonNeeded?: boolean;
  /** Default: that it is kept in the audit log. For acts whose reason is told to others as well. */
  readonly reasonLabel?: string;
  readonly act: (reason: string) => Promise<unknown>;
  /** Said when it is done: `order-42 is being cancelled`. */
  readonly done: string;
  readonly onClose: () => void;
}

/** An act of an operator: what will happen, a reason for the audit, and what the server says to it. */
export function ActDialog(props: ActDialogProps) {
  const {
    title,
    children,
    confirm,
    danger = false,
    ready = true,
    reasonNeeded = true,
    reasonLabel = 'Reason, kept in the audit log',
    act,
    done,
    onClose,
  } = props;
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const reasonId = useId();
  const missing = reasonNeeded && reason.trim() === '';

  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await act(reason.trim());
      toast({ tone: 'go', text: done });
      onClose();
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!missing && ready && !busy) void submit();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <div className="flex flex-col gap-3">{children}</div>
        <div className="flex flex-col gap-1">
          <label htmlFor={reasonId} className="text-xs font-medium text-ink-2">
            {reasonLabel}
            {!reasonNeeded && ' (optional)'}
          </label>
          <textarea
            id={reasonId}
            required={reasonNeeded}
            maxLength={MAX_REASON}
            rows={2}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            className="rounded-md border border-line-strong bg-surface px-2.5 py-1.5 text-sm"
          />
        </div>
        {error !== null && <Problem error={error} title={undoneTitle(error)} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Back</Button>
          <Button
            type="submit"
            look={danger ? 'danger' : 'primary'}
            busy={busy}
            disabled={missing || !ready}
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
