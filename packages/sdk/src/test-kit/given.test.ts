import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { event } from '../authoring/event.ts';
import { saga } from '../authoring/saga.ts';
import { wait } from '../authoring/wait.ts';
import { race, sleep, waitFor } from '../runtime/verbs.ts';
import {
  asks,
  cancelled,
  completed,
  ends,
  failed,
  given,
  passed,
  sleeps,
  started,
  succeeded,
  unknown,
  waits,
} from './given.ts';
import { charge, order, Ready, refund, release, reserve } from './order.fixture.ts';

const placed = { orderId: 'o1', amount: 10 };
const paid = [
  started(placed),
  succeeded(reserve, { ticket: 't' }),
  succeeded(charge, { chargeId: 'c' }),
];

describe('given, when, then', () => {
  test('states all that the saga asks for now', () => {
    given(order)
      .when(started(placed))
      .then(asks(reserve, { orderId: 'o1' }));
    given(order, started(placed), succeeded(reserve, { ticket: 't' }))
      .when(failed(charge, 'card.declined'))
      .then(asks(release, { ticket: 't', orderId: 'o1' }));
    given(order, started(placed), succeeded(reserve, { ticket: 't' }))
      .when(unknown(charge))
      .then(asks(refund, {}));
    given(order, started(placed), succeeded(reserve, { ticket: 't' }))
      .when(succeeded(charge, { chargeId: 'c' }))
      .then(waits('kitchen.ready'));
    given(order, ...paid)
      .when(completed(Ready, {}))
      .then(ends('completed', { charge: 'c', shelf: 'any' }));
    given(order, ...paid)
      .when(passed('15m'))
      .then(asks(refund))
      .is('compensating');
    given(order, ...paid)
      .when(cancelled('no'))
      .then(asks(refund));
    given(order, ...paid)
      .when(passed('1m'))
      .thenNothing();
  });

  test('knows sleeps by their names: a deadline is cancelled by leaving it, and put off by sleeping again', () => {
    const Step = wait('step', z.object({}));
    const watched = saga('watched', { on: event('watch', z.object({})) }, function* () {
      for (;;) {
        const { winner } = yield* race({
          step: waitFor('step', Step),
          late: sleep('10m', { name: 'deadline' }),
        });
        if (winner === 'late') return 'late';
        yield* sleep('1m');
      }
    });
    const watching = [started({}), passed('9m'), completed(Step, {})];
    given(watched).when(started({})).then(waits('step'), sleeps('deadline'));
    given(watched, ...watching)
      .when(passed('1m'))
      .then(waits('step'), sleeps('deadline'));
    // The first one would have been due by now.
    given(watched, ...watching, passed('1m'))
      .when(passed('9m'))
      .thenNothing();
    given(watched, ...watching, passed('1m'))
      .when(passed('10m'))
      .then(ends('completed', 'late'));
  });

  test('names what is missing and what is there besides', () => {
    const when = given(order).when(started(placed));
    expect(() => when.then(asks(charge))).toThrow(
      'missing:  call payment.charge\n  besides:  call kitchen.reserve {"orderId":"o1"}',
    );
    expect(() => when.thenNothing()).toThrow('besides:  call kitchen.reserve');
    expect(() => when.then(asks(reserve, { orderId: 'other' }))).toThrow('missing');
  });

  test('whoever awaits a test that stops at when is told so', () => {
    const when = given(order).when(started(placed));
    const resolve = (): void => undefined;
    // @ts-expect-error what `await` calls it with is no expectation
    expect(() => when.then(resolve, resolve)).toThrow('say with `then`');
  });
});
