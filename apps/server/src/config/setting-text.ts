import type { Setting } from './setting-catalogue.ts';
import type { ServerSettings } from './settings.ts';
import { formatBytes, formatDuration } from './units.ts';

/** Stands for a value that is shown to nobody. */
export const HIDDEN = '[secret]';

/**
 * A setting's value to be shown; null where it has none. TLS files are null together where a listener is plain. One that
 * is secret is hidden.
 */
export function settingValue(settings: ServerSettings, { name, secret }: Setting): unknown {
  let value: unknown = settings;
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null) return null;
    value = Reflect.get(value, step);
  }
  return secret && value !== '' ? HIDDEN : (value ?? null);
}

/** As one would write it; `-` for none. */
export function settingText({ type }: Setting, value: unknown): string {
  if (value === null || value === '') return '-';
  if (typeof value === 'number' && type === 'duration') return formatDuration(value);
  if (typeof value === 'number' && type === 'bytes') return formatBytes(value);
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
