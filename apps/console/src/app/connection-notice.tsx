import { CloudOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { LiveState } from '../api/live.ts';

/** Breaks that mend themselves sooner are not worth a word. */
const PATIENCE_MS = 1_500;

/** Says that what is on the screen may be old, while the stream of changes is broken. */
export function ConnectionNotice({ live }: { readonly live: LiveState }) {
  const [long, setLong] = useState(false);
  const broken = live === 'broken';
  useEffect(() => {
    if (!broken) {
      setLong(false);
      return undefined;
    }
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [broken]);
  return (
    <div role="status" aria-live="polite">
      {long && (
        <p className="flex items-center gap-2 border-b border-line bg-care-wash px-4 py-1.5 text-care">
          <CloudOff aria-hidden size={14} className="shrink-0" />
          The server cannot be reached. What you see may be old; trying again.
        </p>
      )}
    </div>
  );
}
