import { CircleAlert } from 'lucide-react';
import { ApiError, HoldfastError } from '@holdfast/sdk/client';
import { describeError } from '../api/client.ts';
import { Button } from './button.tsx';

interface ProblemProps {
  readonly error: unknown;
  /** What was being done: `Sagas cannot be listed`. */
  readonly title?: string | undefined;
  readonly onRetry?: () => void;
}

/** Over what was said to an act: refused, or of unknown fate because no answer came. */
export function undoneTitle(error: unknown): string | undefined {
  // What a dialog says by itself needs nothing over it.
  if (!(error instanceof HoldfastError)) return undefined;
  const isAnswer = error instanceof ApiError && error.status < 500;
  return isAnswer
    ? 'Refused: nothing was changed'
    : 'Not known whether it was done: look before you act again';
}

/** A failure, with its hint and stable code. */
export function Problem({ error, title, onRetry }: ProblemProps) {
  const { message, hint, code, faults } = describeError(error);
  return (
    <div
      role="alert"
      className="flex items-start gap-2.5 rounded-md border border-line bg-stop-wash p-3 text-stop"
    >
      <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">
        {title !== undefined && <p className="font-semibold">{title}</p>}
        <p className="break-words">{message}</p>
        {faults.length > 0 && (
          <ul className="mt-1 max-h-40 list-disc overflow-y-auto pl-4">
            {faults.map((fault) => (
              <li key={`${fault.at} ${fault.message}`} className="break-words">
                <span className="font-mono text-xs">{fault.at}</span> {fault.message}
              </li>
            ))}
          </ul>
        )}
        {hint !== undefined && <p className="mt-1 text-ink-2">{hint}</p>}
        {code !== undefined && <p className="mt-1 font-mono text-xs">{code}</p>}
      </div>
      {onRetry !== undefined && (
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
