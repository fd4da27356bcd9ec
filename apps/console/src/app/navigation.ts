/**
 * The screens of the sidebar and the palette. A screen is added here with one line, and in `router.tsx` with another.
 *
 * @module
 */
import { Activity, CalendarClock, House, KeyRound, Package, Send, Workflow } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ScopeWire } from '@holdfast/core';

export interface NavigationItem {
  readonly to: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Without it the screen is not offered. */
  readonly scope: ScopeWire;
  /** Words that the palette also finds it by. */
  readonly words?: string;
  /** In the bar at the foot of a phone's screen; there is room for four. The others are under `More`. */
  readonly phone?: boolean;
}

export const NAVIGATION: readonly NavigationItem[] = [
  {
    to: '/',
    label: 'Today',
    icon: House,
    scope: 'view',
    words: 'overview health lost',
    phone: true,
  },
  {
    to: '/sagas',
    label: 'Sagas',
    icon: Workflow,
    scope: 'view',
    words: 'instances search',
    phone: true,
  },
  {
    to: '/effects',
    label: 'Effects',
    icon: Send,
    scope: 'view',
    words: 'upstreams breakers attempts',
  },
  {
    to: '/schedules',
    label: 'Schedules and waits',
    icon: CalendarClock,
    scope: 'view',
    words: 'timers cron waits',
  },
  { to: '/releases', label: 'Releases', icon: Package, scope: 'view', words: 'activate roll back' },
  { to: '/access', label: 'Access', icon: KeyRound, scope: 'admin', words: 'keys tenants audit' },
  { to: '/docs', label: 'API', icon: Activity, scope: 'view', words: 'docs openapi routes' },
];
