import { describe, expect, test } from 'vitest';
import { EffectFault, HoldfastError } from '@holdfast/core';
import type {
  EffectCall,
  EffectProvider,
  EffectResult,
  EffectSettings,
  ProviderContext,
  ProviderSettings,
  ReleaseManifest,
} from '@holdfast/core';
import { EchoProvider } from './echo-provider.ts';
import { createExecutor } from './executor.ts';
import type { ExecutorOptions } from './executor.ts';
import type { FunctionHost, FunctionValues } from './function-host.ts';
import { effectCall, platformClock } from './testing-calls.ts';

function effect(name: string, provider: ProviderSettings): EffectSettings {
  return {
    name,
    provider,
    timeout: 1000,
    retry: { attempts: 1, backoff: 0, max: 0, factor: 1 },
    inDoubt: 'hold',
    onUnknown: 'hold',
    concurrency: 1,
    concurrencyPerTenant: 1,
    hasCheck: false,
  };
}

const http: ProviderSettings = {
  kind: 'http',
  method: 'POST',
  url: 'config://BASE/x',
  headers: { authorization: 'secret://TOKEN' },
  retryStatuses: [],
  doubtStatuses: [],
};

const manifest: ReleaseManifest = {
  format: 1,
  app: 'restaurant',
  sdk: '0.1.0',
  sagas: [],
  effects: [
    effect('echo', { kind: 'echo' }),
    effect('http', http),
    effect('code', { kind: 'function' }),
  ],
  events: [],
  waits: [],
  sources: [],
  config: { BASE: 'http://release', OWN: 'own' },
  secrets: ['TOKEN'],
};

/** A provider in the place of `http` that does what the test says. */
function acting(act: (call: EffectCall, context: ProviderContext) => Promise<EffectResult>) {
  const provider: EffectProvider = {
    name: 'http',
    execute: (call, _, context) => act(call, context),
  };
  return provider;
}

const noHost: FunctionHost = {
  execute: () => Promise.reject(new Error('no function is called in this test')),
};

function executor(changes: Partial<ExecutorOptions> = {}) {
  const lines: { fields: object; message: string }[] = [];
  const log = (fields: object, message: string): void => void lines.push({ fields, message });
  const made = createExecutor({
    providers: [new EchoProvider()],
    host: noHost,
    manifest: (release) => (release === 'a'.repeat(64) ? manifest : null),
    resolveConfig: (_, name) => (name === 'BASE' ? 'http://server' : undefined),
    resolveSecret: () => 's3cret-token',
    clock: platformClock,
    log: { warn: log, error: log },
    ...changes,
  });
  return { execute: (call: EffectCall) => made.execute(call), lines };
}

const done: EffectResult = { kind: 'succeeded', output: '1' };

test('echo answers its input', async () => {
  const { execute } = executor();
  expect(await execute(effectCall({ effect: 'echo', input: '{"a":1}' }))).toEqual({
    kind: 'succeeded',
    output: '{"a":1}',
  });
});

test('an effect, a release and a provider that are not there: not done; asked about: in doubt', async () => {
  const { execute } = executor();
  for (const changes of [
    { effect: 'nope' },
    { effect: 'echo', release: 'f'.repeat(64) },
    { effect: 'http' },
  ]) {
    expect((await execute(effectCall(changes))).kind).toBe('not_done');
    expect((await execute(effectCall({ ...changes, mode: 'check' }))).kind).toBe('in_doubt');
  }
});

describe('references', () => {
  test('the server configuration goes before the release, which stands in for it', async () => {
    const seen: string[] = [];
    const provider = acting((_, { resolve }) => {
      for (const name of ['BASE', 'OWN']) seen.push(resolve({ scheme: 'config', name }));
      seen.push(resolve({ scheme: 'secret', name: 'TOKEN' }));
      return Promise.resolve(done);
    });
    await executor({ providers: [provider] }).execute(effectCall({ effect: 'http' }));
    expect(seen).toEqual(['http://server', 'own', 's3cret-token']);
  });

  test('one without a value: not done, and the provider goes no further', async () => {
    const provider = acting((_, { resolve }) => {
      resolve({ scheme: 'secret', name: 'TOKEN' });
      return Promise.resolve(done);
    });
    const { execute, lines } = executor({ providers: [provider], resolveSecret: () => undefined });
    const unset = { code: 'secret.unset', message: 'secret://TOKEN has no value' };
    expect(await execute(effectCall({ effect: 'http' }))).toEqual({
      kind: 'not_done',
      error: unset,
    });
    expect(await execute(effectCall({ effect: 'http', mode: 'check' }))).toEqual({
      kind: 'in_doubt',
      error: unset,
    });
    expect(lines).toEqual([]);
  });

  test('a resolved secret is struck from the message of an error', async () => {
    const provider = acting((_, { resolve }) => {
      const token = resolve({ scheme: 'secret', name: 'TOKEN' });
      return Promise.resolve({ kind: 'failed', error: { code: 'x', message: `bad ${token}!` } });
    });
    const { execute } = executor({ providers: [provider] });
    expect(await execute(effectCall({ effect: 'http' }))).toEqual({
      kind: 'failed',
      error: { code: 'x', message: 'bad [secret]!' },
    });
  });
});

