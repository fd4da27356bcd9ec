import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { chooseTenant, chosenTenant } from '../api/client.ts';
import { may, signOut } from '../api/session.ts';
import type { Session } from '../api/session.ts';
import { cx } from '../lib/class-names.ts';
import { Button } from '../ui/button.tsx';
import { toast } from '../ui/toast.tsx';
import { describeError } from '../api/client.ts';
import { chooseTheme, useTheme } from './theme.ts';
import type { ThemeChoice } from './theme.ts';
import { TenantSwitch } from './tenant-switch.tsx';

const THEMES = [
  { choice: 'system', label: 'As the system', icon: Monitor },
  { choice: 'light', label: 'Light', icon: Sun },
  { choice: 'dark', label: 'Dark', icon: Moon },
] as const satisfies readonly { choice: ThemeChoice; label: string; icon: unknown }[];

/** Who is signed in, for which tenant, in which light, and the way out. */
export function SessionMenu({ session }: { readonly session: Session }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    try {
      await signOut();
    } catch (error) {
      toast({ tone: 'stop', text: describeError(error).message });
      return;
    }
    chooseTenant(undefined);
    queries.clear();
    await navigate({ to: '/login' });
  };
  return (
    <div className="flex flex-col gap-2">
      {may(session, 'admin') ? (
        <TenantSwitch
          own={session.tenant}
          chosen={chosenTenant() ?? session.tenant}
          onChoose={(tenant) => {
            chooseTenant(tenant === session.tenant ? undefined : tenant);
            queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
            void navigate({ to: '/' });
          }}
        />
      ) : (
        <p className="text-xs text-ink-2">
          Tenant{' '}
          <span className="font-mono text-ink">{session.tenant === '' ? '_' : session.tenant}</span>
        </p>
      )}
      <div className="flex items-center justify-between gap-2">
        <p
          className="min-w-0 truncate text-xs text-ink-2"
          title={`${session.name}: ${session.scopes.join(', ')}`}
        >
          {session.name}
        </p>
        <Button
          look="quiet"
          size="small"
          icon={<LogOut aria-hidden size={14} />}
          onClick={() => void leave()}
        >
          Sign out
        </Button>
      </div>
      <ThemeSwitch />
    </div>
  );
}

export function ThemeSwitch() {
  const { choice } = useTheme();
  return (
    <div
      role="radiogroup"
      aria-label="Theme"
      className="flex w-fit rounded-md border border-line p-0.5"
    >
      {THEMES.map(({ choice: one, label, icon: Icon }) => (
        <button
          key={one}
          type="button"
          role="radio"
          aria-checked={choice === one}
          aria-label={label}
          title={label}
          onClick={() => chooseTheme(one)}
          className={cx(
            'inline-flex h-6 w-8 items-center justify-center rounded',
            choice === one ? 'bg-chosen text-accent' : 'text-ink-2 hover:bg-hover',
          )}
        >
          <Icon aria-hidden size={14} />
        </button>
      ))}
    </div>
  );
}
