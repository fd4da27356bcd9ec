import { oneOf, someOf } from '../../lib/url-state.ts';

export const VIEWS = ['settings', 'alerts', 'server'] as const;
export type View = (typeof VIEWS)[number];

export interface SettingsSearch {
  /** Default `settings`, for an admin; `alerts` else. */
  readonly view?: View;
  /** Part of a setting's name, value or origin. */
  readonly q?: string;
  /** Only what differs from its default. */
  readonly set?: 'yes';
}

export function readSettingsSearch(search: Readonly<Record<string, unknown>>): SettingsSearch {
  const view = someOf(search, 'view', VIEWS)?.[0];
  const q = oneOf(search, 'q');
  return {
    ...(view === undefined ? {} : { view }),
    ...(q === undefined ? {} : { q }),
    ...(oneOf(search, 'set') === 'yes' ? { set: 'yes' as const } : {}),
  };
}
