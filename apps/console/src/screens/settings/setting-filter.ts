import type { SettingResource } from '@holdfast/core';
import type { SettingsSearch } from './settings-search.ts';

/** The settings that the filters leave, in the order given. A text is looked for in name, value and origin, in any case. */
export function filterSettings(
  settings: readonly SettingResource[],
  { q, set }: Pick<SettingsSearch, 'q' | 'set'>,
): readonly SettingResource[] {
  const wanted = q?.trim().toLowerCase() ?? '';
  return settings.filter(
    ({ name, written, origin }) =>
      (set !== 'yes' || origin.kind !== 'default') &&
      [name, written, origin.at].some((text) => text.toLowerCase().includes(wanted)),
  );
}
