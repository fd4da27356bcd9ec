import { CircleAlert } from 'lucide-react';
import { describeError } from '../api/client.ts';
import { Button } from './button.tsx';

interface ProblemProps {
  readonly error: unknown;
  /** What was being done: `Sagas cannot be listed`. */
  readonly title?: string;
  readonly onRetry?: () => void;
}

/** A failure, with its hint and stable code. */
export function Problem({ error, title, onRetry }: ProblemProps) {
  const { message, hint, code } = describeError(error);
  return (
    <div
      role="alert"
      className="flex items-start gap-2.5 rounded-md border border-line bg-stop-wash p-3 text-stop"
    >
      <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">
        {title !== undefined && <p className="font-semibold">{title}</p>}
        <p>{message}</p>
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
