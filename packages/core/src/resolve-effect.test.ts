import { describe, expect, test } from 'vitest';
import {
  type EffectFacts,
  type EffectOptions,
  effectOptionsSchema,
  gatewayOptionsSchema,
  upstreamOptionsSchema,
} from './effect-options.ts';
import { effectSettingsSchema } from './release.ts';
import { resolveEffect } from './resolve-effect.ts';

const FUNCTION: EffectFacts = { name: 'pay', hasFunction: true, hasCheck: false };

function settings(options: EffectOptions, facts: EffectFacts = FUNCTION): unknown {
  const resolved = resolveEffect(facts, options);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.faults));
  return effectSettingsSchema.parse(resolved.settings);
}

function faults(options: EffectOptions, facts: EffectFacts = FUNCTION): string[] {
  const resolved = resolveEffect(facts, options);
  return resolved.ok ? [] : resolved.faults.map(({ at, message }) => `${at}: ${message}`);
}

describe('the upstream', () => {
  const upstreamOf = (options: EffectOptions, upstreams = {}) => {
    const resolved = resolveEffect(FUNCTION, options, { upstreams });
    return resolved.ok ? resolved.settings.upstream : resolved.faults;
  };

  test('of an http effect is its host, of a function the effect, unless it is named', () => {
    const http = { kind: 'http', url: 'config://BANK/charges/{id}?to=http://x/' } as const;
    expect(upstreamOf({ provider: http })).toMatchObject({ name: 'config://BANK' });
    expect(upstreamOf({ provider: { ...http, url: 'https://bank.example/v1' } })).toMatchObject({
      name: 'https://bank.example',
    });
    expect(upstreamOf({})).toMatchObject({ name: 'pay' });
    expect(upstreamOf({ upstream: 'bank' })).toMatchObject({ name: 'bank' });
    expect(upstreamOf({ provider: 'echo' })).toBeUndefined();
  });

  test('has a breaker by its settings, or none', () => {
    const bank = { breaker: { window: 6, cooldown: '2m' } };
    expect(upstreamOf({ upstream: 'bank' }, { bank })).toEqual({
      name: 'bank',
      breaker: { window: 6, failureRate: 0.5, cooldown: 120_000, maxCooldown: 120_000 },
    });
    expect(upstreamOf({ upstream: 'bank' }, { bank: { breaker: false } })).toEqual({
      name: 'bank',
      breaker: null,
    });
  });
});

test('a fault in a breaker says what is wrong', () => {
  const messages = [true, null, { window: 2.5 }, { failureRate: 2 }].map(
    (breaker) => upstreamOptionsSchema.safeParse({ breaker }).error?.issues[0]?.message,
  );
  expect(messages).toEqual([
    'is false, or a map such as { cooldown: 30s }',
    'is false, or a map such as { cooldown: 30s }',
    expect.stringMatching(/^window: .*int/),
    expect.stringMatching(/<1/),
  ]);
});

