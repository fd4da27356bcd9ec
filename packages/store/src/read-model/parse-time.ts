import { HoldfastError } from '@holdfast/core';
import type { Micros } from '@holdfast/core';

/**
 * Microseconds of an RFC 3339 time. Digits past the microsecond are dropped.
 *
 * @throws HoldfastError `request.invalid` naming `field`
 */
export function parseTime(field: string, text: string): Micros {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i.exec(text);
  const whole =
    found === null ? Number.NaN : Date.parse(`${found[1] ?? ''}${found[3] ?? ''}`.toUpperCase());
  if (Number.isNaN(whole)) {
    throw new HoldfastError('request.invalid', `${field} is not an RFC 3339 time: ${text}`, {
      faults: [{ at: field, message: 'for example 2026-11-21T09:00:00Z' }],
    });
  }
  return whole * 1000 + Number((found?.[2] ?? '').padEnd(6, '0').slice(0, 6));
}
