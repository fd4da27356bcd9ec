/** Sagas and effects that misbehave, each in its own way, and one of each that does not. */
import { effect, event, reducer, saga } from '@holdfast/sdk';
import { z } from 'zod';

const Data = z.object({ id: z.string(), how: z.string().optional() });

/** Short, so that a test sees the end of a try; in doubt it is made once more. */
const briefly = {
  input: z.object({ how: z.string() }),
  timeout: '1500ms',
  retry: { attempts: 2, backoff: '10ms', max: '20ms' },
  idempotency: { window: '1h' },
  inDoubt: 'retry',
  onUnknown: 'fail',
} as const;

/** It shares its process with those that end it: a call that was out when that happened is made again. */
export const good = effect(
  'good',
  { ...briefly, input: z.object({ id: z.string() }), retry: { attempts: 100, backoff: '100ms' } },
  ({ id }) => ({ seen: id }),
);

/** Where an effect function does as it is told. */
export const bad = effect('bad', briefly, async ({ how }) => {
  switch (how) {
    case 'throws':
      throw new Error('boom');
    case 'throws nothing':
      return raise(undefined);
    case 'rejects later':
      setTimeout(() => void Promise.reject(new Error('nobody listens')), 1);
      return { ok: true };
    case 'hangs':
      return new Promise(() => undefined);
    case 'spins':
      for (;;);
    case 'exits':
      process.exit(0);
    case 'kills itself':
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => undefined);
    case 'aborts':
      process.abort();
    case 'floods its output': {
      const line = `${'x'.repeat(1000)}\n`;
      for (let i = 0; i < 64_000; i += 1) process.stdout.write(line);
      return { ok: true };
    }
    case 'floods the log': {
      for (let i = 0; i < 20_000; i += 1) console.log('flood', i, 'x'.repeat(500));
      return { ok: true };
    }
    case 'answers with too much':
      return { text: 'x'.repeat(64 * 1024 * 1024) };
    case 'answers with a cycle': {
      const cycle: Record<string, unknown> = {};
      cycle['self'] = cycle;
      return cycle;
    }
    case 'takes all memory': {
      const kept: string[] = [];
      for (let i = 0; ; i += 1) kept.push(`${i}`.repeat(100_000));
    }
    default:
      return { ok: true };
  }
});

/** Throws what no program with types would. */
function raise(what: unknown): never {
  throw what;
}

export const Neighbour = event('neighbour', Data);
export const neighbour = saga('neighbour', { on: Neighbour, key: (e) => e.id }, function* (e) {
  const one = yield* good({ id: `${e.id}/1` });
  const two = yield* good({ id: `${e.id}/2` });
  return { one, two };
});

export const Effectful = event('effectful', Data);
export const effectful = saga('effectful', { on: Effectful, key: (e) => e.id }, function* (e) {
  const answer = yield* bad({ how: e.how ?? '' });
  return { answer };
});

export const Keyless = event('keyless', z.object({ id: z.string().optional() }));
export const keyless = saga('keyless', { on: Keyless, key: (e) => e.id ?? null }, function* () {
  yield* good({ id: 'keyless' });
  return {};
});

export const Program = event('program', Data);
export const program = saga('program', { on: Program, key: (e) => e.id }, function* (e) {
  yield* good({ id: e.id });
  misbehave(e.how ?? '');
  return { survived: true };
});

function misbehave(how: string): void {
  switch (how) {
    case 'throws':
      throw new Error('boom');
    case 'throws nothing':
      return raise(null);
    case 'loops':
      for (;;);
    case 'recurses':
      recurse();
      return;
    case 'recurses and catches':
      for (;;) {
        try {
          recurse();
        } catch {
          // Goes on.
        }
      }
    case 'allocates': {
      const kept: object[] = [];
      for (;;) kept.push({ some: 'thing', more: [1, 2, 3] });
    }
    case 'allocates and catches': {
      const kept: string[] = [];
      for (;;) {
        try {
          for (;;) kept.push('x'.repeat(100_000));
        } catch {
          kept.length = 0;
        }
      }
    }
    case 'allocates big strings': {
      const kept: string[] = [];
      for (let i = 0; ; i += 1) kept.push('ab'.repeat(4 * 1024 * 1024) + i);
    }
    case 'matches for ever':
      /^(a+)+$/.test(`${'a'.repeat(60)}b`);
      return;
    case 'sorts for ever':
      Array.from({ length: 2_000_000 }, (_, i) => -i).sort(() => 1);
      return;
    case 'patches Array':
      Object.assign(Array.prototype, { map: () => ['patched'] });
      return;
    case 'patches JSON':
      Object.assign(JSON, { stringify: () => '"patched"' });
      return;
    case 'patches Object':
      Object.defineProperty(Object.prototype, 'items', { value: ['patched'] });
      return;
    case 'patches the global':
      Object.defineProperty(globalThis, 'undefinedBefore', { value: 'patched', writable: false });
      if (!('undefinedBefore' in globalThis)) throw new Error('boom');
      throw new Error('boom after a patch');
    case 'reads the clock':
      Date.now();
      return;
    case 'rolls dice':
      Math.random();
      return;
    case 'sets a timer':
      setTimeout(() => undefined, 1);
      return;
    case 'calls out':
      void fetch('http://127.0.0.1:1/');
      return;
    default:
  }
}

function recurse(): number {
  return recurse() + 1;
}

function nonsense(how: string): unknown {
  switch (how) {
    case 'a number':
      return 7;
    case 'an object that looks like a step':
      return { kind: 'effect', effect: 'good', input: {} };
    case 'a promise':
      return Promise.resolve(1);
    case 'a generator':
      return good({ id: 'forgotten' });
    default:
      return undefined;
  }
}

/** Yields what is no step, as only a program without types can. */
export const Yields = event('yields', Data);
export const yields = saga('yields', { on: Yields, key: (e) => e.id }, function* (e) {
  yield nonsense(e.how ?? '') as never;
  return {};
});

/** Returns what is no JSON. */
export const Returns = event('returns', Data);
export const returns = saga('returns', { on: Returns, key: (e) => e.id }, function* (e) {
  yield* good({ id: e.id });
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const results: Readonly<Record<string, unknown>> = {
    'a cycle': cycle,
    'a big number': 1n,
    'a function': () => 1,
    'U+0000': 'a\u0000b',
    'too much': 'x'.repeat(5 * 1024 * 1024),
  };
  return results[e.how ?? ''];
});

/** Makes a step and forgets the `yield*`. */
export const Forgets = event('forgets', Data);
export const forgets = saga('forgets', { on: Forgets, key: (e) => e.id }, function* (e) {
  yield* good({ id: e.id });
  good({ id: 'forgotten' });
  return {};
});

/** Keeps what it was told in order, and breaks over one word. */
export const Told = event('told', z.object({ id: z.string(), word: z.string() }));
export const listener = reducer('listener', {
  on: { told: Told },
  key: ({ id }) => id,
  state: z.object({ words: z.array(z.string()) }),
  initial: { words: [] },
  handlers: {
    told: ({ words }, { word }) => {
      if (word === 'poison') throw new Error('boom');
      return { words: [...words, word] };
    },
  },
});
