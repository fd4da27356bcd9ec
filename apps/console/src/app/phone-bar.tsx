import { Link } from '@tanstack/react-router';
import { Menu, Search } from 'lucide-react';
import { useState } from 'react';
import { may } from '../api/session.ts';
import type { Session } from '../api/session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { NAVIGATION } from './navigation.ts';
import { NeedsYouCount } from './needs-you-count.tsx';
import { SessionMenu } from './session-menu.tsx';

interface PhoneBarProps {
  readonly session: Session;
  readonly onPalette: () => void;
}

const ITEM =
  'flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-2xs text-ink-2 aria-[current=page]:text-accent';

/** Navigation on a phone: a bar at the foot, and a sheet for the rest. */
export function PhoneBar({ session, onPalette }: PhoneBarProps) {
  const [open, setOpen] = useState(false);
  const allowed = NAVIGATION.filter(({ scope }) => may(session, scope));
  return (
    <>
      <nav
        aria-label="Screens"
        className="flex shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {allowed
          .filter(({ phone }) => phone === true)
          .map(({ to, label, icon: Icon }) => (
            <Link
              key={to}
              to={to}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              className={ITEM}
            >
              <span className="relative">
                <Icon aria-hidden size={18} />
                {to === '/needs-you' && (
                  <span className="absolute -top-1.5 left-3">
                    <NeedsYouCount />
                  </span>
                )}
              </span>
              <span className="truncate">{label}</span>
            </Link>
          ))}
        <button type="button" className={ITEM} onClick={onPalette}>
          <Search aria-hidden size={18} />
          Go to
        </button>
        <button type="button" className={ITEM} aria-expanded={open} onClick={() => setOpen(true)}>
          <Menu aria-hidden size={18} />
          More
        </button>
      </nav>
      {open && (
        <Dialog title="Screens" onClose={() => setOpen(false)}>
          <ul className="mb-4 grid grid-cols-2 gap-1">
            {allowed.map(({ to, label, icon: Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  onClick={() => setOpen(false)}
                  activeOptions={{ exact: to === '/', includeSearch: false }}
                  className="flex h-11 items-center gap-2.5 rounded-md px-2 hover:bg-hover aria-[current=page]:bg-chosen"
                >
                  <Icon aria-hidden size={16} />
                  {label}
                </Link>
              </li>
            ))}
          </ul>
          <SessionMenu session={session} />
        </Dialog>
      )}
    </>
  );
}
