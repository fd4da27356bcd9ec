/**
 * The screens of the sidebar and the palette. A screen is added here with one line, and in `router.tsx` with another.
 *
 * @module
 */
import { Activity, House, Workflow } from 'lucide-react';
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
  { to: '/docs', label: 'API', icon: Activity, scope: 'view', words: 'docs openapi routes' },
];
