/**
 * The cron triggers of `holdfast.release.yaml`: what is wrong with them, and how they stand in the manifest.
 *
 * @module
 */
import type { CronTriggerSettings, Fault, ReleaseDescription } from '@holdfast/core';
import { cronData, DEFAULT_CRON_DATA, unknownHoles } from '../cron/cron-event.ts';
import { cronFault, zoneFault } from '../cron/cron-times.ts';
import type { ReadReleaseFile } from './build-file.ts';
import { nearest } from './build-nearest.ts';
import { SchemaCheck } from './schema-check.ts';

const DEFAULT_ZONE = 'UTC';
/** Any time does to see whether an event fits its schema. */
const SOME_TIME = 0;

export function cronTriggers(
  { events }: ReleaseDescription,
  { file, at }: ReadReleaseFile,
  faults: Fault[],
): readonly CronTriggerSettings[] {
  const schemas = new Map(events.map(({ type, schema }) => [type, schema ?? null]));
  return Object.entries(file.schedules ?? {}).map(([name, given]) => {
    const trigger: CronTriggerSettings = {
      name,
      cron: given.cron,
      zone: given.zone ?? DEFAULT_ZONE,
      missed: given.missed ?? 'once',
      type: given.type,
      data: given.data ?? DEFAULT_CRON_DATA,
      tenant: given.tenant ?? '',
    };
    const fault = (key: string, message: string): void => {
      faults.push({ at: at(['schedules', name, key]), message: `schedule ${name}: ${message}` });
    };
    for (const { key, message } of cronTriggerFaults(trigger)) fault(key, message);
    const schema = schemas.get(given.type);
    if (schema === undefined) {
      fault(
        'type',
        `the code defines no event ${given.type}${nearest(given.type, [...schemas.keys()])}`,
      );
    } else {
      const text = cronData(JSON.stringify(trigger.data), SOME_TIME);
      for (const { at: where, message } of new SchemaCheck(schema).faultsOfText(text)) {
        fault('data', `its data violates the schema of ${given.type}: ${where} ${message}`);
      }
    }
    return trigger;
  });
}

/** What is wrong with a trigger by itself, and with which part of it. */
export function cronTriggerFaults({
  cron,
  zone,
  data,
}: CronTriggerSettings): readonly { readonly key: string; readonly message: string }[] {
  const found: { key: string; message: string }[] = [];
  const wrong = cronFault(cron);
  if (wrong !== null) found.push({ key: 'cron', message: `"${cron}" ${verb(wrong)}` });
  const unknown = zoneFault(zone);
  if (unknown !== null) found.push({ key: 'zone', message: `"${zone}" ${unknown}` });
  for (const hole of unknownHoles(JSON.stringify(data)))
    found.push({ key: 'data', message: `nothing fills ${hole}; there is {scheduledAt}` });
  return found;
}

/** What croner says of an expression is a sentence of its own. */
function verb(fault: string): string {
  return /^(has|never) /.test(fault) ? fault : `is no cron expression: ${fault}`;
}
