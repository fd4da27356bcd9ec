import { expect, test } from 'vitest';
import { decisionLines } from './decision-lines.ts';

test('says what is asked for, then how the instance stands', () => {
  expect(
    decisionLines({
      items: [
        { effect: 'payment.charge', step: 'payment.charge#1' },
        { effect: 'payment.charge', step: 'payment.charge#2' },
        { effect: 'kitchen.release', step: 'undo/x', undoes: 'kitchen.reserve#1' },
      ],
      waits: [{ name: 'kitchen.ready', expiresAt: 1 }],
      publishes: [{ type: 'order.paid' }],
      status: 'waiting',
      ending: null,
      blocked: null,
    }),
  ).toEqual([
    'call payment.charge',
    'call payment.charge, as payment.charge#2',
    'call kitchen.release, to undo kitchen.reserve#1',
    'wait for kitchen.ready, with a time limit',
    'publish order.paid',
    'be waiting',
  ]);
});

test.each([
  [{ ending: { as: 'completed', result: 1 } }, 'end as completed'],
  [
    { ending: { as: 'compensated', error: { message: 'declined' } } },
    'end as compensated: declined',
  ],
  [{ blocked: { message: 'undo failed' } }, 'block: undo failed'],
  [{ ignored: true }, 'nothing: the event answers nothing that is asked'],
  [{ status: 'compensating', failure: { message: 'declined' } }, 'compensate: declined'],
  // One of an older release may lack what came later.
  [{}, 'be running'],
  [null, 'be running'],
])('%j is told as %s', (decision, line) => {
  expect(decisionLines(decision)).toEqual([line]);
});
