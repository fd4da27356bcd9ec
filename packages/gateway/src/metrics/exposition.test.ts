import { expect, test } from 'vitest';
import { Exposition } from './exposition.ts';
import { METRICS } from './metric-catalogue.ts';

test('families are whole and in order, with help and type before their samples', () => {
  const text = new Exposition();
  text.value('holdfast_effects_in_flight', 3);
  text.value('holdfast_consumer_lag_events', 1, { saga: 'b' });
  text.value('holdfast_consumer_lag_events', 2, { saga: 'a' });
  expect(text.toString()).toBe(
    [
      `# HELP holdfast_consumer_lag_events ${METRICS.holdfast_consumer_lag_events.help}`,
      '# TYPE holdfast_consumer_lag_events gauge',
      'holdfast_consumer_lag_events{saga="b"} 1',
      'holdfast_consumer_lag_events{saga="a"} 2',
      '# HELP holdfast_effects_in_flight Tries that run now',
      '# TYPE holdfast_effects_in_flight gauge',
      'holdfast_effects_in_flight 3',
      '',
    ].join('\n'),
  );
});

test('buckets of a histogram count all below their bound', () => {
  const text = new Exposition();
  text.histogram(
    'holdfast_processing_duration_seconds',
    { bounds: [0.1, 1], counts: [2, 0, 1], sum: 5.5 },
    { saga: 'order' },
  );
  expect(text.toString().split('\n').slice(2)).toEqual([
    'holdfast_processing_duration_seconds_bucket{saga="order",le="0.1"} 2',
    'holdfast_processing_duration_seconds_bucket{saga="order",le="1"} 2',
    'holdfast_processing_duration_seconds_bucket{saga="order",le="+Inf"} 3',
    'holdfast_processing_duration_seconds_sum{saga="order"} 5.5',
    'holdfast_processing_duration_seconds_count{saga="order"} 3',
    '',
  ]);
});

test('what would end a label is escaped', () => {
  const text = new Exposition();
  text.value('holdfast_consumer_lag_events', 1, { saga: 'a"b\\c\nd' });
  expect(text.toString()).toContain('{saga="a\\"b\\\\c\\nd"} 1');
});

test.each([
  ['another label', { tenant: 'north' }],
  ['one more', { saga: 'a', tenant: 'north' }],
  ['none', {}],
])('labels that the catalogue does not name are refused: %s', (_, labels) => {
  expect(() => new Exposition().value('holdfast_consumer_lag_events', 1, labels)).toThrow(
    RangeError,
  );
});
