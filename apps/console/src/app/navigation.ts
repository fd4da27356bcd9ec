/**
 * The screens of the sidebar and the palette. A screen is added here with one line, and in `router.tsx` with another.
 *
 * @module
 */
import {
  Activity,
  BellRing,
  CalendarClock,
  Cpu,
  House,
  KeyRound,
  Package,
  Radio,
  Send,
  Settings,
  Workflow,
} from 'lucide-react';
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
    to: '/needs-you',
    label: 'Needs you',
    icon: BellRing,
    scope: 'view',
    words: 'attention blocked doubt quarantine redrive resolve discard',
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
    to: '/events',
    label: 'Events',
    icon: Radio,
    scope: 'view',
    words: 'journal tail live publish arrive',
    phone: true,
  },
  {
    to: '/devices',
    label: 'Devices',
    icon: Cpu,
    scope: 'view',
    words: 'mqtt clients topics retained subscriptions broker',
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
  {
    to: '/settings',
    label: 'Settings',
    icon: Settings,
    scope: 'view',
    words: 'configuration alerts ping targets version fingerprint reload drain',
  },
  { to: '/docs', label: 'API', icon: Activity, scope: 'view', words: 'docs openapi routes' },
];
