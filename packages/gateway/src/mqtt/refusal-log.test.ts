import { expect, test } from 'vitest';
import { RefusalLog } from './refusal-log.ts';

function bench() {
  const clock = { now: 0 };
  const lines: { readonly level: string; readonly fields: object }[] = [];
  const at = (level: string) => (fields: object) => void lines.push({ level, fields });
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const refusals = new RefusalLog({ monotonic: () => clock.now }, log);
  const loud = () => lines.filter(({ level }) => level !== 'debug');
  return { clock, lines, loud, refusals };
}

test('a few of a kind are told, then one now and then, with how many were left out', () => {
  const { clock, lines, loud, refusals } = bench();
  for (let n = 0; n < 1_000; n++) refusals.say('connect', { n }, 'refused');
  expect(loud()).toHaveLength(10);
  expect(lines).toHaveLength(1_000);
  clock.now += 6_000;
  refusals.say('connect', { n: 1_000 }, 'refused');
  refusals.say('connect', { n: 1_001 }, 'refused');
  expect(loud()).toHaveLength(11);
  expect(loud().at(-1)).toEqual({ level: 'warn', fields: { n: 1_000, leftOut: 990 } });
  // However long the pause, no more at once than at first.
  clock.now += 3_600_000;
  for (let n = 0; n < 100; n++) refusals.say('connect', { n }, 'refused');
  expect(loud()).toHaveLength(21);
});

test('one kind hides no other', () => {
  const { loud, refusals } = bench();
  for (let n = 0; n < 100; n++) refusals.say('room', {}, 'refused');
  refusals.say('origin', {}, 'refused');
  refusals.say('subscription', {}, 'refused', 'info');
  expect(loud().slice(10)).toEqual([
    { level: 'warn', fields: {} },
    { level: 'info', fields: {} },
  ]);
});
