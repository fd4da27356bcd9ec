import { expect, test } from 'vitest';
import type { SettingResource } from '@holdfast/core';
import { filterSettings } from './setting-filter.ts';
import { readSettingsSearch } from './settings-search.ts';

function setting(name: string, written: string, kind: SettingResource['origin']['kind']) {
  return { name, value: written, written, origin: { kind, at: `the ${kind}` } };
}

const SETTINGS = [
  setting('http.port', '7420', 'default'),
  setting('log.level', 'debug', 'env'),
  setting('mqtt.port', '1884', 'file'),
];

test.each([
  [{}, ['http.port', 'log.level', 'mqtt.port']],
  [{ q: 'PORT' }, ['http.port', 'mqtt.port']],
  [{ q: '1884' }, ['mqtt.port']],
  [{ q: ' the env ' }, ['log.level']],
  [{ set: 'yes' }, ['log.level', 'mqtt.port']],
  [{ set: 'yes', q: 'http' }, []],
] as const)('%j leaves %j', (search, names) => {
  expect(filterSettings(SETTINGS, search).map(({ name }) => name)).toEqual(names);
});

test('an address is read, and what is not known is left out', () => {
  expect(readSettingsSearch({ view: 'alerts', q: 'disk', set: 'no' })).toEqual({
    view: 'alerts',
    q: 'disk',
  });
  expect(readSettingsSearch({ view: 'x', set: 'yes' })).toEqual({ set: 'yes' });
});
