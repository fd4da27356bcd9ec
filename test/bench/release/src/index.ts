/**
 * The benchmark's sagas: the same order of three effects in turn, with effects of three kinds, with a deadline, and with
 * effects that may be held up for long; and one that only sleeps.
 *
 * @module
 */
import { effect, event, race, saga, sleep } from '@holdfast/sdk';
import { z } from 'zod';

const order = z.object({ orderId: z.string(), amount: z.number(), note: z.string() });
const input = z.object({ orderId: z.string(), amount: z.number() });
const output = z.object({ ok: z.number() });
const settings = {
  input,
  output,
  timeout: '30s',
  concurrency: 512,
  concurrencyPerTenant: 512,
  inDoubt: 'retry',
  idempotency: { window: '24h' },
} as const;

export const EchoOrder = event('bench.echo', order);
export const FunctionOrder = event('bench.function', order);
export const HttpOrder = event('bench.http', order);
export const DeadlineOrder = event('bench.deadline', order);
export const HeldOrder = event('bench.held', order);
export const Sleep = event('bench.sleep', z.object({ orderId: z.string(), ms: z.number() }));

const echoSettings = { ...settings, output: input, provider: { kind: 'echo' } } as const;
const echoReserve = effect('echo.reserve', echoSettings);
const echoCharge = effect('echo.charge', echoSettings);
const echoShip = effect('echo.ship', echoSettings);

const reserve = effect('function.reserve', settings, () => ({ ok: 1 }));
const charge = effect('function.charge', settings, () => ({ ok: 1 }));
const ship = effect('function.ship', settings, () => ({ ok: 1 }));

const httpSettings = {
  ...settings,
  provider: { kind: 'http', method: 'POST', url: 'config://TARGET_URL/call' },
} as const;
const httpReserve = effect('http.reserve', httpSettings);
const httpCharge = effect('http.charge', httpSettings);
const httpShip = effect('http.ship', httpSettings);

export const echoOrder = saga(
  'echo-order',
  { on: EchoOrder, key: (o) => o.orderId },
  function* ({ orderId, amount }) {
    const a = yield* echoReserve({ orderId, amount });
    const b = yield* echoCharge({ orderId, amount });
    const c = yield* echoShip({ orderId, amount });
    return { a, b, c };
  },
);

export const functionOrder = saga(
  'function-order',
  { on: FunctionOrder, key: (o) => o.orderId },
  function* ({ orderId, amount }) {
    const a = yield* reserve({ orderId, amount });
    const b = yield* charge({ orderId, amount });
    const c = yield* ship({ orderId, amount });
    return { a, b, c };
  },
);

export const httpOrder = saga(
  'http-order',
  { on: HttpOrder, key: (o) => o.orderId },
  function* ({ orderId, amount }) {
    const a = yield* httpReserve({ orderId, amount });
    const b = yield* httpCharge({ orderId, amount });
    const c = yield* httpShip({ orderId, amount });
    return { a, b, c };
  },
);

/** Of a service that takes its time: a call that waits for minutes is no failure. */
const heldSettings = { ...httpSettings, timeout: '1h' } as const;
const heldReserve = effect('held.reserve', heldSettings);
const heldCharge = effect('held.charge', heldSettings);
const heldShip = effect('held.ship', heldSettings);

export const heldOrder = saga(
  'held-order',
  { on: HeldOrder, key: (o) => o.orderId },
  function* ({ orderId, amount }) {
    const a = yield* heldReserve({ orderId, amount });
    const b = yield* heldCharge({ orderId, amount });
    const c = yield* heldShip({ orderId, amount });
    return { a, b, c };
  },
);

export const deadlineOrder = saga(
  'deadline-order',
  { on: DeadlineOrder, key: (o) => o.orderId },
  function* ({ orderId, amount }) {
    const a = yield* race({
      done: reserve({ orderId, amount }),
      late: sleep('15m'),
    });
    const b = yield* charge({ orderId, amount });
    const c = yield* ship({ orderId, amount });
    return { a: a.winner, b, c };
  },
);

export const sleeper = saga('sleeper', { on: Sleep, key: (o) => o.orderId }, function* ({ ms }) {
  yield* sleep(ms);
  return null;
});
