import { effectSettingsSchema } from '@holdfast/core';
import type { Store, WorkItemRow } from '@holdfast/store';
import { expect, test } from 'vitest';
import type { Unit } from './journal-writer.ts';
import { SILENT } from './log.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { RecordedTime } from './recorded-time.ts';
import type { LoadedEffect } from './releases/loaded-release.ts';
import { ManualClock } from './testing/manual-clock.ts';

const HOUR = 3_600_000;
const MANY = 20_000;

const effectOf = (concurrency: number): LoadedEffect =>
  ({
    release: 'r',
    settings: effectSettingsSchema.parse({
      name: 'pay',
      provider: { kind: 'echo' },
      timeout: 1000,
      retry: { attempts: 9, backoff: 1, max: 1, factor: 1 },
      inDoubt: 'retry',
      idempotencyWindow: HOUR,
      onUnknown: 'hold',
      concurrency,
      concurrencyPerTenant: concurrency,
      hasCheck: false,
      upstream: {
        name: 'bank',
        breaker: { window: 2, failureRate: 0.5, cooldown: 2 * HOUR, maxCooldown: 2 * HOUR },
      },
    }),
    partitionOf: ({ tenant }) => tenant,
  }) as LoadedEffect;

const rowOf = (id: number, at: number, doubtful: boolean): WorkItemRow =>
  ({
    id,
    tenant: '',
    app: 'shop',
    effect: 'pay',
    attempts: doubtful ? 1 : 0,
    firstAttemptAt: doubtful ? at : null,
    doubtful,
    dueAt: at,
  }) as WorkItemRow;

test.each([
  ['one at a time', 1, false],
  ['through the one place of a half-open breaker', 16, true],
])('any number of items past their window is given up: %s', (_, concurrency, isDown) => {
  const clock = new ManualClock();
  const start = clock.now();
  const effect = effectOf(concurrency);
  const late: number[] = [];
  const relay = new OutboxRelay({
    store: {} as Store,
    time: new RecordedTime(clock, 0),
    clock,
    epoch: 1,
    limits: { inFlight: 1024, waiting: MANY },
    submit: (unit: Unit) => unit.build([], clock.now()),
    placement: {
      active: false,
      exhausted: false,
      ackWait: 0,
      take: () => true,
      ended: () => undefined,
    },
    tries: () => Number.POSITIVE_INFINITY,
    run: () => undefined,
    pastWindow: ({ row }) => late.push(row.id),
    effectOf: () => effect,
    activeEffect: () => effect,
    log: SILENT,
    metrics: { dispatched: () => undefined },
    failed: (error) => {
      throw error;
    },
  });
  for (let id = 1; id <= MANY; id++) {
    const item = relay.lost(rowOf(id, start, true), effect);
    item.dueAt = start + (isDown ? 1000 : 2 * HOUR * 1000);
    relay.delay(item);
  }
  if (isDown) {
    const { started } = relay.enter([{ row: rowOf(MANY + 1, start, false), effect }], [], start);
    const item = started[0]?.item;
    if (item !== undefined)
      relay.ended(item, { kind: 'not_done', error: { code: 'connect', message: '' } });
    expect(relay.upstreams[0]?.state).toBe('open');
  }
  clock.advance(2 * HOUR + 1);
  expect(late).toHaveLength(MANY);
  expect(relay.runningCount).toBe(0);
});
