import { expect, test } from 'vitest';
import type { AttemptRecord, WorkerStep } from './attempt-records.ts';
import { workerFaults } from './worker-faults.ts';

const joined: readonly WorkerStep[] = [
  { worker: 'w_a', name: 'a', kind: 'joined' },
  { worker: 'w_b', name: 'b', kind: 'joined' },
];
const tried = (no: number, worker: string | null, outcome: string | null): AttemptRecord => ({
  command: 'c1',
  no,
  worker,
  outcome,
});

test('a second worker after doubt is as it must be', () => {
  const attempts = [tried(1, 'w_a', 'lost'), tried(2, 'w_b', 'succeeded')];
  expect(workerFaults({ attempts, steps: joined })).toEqual([]);
});

test.each([
  ['after an answer', [tried(1, 'w_a', 'succeeded'), tried(2, 'w_b', 'succeeded')]],
  ['while the first had no end', [tried(1, 'w_a', null), tried(2, 'w_b', 'succeeded')]],
  ['by nobody who joined', [tried(1, 'w_c', 'succeeded')]],
  ['by the server itself', [tried(1, null, 'succeeded')]],
  ['that is not the next', [tried(2, 'w_a', 'succeeded')]],
])('an attempt %s is a fault', (_, attempts) => {
  expect(workerFaults({ attempts, steps: joined })).not.toEqual([]);
});

test('a worker that left does nothing more', () => {
  const steps = [...joined, { worker: 'w_a', name: 'a', kind: 'left' }];
  expect(workerFaults({ attempts: [], steps })).toEqual([]);
  const after = [...steps, { worker: 'w_a', name: 'a', kind: 'lost' }];
  expect(workerFaults({ attempts: [], steps: after })).toEqual(['worker w_a: lost after left']);
});
