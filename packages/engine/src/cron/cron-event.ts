/**
 * The event that a firing of a cron trigger is.
 *
 * @module
 */
import { type CronTriggerSettings, formatMicros, type JsonText, type Micros } from '@holdfast/core';

/** Stands for the scheduled time in a text of a trigger's data. */
const SCHEDULED_AT = '{scheduledAt}';

/** What a trigger's event holds where its manifest says nothing. */
export const DEFAULT_CRON_DATA: CronTriggerSettings['data'] = { scheduledAt: SCHEDULED_AT };

/** The data of the firing that was scheduled for a time. */
export function cronData(template: JsonText, scheduledAt: Micros): JsonText {
  // Neither the hole nor what fills it has a character that JSON escapes.
  return template.replaceAll(SCHEDULED_AT, formatMicros(scheduledAt));
}

/** Holes that a trigger's data has and nothing fills. */
export function unknownHoles(template: JsonText): readonly string[] {
  const holes = template.match(/\{[A-Za-z]\w*\}/g) ?? [];
  return holes.filter((hole) => hole !== SCHEDULED_AT);
}
