/**
 * Short notices that go by themselves. Said to screen readers as they come.
 *
 * @module
 */
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { IconButton } from './button.tsx';

export interface Toast {
  readonly tone: 'go' | 'stop';
  readonly text: string;
}

interface Shown extends Toast {
  readonly id: number;
}

const SHOWN_MS = 6_000;
const MOST = 4;

let shown: readonly Shown[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

export function toast(notice: Toast): void {
  lastId += 1;
  change([...shown, { ...notice, id: lastId }].slice(-MOST));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const notices = useSyncExternalStore(subscribe, () => shown);
  return (
    <div
      role="status"
      aria-live="polite"
      className="fixed right-3 bottom-20 z-50 flex w-[min(24rem,calc(100vw-1.5rem))] flex-col gap-2 md:bottom-3"
    >
      {notices.map((notice) => (
        <Notice key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function Notice({ notice }: { readonly notice: Shown }) {
  const { id, tone, text } = notice;
  useEffect(() => {
    const timer = setTimeout(() => close(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id]);
  const Icon = tone === 'go' ? CircleCheck : CircleAlert;
  return (
    <div className="flex items-start gap-2 rounded-md border border-line bg-raised p-2.5 shadow-raised">
      <Icon
        aria-hidden
        size={16}
        className={tone === 'go' ? 'mt-0.5 shrink-0 text-go' : 'mt-0.5 shrink-0 text-stop'}
      />
      <p className="min-w-0 flex-1">{text}</p>
      <IconButton label="Dismiss" className="size-6" onClick={() => close(id)}>
        <X aria-hidden size={14} />
      </IconButton>
    </div>
  );
}

function close(id: number): void {
  change(shown.filter((notice) => notice.id !== id));
}
