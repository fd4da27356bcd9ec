/**
 * A saga decides in the sandbox as it does in Node, where the test kit runs it: the same decisions and the same state,
 * to the byte, for hundreds of explored runs of a saga that uses every verb (I6).
 */
import { join } from 'node:path';
import { canonicalJson, type Clock, type Decision } from '@holdfast/core';
import { createSandboxPool, type Sandbox } from '@holdfast/engine';
import { buildRelease } from '@holdfast/engine/build';
import { explore, type Instance, models } from '@holdfast/sdk/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { act, branching, undoAct } from './support/branching-release/src/index.ts';

const PROJECT = join(import.meta.dirname, 'support', 'branching-release');
const RUNS = 150;
const GAS = 500;

const clock: Clock = {
  now: () => Date.now() * 1000,
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

let sandbox: Sandbox;
let release = '';

beforeAll(async () => {
  const { bundle, digest } = await buildRelease(PROJECT);
  release = digest;
  sandbox = createSandboxPool({ clock, wallLimit: 30_000 });
  sandbox.load({
    release,
    saga: 'branching',
    script: bundle.files['sagas/branching.js'] ?? '',
    sourceMap: null,
  });
});
afterAll(() => sandbox.close());

/** Hands the sandbox what the test kit handed to Node. */
async function decisionsInSandbox(instance: Instance): Promise<string[]> {
  const decisions: string[] = [];
  let state: string | null = null;
  for (const [i, { kind, type, step, data, now, seed }] of instance.sent.entries()) {
    const event = { kind, type, id: `event-${i + 1}`, step, data: JSON.stringify(data) };
    const input = {
      saga: 'branching',
      tenant: '',
      key: instance.key,
      run: 1,
      state,
      event,
      now,
      seed,
    };
    const answer = await sandbox.decide({ release, saga: 'branching', gas: GAS, input });
    if (!answer.ok) throw new Error(`${answer.failure.code}: ${answer.failure.message}`);
    decisions.push(answer.decision);
    state = answer.state;
  }
  decisions.push(state ?? '');
  return decisions;
}

test('the sandbox decides as Node does', async () => {
  const played: Instance[] = [];
  const report = explore(branching, {
    world: () => ({ count: 0 }),
    start: (random) => ({
      id: `b${Math.floor(random() * 1000)}`,
      parts: ['one', 'two', 'three'].slice(0, 1 + Math.floor(random() * 3)),
    }),
    effects: [
      models(act, (_input, world: { count: number }) => (world.count += 1)),
      models(undoAct, () => true),
    ],
    waits: { go: () => ({ fast: true }) },
    children: { part: (name: string) => name.length },
    runs: RUNS,
    check: ({ instance }) => void played.push(instance),
  });
  expect(Object.keys(report).toSorted()).toEqual(['cancelled', 'compensated', 'completed']);
  expect(played.length).toBe(RUNS);
  for (const instance of played) {
    const inNode = instance.decisions.map((decision: Decision) => canonicalJson(decision));
    expect(await decisionsInSandbox(instance)).toEqual([...inNode, JSON.stringify(instance.state)]);
  }
});
