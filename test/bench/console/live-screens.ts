/** The screens that change while events come in, and what a person clicks there. */
import type { Locator, Page } from 'playwright-core';
import { WATCHED_DEVICE } from './what-comes.ts';

export interface LiveScreen {
  readonly name: string;
  readonly path: string;
  /** A text that stands there once its data does. */
  readonly shows: string;
  /** Clicked in turn, and where they are the same thing, there and back. None: the palette's button, as everywhere. */
  readonly clicks?: (page: Page) => readonly Locator[];
}

export const LIVE_SCREENS: readonly LiveScreen[] = [
  { name: 'Today', path: '/', shows: 'Accepted' },
  { name: 'Needs you', path: '/needs-you', shows: 'Needs you' },
  { name: 'Sagas', path: '/sagas', shows: 'function-order' },
  {
    name: 'One instance',
    path: `/sagas/device/${WATCHED_DEVICE}`,
    shows: 'Where it stands',
    clicks: (page) => [
      page.getByRole('radio', { name: 'list' }),
      page.getByRole('radio', { name: 'chart' }),
    ],
  },
  {
    name: 'Events',
    path: '/events',
    shows: 'Received',
    // One button: pauses the tail, and lets it go on.
    clicks: (page) => [page.getByRole('button', { name: /Pause|Go on/ })],
  },
  {
    name: 'Effects',
    path: '/effects',
    shows: 'function.ship',
    clicks: (page) => [page.getByText('Upstreams').first()],
  },
  { name: 'Schedules and waits', path: '/schedules', shows: 'Waits' },
  { name: 'Devices', path: '/devices', shows: 'Last payload' },
];
