/**
 * What each decision of the benchmark's three-effect order costs through the sandbox pool. Run by hand:
 *
 *     node test/bench/decisions.ts [--calls N]
 *
 * Counted is all that the engine waits for: composing the input, the messages between the threads, the program, checking
 * its answer and writing it in canonical form. Alone: one call in flight. In batches: 100 made in one tick. The least of
 * several rounds is taken, because other work on the machine only ever adds. Left out: the engine and its store. Threads
 * run from TypeScript sources.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildRelease } from '../../packages/engine/src/releases/build.ts';
import type { DecideRequest, RouteRequest } from '../../packages/engine/src/sandbox-port.ts';
import { createSandboxPool } from '../../packages/engine/src/sandbox/sandbox-pool.ts';
import { platformClock, source } from '../../packages/engine/src/sandbox/testing/hand-bundle.ts';
import { machine, say } from './bench-support.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '20000' } } });
const CALLS = Number(values.calls);
const BATCH = 100;
const ROUNDS = 20;
const SAGA = 'function-order';
const MICROS_PER_MILLI = 1000;

const { bundle } = await buildRelease(join(import.meta.dirname, 'release'));
const sandbox = createSandboxPool({ clock: platformClock });
const program = source(SAGA, bundle.files[`sagas/${SAGA}.js`] ?? '');
sandbox.load(program);
const { release } = program;
const gas = 500;
const now = 1_800_000_000_000_000;
const data = JSON.stringify({ orderId: 'o-1', amount: 42, note: 'y'.repeat(200) });

say(`# ${machine()}\n`);
say(`| µs a call | alone | in batches of ${BATCH} |`);
say('| --- | ---: | ---: |');
const route: RouteRequest = {
  release,
  saga: SAGA,
  tenant: '',
  type: 'bench.function',
  eventId: 'e1',
  data,
  now,
  gas,
  decide: false,
};
await line('key', () => sandbox.route(route));
await line('key and first decision', () => sandbox.route({ ...route, decide: true }));
let state: string | null = null;
for (const step of [null, ...['reserve', 'charge', 'ship'].map((name) => `function.${name}#1`)]) {
  const request = decision(step, state);
  await line(step === null ? 'start' : `after ${step}`, () => sandbox.decide(request));
  const answer = await sandbox.decide(request);
  if (!answer.ok) throw new Error(answer.failure.message);
  state = answer.state;
}
await sandbox.close();

function decision(step: string | null, before: string | null): DecideRequest {
  const event =
    step === null
      ? ({ kind: 'start', type: 'bench.function', id: 'e1', step, data } as const)
      : ({ kind: 'effect', type: 'effect.succeeded', id: 'e2', step, data: '{"ok":1}' } as const);
  const seed = 'ab'.repeat(16);
  const input = { saga: SAGA, tenant: '', key: 'o-1', run: 1, state: before, event, now, seed };
  return { release, saga: SAGA, input, gas };
}

async function line(name: string, call: () => Promise<unknown>): Promise<void> {
  const one = await least(1, call);
  const many = await least(BATCH, call);
  say(`| ${name} | ${one.toFixed(1)} | ${many.toFixed(1)} |`);
}

/** Microseconds a call, the least of all rounds. */
async function least(batch: number, call: () => Promise<unknown>): Promise<number> {
  const turns = Math.ceil(CALLS / ROUNDS / batch);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    for (let turn = 0; turn < turns; turn++) {
      await Promise.all(Array.from({ length: batch }, call));
    }
    best = Math.min(best, (performance.now() - from) / (turns * batch));
  }
  return best * MICROS_PER_MILLI;
}
