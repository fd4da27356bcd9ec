import { Link } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import type { LiveState } from '../api/live.ts';
import { may } from '../api/session.ts';
import type { Session } from '../api/session.ts';
import { cx } from '../lib/class-names.ts';
import { NAVIGATION } from './navigation.ts';
import { NeedsYouCount } from './needs-you-count.tsx';
import { SessionMenu } from './session-menu.tsx';

interface SidebarProps {
  readonly session: Session;
  readonly live: LiveState;
  readonly onPalette: () => void;
}

const LIVE_TEXT: Readonly<Record<LiveState, string>> = {
  live: 'Live',
  connecting: 'Connecting',
  broken: 'Not live',
};

/** Navigation on a desktop. */
export function Sidebar({ session, live, onPalette }: SidebarProps) {
  return (
    <header className="flex w-52 shrink-0 flex-col border-r border-line bg-surface max-md:hidden">
      <div className="flex h-12 items-center justify-between gap-2 px-4">
        <span className="text-sm font-semibold tracking-tight">Holdfast</span>
        <span className="flex items-center gap-1.5 text-2xs text-ink-3">
          <span
            aria-hidden
            className={cx(
              'size-1.5 rounded-full',
              live === 'live' ? 'bg-go-mark' : 'border border-care-mark',
            )}
          />
          {LIVE_TEXT[live]}
        </span>
      </div>
      <button
        type="button"
        onClick={onPalette}
        className="mx-3 mb-2 flex h-8 items-center gap-2 rounded-md border border-line bg-page px-2 text-xs text-ink-2 hover:border-line-strong"
      >
        <Search aria-hidden size={14} />
        <span className="flex-1 text-left">Go to…</span>
        <kbd className="font-sans text-2xs text-ink-3">{isMac() ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <nav aria-label="Screens" className="min-h-0 flex-1 overflow-y-auto px-2">
        <ul className="flex flex-col gap-px">
          {NAVIGATION.filter(({ scope }) => may(session, scope)).map(
            ({ to, label, icon: Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  activeOptions={{ exact: to === '/', includeSearch: false }}
                  className="flex h-8 items-center gap-2.5 rounded-md px-2 text-ink-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-chosen aria-[current=page]:font-medium aria-[current=page]:text-ink"
                >
                  <Icon aria-hidden size={16} />
                  <span className="flex-1">{label}</span>
                  {to === '/needs-you' && <NeedsYouCount />}
                </Link>
              </li>
            ),
          )}
        </ul>
      </nav>
      <div className="border-t border-line p-3">
        <SessionMenu session={session} />
      </div>
    </header>
  );
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