describe('time', () => {
  test('the signal fires when it is up, and the provider may still say what it knows', async () => {
    const provider = acting(
      (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () =>
            resolve({ kind: 'not_done', error: { code: 'connect', message: '' } }),
          );
        }),
    );
    const { execute } = executor({ providers: [provider] });
    const result = await execute(effectCall({ effect: 'http', timeout: 5 }));
    expect(result.kind).toBe('not_done');
  });

  test('a provider that ignores it is cut off, in doubt and in the log', async () => {
    const provider = acting(() => new Promise(() => undefined));
    const { execute, lines } = executor({ providers: [provider] });
    expect(await execute(effectCall({ effect: 'http', timeout: 5 }))).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'timeout' },
    });
    expect(lines).toMatchObject([{ fields: { effect: 'http' } }]);
  });
});

test('a resolved secret is struck from the line about a provider that throws it', async () => {
  const provider = acting((_, { resolve }) => {
    throw new Error(`bad ${resolve({ scheme: 'secret', name: 'TOKEN' })}!`);
  });
  const { execute, lines } = executor({ providers: [provider] });
  await execute(effectCall({ effect: 'http' }));
  const text = JSON.stringify(lines);
  expect(text).toContain('Error: bad [secret]!');
  expect(text).not.toContain('bad s');
});

test('a provider that throws is in doubt and in the log, one that says what came of it is believed', async () => {
  const failure: EffectResult = { kind: 'failed', error: { code: 'template', message: 'no' } };
  const faults: Error[] = [new Error('bug'), new EffectFault(failure)];
  const provider = acting(() => Promise.reject(faults.shift() ?? new Error('none left')));
  const { execute, lines } = executor({ providers: [provider] });
  expect((await execute(effectCall({ effect: 'http' }))).kind).toBe('in_doubt');
  expect(lines).toHaveLength(1);
  expect(await execute(effectCall({ effect: 'http' }))).toEqual(failure);
  expect(lines).toHaveLength(1);
});

describe('function effects', () => {
  test('get the values that their release declares, the same object while they are the same', async () => {
    const given: FunctionValues[] = [];
    const host: FunctionHost = {
      execute: (_, values) => {
        given.push(values);
        return Promise.resolve(done);
      },
    };
    let token = 'one';
    const { execute } = executor({ host, resolveSecret: () => token });
    await execute(effectCall({ effect: 'code' }));
    await execute(effectCall({ effect: 'code' }));
    token = 'two';
    await execute(effectCall({ effect: 'code' }));
    expect(given[0]).toEqual({
      config: { BASE: 'http://server', OWN: 'own' },
      secrets: { TOKEN: 'one' },
    });
    expect(given[1]).toBe(given[0]);
    expect(given[2]?.secrets).toEqual({ TOKEN: 'two' });
  });

  test('are not called while a declared secret cannot be read', async () => {
    const resolveSecret = (): string => {
      throw new HoldfastError('config.invalid', 'the file is gone');
    };
    const unreadable = {
      code: 'secret.unreadable',
      message: 'secret://TOKEN cannot be read: the file is gone',
    };
    const { execute, lines } = executor({ resolveSecret });
    expect(await execute(effectCall({ effect: 'code' }))).toEqual({
      kind: 'not_done',
      error: unreadable,
    });
    expect(lines).toEqual([]);
  });

  test('are not called while a declared secret has no value', async () => {
    const { execute } = executor({ resolveSecret: () => undefined });
    expect(await execute(effectCall({ effect: 'code' }))).toMatchObject({
      kind: 'not_done',
      error: { code: 'secret.unset' },
    });
  });
});