describe('resolveEffect', () => {
  test('fills in every default', () => {
    expect(settings({})).toEqual({
      name: 'pay',
      provider: { kind: 'function' },
      upstream: {
        name: 'pay',
        breaker: { window: 20, failureRate: 0.5, cooldown: 5000, maxCooldown: 60_000 },
      },
      timeout: 30_000,
      retry: { attempts: 8, backoff: 1000, max: 60_000, factor: 2 },
      inDoubt: 'hold',
      onUnknown: 'hold',
      concurrency: 128,
      concurrencyPerTenant: 128,
      hasCheck: false,
    });
  });

  test('reads durations, and the shares of a tenant follow the whole', () => {
    expect(
      settings({
        timeout: '1.5s',
        retry: { attempts: 2, backoff: 250, max: '1m30s' },
        idempotency: { window: '24h' },
        inDoubt: 'retry',
        concurrency: 4,
      }),
    ).toMatchObject({
      timeout: 1500,
      retry: { attempts: 2, backoff: 250, max: 90_000, factor: 2 },
      idempotencyWindow: 86_400_000,
      inDoubt: 'retry',
      concurrency: 4,
      concurrencyPerTenant: 4,
    });
  });

  test('completes providers', () => {
    expect(settings({ provider: 'echo' })).toMatchObject({ provider: { kind: 'echo' } });
    expect(
      settings({
        provider: { kind: 'http', url: 'http://h/p', check: { url: 'http://h/q' } },
        inDoubt: 'check',
      }),
    ).toMatchObject({
      provider: {
        kind: 'http',
        method: 'POST',
        headers: {},
        retryStatuses: [425, 429, 503],
        doubtStatuses: [408, 500, 502, 504],
        check: { method: 'GET', url: 'http://h/q' },
      },
      hasCheck: true,
    });
    expect(settings({ provider: { kind: 'mqtt', topic: 'a/{b}' } })).toMatchObject({
      provider: { kind: 'mqtt', qos: 1, retain: false },
    });
  });

  test('refuses what could act twice, or never', () => {
    expect(faults({ inDoubt: 'retry' })).toEqual([
      expect.stringMatching(
        /^inDoubt: "retry" needs idempotency.window: how long the target honours/,
      ),
    ]);
    expect(faults({ inDoubt: 'check' })).toEqual([
      expect.stringMatching(/^inDoubt: "check" needs a `check`/),
    ]);
    expect(faults({ inDoubt: 'check' }, { ...FUNCTION, hasCheck: true })).toEqual([]);
    expect(
      faults({ inDoubt: 'check', provider: 'echo' }, { ...FUNCTION, hasCheck: true }),
    ).toHaveLength(1);
    expect(faults({}, { ...FUNCTION, hasFunction: false })).toEqual([
      'provider: has neither a function nor a provider: give it one of them',
    ]);
    expect(faults({ provider: 'echo' }, { ...FUNCTION, hasFunction: false })).toEqual([]);
    expect(faults({ timeout: 0 })).toEqual(['timeout: must be at least 1 ms']);
    expect(faults({ concurrency: 2, concurrencyPerTenant: 3 })).toEqual([
      'concurrencyPerTenant: is more than concurrency',
    ]);
    expect(faults({ provider: { kind: 'http', url: 'ftp://x' } })).toEqual([
      expect.stringMatching(/^provider\.url: starts with http/),
    ]);
  });
});

describe('effectOptionsSchema', () => {
  test.each([
    [{ timeot: '1s' }, 'timeot'],
    [{ timeout: 'soon' }, 'not a duration: "soon"'],
    [{ retry: { attempts: 0 } }, '>=1'],
    [{ provider: { kind: 'htp' } }, 'provider'],
    [{ provider: { kind: 'mqtt', topic: 'a', qos: 2 } }, 'provider'],
  ])('refuses %j', (options, message) => {
    const read = effectOptionsSchema.safeParse(options);
    expect(read.success).toBe(false);
    expect(JSON.stringify(read.error?.issues)).toContain(JSON.stringify(message).slice(1, -1));
  });
});

describe('limits by rate and by key', () => {
  test('are as they were given; a rate lets one through at a time unless it says more', () => {
    expect(
      settings({
        rate: { limit: 100, per: '1s', burst: 5 },
        key: '{account}',
        concurrencyPerKey: 1,
        ratePerKey: { limit: 10, per: '1m' },
      }),
    ).toMatchObject({
      rate: { limit: 100, per: 1000, burst: 5 },
      key: '{account}',
      concurrencyPerKey: 1,
      ratePerKey: { limit: 10, per: 60_000, burst: 1 },
    });
    expect(settings({})).not.toHaveProperty('rate');
  });

  test('an upstream has a rate of its own', () => {
    const upstreams = { pay: upstreamOptionsSchema.parse({ rate: { limit: 5, per: '1s' } }) };
    const resolved = resolveEffect(FUNCTION, {}, { upstreams });
    expect(resolved.ok && resolved.settings.upstream).toMatchObject({
      rate: { limit: 5, per: 1000, burst: 1 },
    });
  });

  test('what cannot work is refused with the fix', () => {
    expect(faults({ concurrencyPerKey: 1 })).toEqual([
      "concurrencyPerKey: needs key: what its calls have in common, for example key: '{account}'",
    ]);
    expect(faults({ key: 'all', concurrencyPerKey: 1 })[0]).toContain('all calls would have one');
    expect(faults({ rate: { limit: 1, per: 0 } })).toEqual(['rate.per: must be at least 1 ms']);
    expect(faults({ rate: { limit: 1, per: '1s', burst: 2 } })).toEqual([
      'rate.burst: is more than limit',
    ]);
    expect(effectOptionsSchema.safeParse({ rate: { limit: 0, per: '1s' } }).success).toBe(false);
  });
});

test('a URL of the input takes no secret along', () => {
  const provider = {
    kind: 'http',
    url: '{callback}',
    headers: { Authorization: 'Bearer secret://TOKEN' },
  } as const;
  expect(faults({ provider })[0]).toMatch(/^provider\.url: comes from the input, and headers/);
  expect(faults({ provider: { ...provider, headers: { 'X-Token': '{token}' } } })).toEqual([]);
  // A question goes with the same headers.
  const asks = { ...provider, url: 'https://pay.example', check: { url: '{status}' } } as const;
  expect(faults({ provider: asks })[0]).toMatch(/^provider\.check\.url: comes from the input/);
  expect(faults({ provider: { ...asks, headers: {} } })).toEqual([]);
  expect(faults({ provider: { ...provider, url: 'config://BASE/{callback}' } })).toEqual([]);
});

