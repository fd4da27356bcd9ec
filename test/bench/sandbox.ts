/**
 * What a call of a program costs. Run by hand:
 *
 *     node test/bench/sandbox.ts [--calls N]
 *
 * First inside one machine on this thread (QuickJS and the image put back before each call, nothing else), then through
 * the pool (composing the input, two messages between threads, checking the decision, its canonical form), alone and in
 * batches made in one tick. The programs: one that answers at once; one of 10 and one of 400 functions that parses its
 * input and asks for an effect; and the reference application's order saga, at the decision after its second effect.
 * Left out: the engine, its store, validating an event. Threads run from TypeScript sources, which makes them start
 * slower and larger than the server's bundle does.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildRelease } from '../../packages/engine/src/releases/build.ts';
import type {
  DecideAnswer,
  DecideRequest,
  Sandbox,
} from '../../packages/engine/src/sandbox-port.ts';
import { inputText } from '../../packages/engine/src/sandbox/input-text.ts';
import {
  DEFAULT_MEMORY_LIMIT_BYTES,
  DEFAULT_STACK_LIMIT_BYTES,
  LOAD_GAS,
} from '../../packages/engine/src/sandbox/limits.ts';
import { Machine } from '../../packages/engine/src/sandbox/machine.ts';
import { createSandboxPool } from '../../packages/engine/src/sandbox/sandbox-pool.ts';
import {
  decideRequest,
  handBundle,
  platformClock,
  source,
} from '../../packages/engine/src/sandbox/testing/hand-bundle.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '20000' } } });
const CALLS = Number(values.calls);
const ROUNDS = 5;
const MIB = 1024 * 1024;
const DATA =
  '{"orderId":"o-1","customer":"A customer","items":[{"sku":"margherita","qty":2}],"amount":4200}';

interface Subject {
  readonly name: string;
  readonly script: string;
  readonly request: DecideRequest;
}

function handWritten(functions: number): string {
  const inside = Array.from(
    { length: functions },
    (_, at) => `function f${at}(x) { return x + ${at}; }`,
  ).join('\n');
  return handBundle(
    `state = { n: f1(state?.n ?? 0), seen: input.event.data };
     return { items: [{ step: 'charge#' + state.n, effect: 'payment.charge', input: { orderId: input.key, amount: f2(40) } }] };`,
    { inside },
  );
}

/** The order saga before the decision that its second effect's outcome asks for. */
async function orderSaga(machine: Machine): Promise<Subject> {
  const { bundle } = await buildRelease(join(import.meta.dirname, '../../apps/restaurant'));
  const script = bundle.files['sagas/order.js'];
  if (script === undefined) throw new Error('the restaurant has no order saga');
  const image = loaded(machine, script);
  let request = decideRequest('order', { key: 'o-1', data: DATA });
  for (let outcome = 1; outcome <= 2; outcome++) {
    const result = machine.call(image, 'decide', [inputText(request.input)], request.gas);
    const [decision, state] =
      result.kind === 'text' ? result.text.toString('utf8', 1).split(/[\u0001\u0002]/) : [];
    if (decision === undefined || state === undefined) throw new Error(`order: ${result.kind}`);
    const { items } = JSON.parse(decision) as { items: readonly { step: string }[] };
    const data = '{"ticket":"t-1","chargeId":"c-1"}';
    const event = {
      kind: 'effect',
      type: 'effect.succeeded',
      id: `e${outcome}`,
      step: items[0]?.step ?? null,
      data,
    } as const;
    request = { ...request, input: { ...request.input, state, event } };
  }
  return { name: 'order saga, 3rd decision', script, request };
}

function loaded(
  machine: Machine,
  script: string,
): NonNullable<ReturnType<Machine['load']>['image']> {
  const { result, image } = machine.load(Buffer.from(script), LOAD_GAS);
  if (image === null) throw new Error(`not loaded: ${result.kind}`);
  return image;
}

/** Best of some rounds: what disturbs a round only makes it slower. */
async function microseconds(calls: number, run: () => Promise<void> | void): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await run();
    best = Math.min(best, ((performance.now() - started) * 1000) / calls);
  }
  return best;
}

function mustDecide(answer: DecideAnswer): void {
  if (!answer.ok) throw new Error(`${answer.failure.code}: ${answer.failure.message}`);
}

async function throughPool(
  sandbox: Sandbox,
  request: DecideRequest,
  batch: number,
): Promise<number> {
  const batches = Math.ceil(CALLS / ROUNDS / batch);
  const requests = Array.from({ length: batch }, (_, at) => ({
    ...request,
    input: { ...request.input, key: `k${at}` },
  }));
  return microseconds(batches * batch, async () => {
    for (let at = 0; at < batches; at++) {
      for (const answer of await Promise.all(requests.map((each) => sandbox.decide(each))))
        mustDecide(answer);
    }
  });
}

function write(name: string, ...figures: readonly (string | number)[]): void {
  const cells = figures.map((figure) =>
    (typeof figure === 'number' ? figure.toFixed(1) : figure).padStart(12),
  );
  process.stdout.write(`${name.padEnd(28)}${cells.join('')}\n`);
}

const wasm = new WebAssembly.Module(
  readFileSync(
    createRequire(join(import.meta.dirname, '../../packages/engine/package.json')).resolve(
      '@jitl/quickjs-wasmfile-release-sync/wasm',
    ),
  ),
);
const limits = { memoryLimit: DEFAULT_MEMORY_LIMIT_BYTES, stackLimit: DEFAULT_STACK_LIMIT_BYTES };
const machine = await Machine.create({ wasm, ...limits });
const subjects: readonly Subject[] = [
  { name: 'answers at once', script: handBundle(''), request: decideRequest('empty') },
  {
    name: '10 functions',
    script: handWritten(10),
    request: decideRequest('ten', { data: DATA, state: '{"n":1}' }),
  },
  {
    name: '400 functions',
    script: handWritten(400),
    request: decideRequest('many', { data: DATA, state: '{"n":1}' }),
  },
  await orderSaga(machine),
];

process.stdout.write(
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}; microseconds a call, best of ${ROUNDS}\n`,
);
write('', 'image KiB', 'machine', 'pool alone', 'batch of 10', 'of 100');
for (const { name, script, request } of subjects) {
  const image = loaded(machine, script);
  const input = inputText(request.input);
  const inside = await microseconds(CALLS / ROUNDS, () => {
    for (let at = 0; at < CALLS / ROUNDS; at++) machine.call(image, 'decide', [input], request.gas);
  });
  const sandbox = createSandboxPool({ clock: platformClock });
  sandbox.load(source(request.saga, script));
  await throughPool(sandbox, request, 10);
  const outside = [];
  for (const batch of [1, 10, 100]) outside.push(await throughPool(sandbox, request, batch));
  write(name, (image.low.length + image.high.length) / 1024, inside, ...outside);
  await sandbox.close();
}

const [, ten] = subjects;
if (ten !== undefined) {
  write('', 'first ms', 'resident MiB');
  for (const threads of [1, 4]) {
    const before = process.memoryUsage.rss();
    const started = performance.now();
    const sandbox = createSandboxPool({ clock: platformClock, threads });
    sandbox.load(source('ten', ten.script));
    mustDecide(await sandbox.decide(ten.request));
    const first = performance.now() - started;
    await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        sandbox.decide({ ...ten.request, input: { ...ten.request.input, key: `k${at}` } }),
      ),
    );
    write(
      `${threads} thread${threads === 1 ? '' : 's'}, started`,
      first,
      (process.memoryUsage.rss() - before) / MIB,
    );
    await sandbox.close();
  }
}
