/** Kinds of values that settings are made of. */
import { parseDuration } from '@holdfast/core';
import { z } from 'zod';
import { formatBytes, parseBytes } from './units.ts';

const MAX_PORT = 65_535;

/** How a setting's text is read, beyond its JSON type. Kept in the schema's metadata, so that the reference can say it. */
export type SettingUnit = 'duration' | 'bytes' | 'path';

/** A number of some unit, written as text or plainly; `min` in the unit's base (ms, bytes). */
function measured(
  unit: 'duration' | 'bytes',
  parse: (text: string | number) => number,
  min: number,
  minText: string,
) {
  return z
    .union([z.string(), z.number()])
    .transform((written, context) => {
      try {
        return parse(written);
      } catch (error) {
        context.addIssue({
          code: 'custom',
          message: `is ${error instanceof Error ? error.message : String(error)}`,
        });
        return z.NEVER;
      }
    })
    .refine((value) => value >= min, `must be ${minText} or more`)
    .meta({ unit });
}

/** At least `minMillis` milliseconds. */
export const duration = (minMillis: number, minText: string) =>
  measured('duration', parseDuration, minMillis, minText);
export const bytes = (min: number) => measured('bytes', parseBytes, min, formatBytes(min));
export const path = () => z.string().min(1).meta({ unit: 'path' });
export const port = () => z.int().min(0).max(MAX_PORT);
export const count = (min: number, max: number) => z.int().min(min).max(max);

/** Text that `fault` finds nothing wrong with; else it says what is. */
export const checked = (fault: (written: string) => string | null) =>
  z.string().superRefine((written, context) => {
    const message = fault(written);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

/** Read as text too, as environment variables give it. */
export const ratio = z
  .union([z.string(), z.number()])
  .transform((written) => (written === '' ? Number.NaN : Number(written)))
  .refine((value) => value >= 0 && value <= 1, 'must be a number from 0 to 1');