describe('an smtp effect', () => {
  const smtp = {
    kind: 'smtp',
    host: 'config://SMTP',
    from: 'a@b.example',
    to: '{email}',
    subject: 'Hi',
    text: 'Hello',
  } as const;

  test('asks for encryption unless it says otherwise, and stands before its server', () => {
    expect(settings({ provider: smtp })).toMatchObject({
      provider: { port: 587, secure: false, starttls: 'required', to: ['{email}'], cc: [] },
      upstream: { name: 'smtp://config://SMTP' },
    });
    expect(settings({ provider: { ...smtp, secure: true } })).toMatchObject({
      provider: { port: 465, secure: true },
    });
  });

  test('is refused without words, and where the input chooses its server', () => {
    const { text: _, ...wordless } = smtp;
    expect(faults({ provider: wordless })[0]).toContain('neither text nor html');
    expect(faults({ provider: { ...smtp, host: '{host}' } })[0]).toMatch(/provider\.host.*cannot/);
    expect(faults({ provider: { ...smtp, to: 'a@b.example, c@d.example' } })[0]).toMatch(
      /provider\.to\.0.*not one address/,
    );
  });
});

describe('credentials', () => {
  const http = { kind: 'http', url: 'https://api.example.com/' } as const;

  test('in the clear are refused, for they would be part of the release', () => {
    const inClear = { ...http, headers: { Authorization: 'Bearer abc' } };
    expect(faults({ provider: inClear })).toEqual([
      'provider.headers.Authorization: holds a secret in the clear, which would be part of the release: write secret://NAME in its place',
    ]);
    const referred = { ...http, headers: { Authorization: 'Bearer secret://TOKEN' } };
    expect(faults({ provider: referred })).toEqual([]);
    expect(faults({ provider: { ...http, headers: { Authorization: '{token}' } } })).toEqual([]);
    const mail = { from: 'a@b.example', to: 'c@d.example', subject: '', text: '' };
    const auth = { user: 'shop', password: 'hunter2' };
    const smtp = { kind: 'smtp', host: 'mail', auth, ...mail } as const;
    expect(faults({ provider: smtp })[0]).toMatch(/^provider\.auth\.password: holds a secret/);
  });
});

describe('a command', () => {
  const erp = { url: 'config://ERP/commands', headers: { Authorization: 'Bearer secret://ERP' } };
  const provider = { kind: 'gateway', gateway: 'erp' } as const;
  const bare: EffectFacts = { name: 'invoice.create', hasFunction: false, hasCheck: false };
  const resolve = (options: EffectOptions, gateway: object = erp) => {
    const gateways = { erp: gatewayOptionsSchema.parse(gateway) };
    const resolved = resolveEffect(bare, { provider, ...options }, { gateways });
    return resolved.ok ? effectSettingsSchema.parse(resolved.settings) : resolved.faults;
  };

  test('goes where its gateway is, and is held in doubt unless that knows it by its id', () => {
    expect(resolve({})).toMatchObject({
      provider: { ...erp, kind: 'gateway', gateway: 'erp', command: 'invoice.create' },
      upstream: { name: 'config://ERP' },
      inDoubt: 'hold',
    });
    const idempotent = {
      ...erp,
      idempotency: { window: '7d' },
      timeout: '5s',
      retry: { max: '5m' },
    };
    expect(resolve({ retry: { attempts: 3 } }, idempotent)).toMatchObject({
      inDoubt: 'retry',
      idempotencyWindow: 7 * 86_400_000,
      timeout: 5000,
      retry: { attempts: 3, max: 300_000 },
    });
    expect(resolve({ inDoubt: 'hold' }, idempotent)).toMatchObject({ inDoubt: 'hold' });
  });

  test('to a gateway that nobody declares is refused, and one whose place the input would choose', () => {
    const other = { provider: { kind: 'gateway', gateway: 'crm' } } as const;
    expect(resolve(other)).toEqual([
      { at: 'provider.gateway', message: expect.stringContaining('known are erp') as string },
    ]);
    expect(resolve({}, { url: 'https://erp.example/{tenant}' })).toMatchObject([
      { at: 'provider.url', message: expect.stringContaining('{tenant} cannot stand') as string },
    ]);
  });
});
