/**
 * The keyboard palette (Ctrl or Cmd with K): screens, theme, and an instance by `saga/key`.
 *
 * @module
 */
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { Moon, Monitor, Sun } from 'lucide-react';
import { useState } from 'react';
import { may } from '../api/session.ts';
import type { Session } from '../api/session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { NAVIGATION } from './navigation.ts';
import { chooseTheme } from './theme.ts';

interface PaletteProps {
  readonly session: Session;
  readonly onClose: () => void;
}

const ITEM =
  'flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm data-[selected=true]:bg-chosen [&>svg]:text-ink-3';
const GROUP =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3';

export function Palette({ session, onClose }: PaletteProps) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const run = (act: () => void): void => {
    onClose();
    act();
  };
  return (
    <Dialog title="Go to" bare onClose={onClose}>
      <Command label="Go to" loop>
        <Command.Input
          data-autofocus
          value={typed}
          onValueChange={setTyped}
          placeholder="Go to a screen, or type the key of an instance"
          className="h-11 w-full border-b border-line bg-transparent px-4 text-sm outline-none placeholder:text-ink-3"
        />
        <Command.List className="max-h-80 overflow-y-auto p-2">
          <Command.Group heading="Screens" className={GROUP}>
            {NAVIGATION.filter(({ scope }) => may(session, scope)).map(
              ({ to, label, icon: Icon, words }) => (
                <Command.Item
                  key={to}
                  value={`${label} ${words ?? ''}`}
                  onSelect={() => run(() => void navigate({ to }))}
                  className={ITEM}
                >
                  <Icon aria-hidden size={16} />
                  {label}
                </Command.Item>
              ),
            )}
          </Command.Group>
          {typed.trim() !== '' && (
            <Command.Group heading="Instances" className={GROUP} forceMount>
              <Command.Item
                forceMount
                value="instances by key"
                onSelect={() =>
                  run(() => void navigate({ to: '/sagas', search: { key: typed.trim() } }))
                }
                className={ITEM}
              >
                Sagas whose key begins with <span className="font-mono">{typed.trim()}</span>
              </Command.Item>
            </Command.Group>
          )}
          <Command.Group heading="Theme" className={GROUP}>
            <Command.Item
              value="theme light"
              onSelect={() => run(() => chooseTheme('light'))}
              className={ITEM}
            >
              <Sun aria-hidden size={16} /> Light
            </Command.Item>
            <Command.Item
              value="theme dark"
              onSelect={() => run(() => chooseTheme('dark'))}
              className={ITEM}
            >
              <Moon aria-hidden size={16} /> Dark
            </Command.Item>
            <Command.Item
              value="theme system"
              onSelect={() => run(() => chooseTheme('system'))}
              className={ITEM}
            >
              <Monitor aria-hidden size={16} /> As the system
            </Command.Item>
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}
