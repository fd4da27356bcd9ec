/**
 * How authors set an effect, in code and in `holdfast.release.yaml`: durations as text, everything optional. The manifest's
 * settings go over the code's, and what neither sets takes its default here.
 *
 * @module
 */
import { z } from 'zod';
import type { Fault } from './errors.ts';
import {
  DEFAULT_BREAKER,
  DEFAULT_CONCURRENCY,
  DEFAULT_EFFECT_TIMEOUT_MS,
  type BreakerSettings,
  type EffectSettings,
  type ProviderSettings,
  providerSchema,
} from './release.ts';
import { DEFAULT_RETRY } from './retry-policy.ts';
import { parseDuration } from './time.ts';

/** Statuses of an `http` effect that say: did not happen, try again. */
export const DEFAULT_RETRY_STATUSES: readonly number[] = [425, 429, 503];
/** Statuses of an `http` effect that leave it in doubt. */
export const DEFAULT_DOUBT_STATUSES: readonly number[] = [408, 500, 502, 504];

/** A duration as text (`'10s'`) or milliseconds. */
const durationSchema = z.union([z.string(), z.number()]).superRefine((value, context) => {
  try {
    parseDuration(value);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: error instanceof Error ? error.message : String(error),
    });
  }
});

const count = z.number().int().min(1);
const statuses = z.array(z.number().int());
const body = z.json();

const providerOptionsSchema = z.union([
  z.enum(['function', 'echo']),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('function') }),
    z.strictObject({ kind: z.literal('echo') }),
    z.strictObject({
      kind: z.literal('http'),
      /** Default POST. */
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      url: z.string().min(1),
      headers: z.record(z.string(), z.string()).optional(),
      body: body.optional(),
      retryStatuses: statuses.optional(),
      doubtStatuses: statuses.optional(),
      check: z
        .strictObject({ method: z.enum(['GET', 'POST']).optional(), url: z.string().min(1) })
        .optional(),
    }),
    z.strictObject({
      kind: z.literal('mqtt'),
      topic: z.string().min(1),
      /** Default 1. */
      qos: z.union([z.literal(0), z.literal(1)]).optional(),
      /** Default false. */
      retain: z.boolean().optional(),
    }),
  ]),
]);

export const effectOptionsSchema = z.strictObject({
  /** Default `function`, where the effect has one. */
  provider: providerOptionsSchema.optional(),
  /** Of one try. Default 30 s. */
  timeout: durationSchema.optional(),
  /** Defaults: 8 attempts, backoff 1 s growing by factor 2 up to 1 min, with full jitter. */
  retry: z
    .strictObject({
      attempts: count.max(1000).optional(),
      backoff: durationSchema.optional(),
      max: durationSchema.optional(),
      factor: z.number().min(1).max(10).optional(),
    })
    .optional(),
  /** How long the target honours an idempotency key, from the first try. Without it the target is not trusted to. */
  idempotency: z.strictObject({ window: durationSchema }).optional(),
  /** What to do with a try whose outcome is unknown (I4). Default `hold`. */
  inDoubt: z.enum(['check', 'retry', 'hold']).optional(),
  /** Once tries are exhausted and the outcome is still unknown. Default `hold`. */
  onUnknown: z.enum(['hold', 'fail']).optional(),
  /**
   * What stands behind the calls: effects of one upstream share its breaker. Default: for `http` the scheme and host of
   * its URL, for functions the effect's own name.
   */
  upstream: z.string().min(1).optional(),
  /** Most calls at one time. Default 128. */
  concurrency: count.optional(),
  /** Most calls at one time for one tenant. Default: `concurrency`. */
  concurrencyPerTenant: count.optional(),
  /** `key`: the calls of one saga instance one at a time, in the order they were asked for. Default: side by side. */
  order: z.enum(['none', 'key']).optional(),
  /** Only workers of this group make its calls. Default: those of the group `default`, and the server itself. */
  group: z.string().min(1).max(128).optional(),
});

/** Of a map: what is wrong inside. */
function breakerFault(
  input: unknown,
  errors: readonly (readonly z.core.$ZodIssue[])[] | undefined,
): string {
  const inside = typeof input === 'object' && input !== null ? errors?.[1]?.[0] : undefined;
  return inside === undefined
    ? 'is false, or a map such as { cooldown: 30s }'
    : `${inside.path.map(String).join('.')}: ${inside.message}`;
}

/** Settings by upstream in `holdfast.release.yaml`. */
export const upstreamOptionsSchema = z.strictObject({
  /** `false`: calls are never suspended. Defaults: more than half of the last 20 tries, 5 s growing up to 1 min. */
  breaker: z
    .union(
      [
        z.literal(false),
        z.strictObject({
          window: z.number().int().min(2).max(10_000).optional(),
          failureRate: z.number().gt(0).lt(1).optional(),
          cooldown: durationSchema.optional(),
          maxCooldown: durationSchema.optional(),
        }),
      ],
      { error: ({ input, errors }) => breakerFault(input, errors) },
    )
    .optional(),
});

export type UpstreamOptions = z.infer<typeof upstreamOptionsSchema>;
export type EffectOptions = z.infer<typeof effectOptionsSchema>;
export type ProviderOptions = z.infer<typeof providerOptionsSchema>;

/** What the code says of an effect besides its options. */
export interface EffectFacts {
  readonly name: string;
  readonly hasFunction: boolean;
  readonly hasCheck: boolean;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
}

/** An effect's settings, or what is wrong with them; `at` names the option. */
export type ResolvedEffect =
  | { readonly ok: true; readonly settings: EffectSettings }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Settings of an effect from its options, with every default filled in. */
export function resolveEffect(
  facts: EffectFacts,
  options: EffectOptions,
  upstreams: Readonly<Record<string, UpstreamOptions>> = {},
): ResolvedEffect {
  const read = providerSchema.safeParse(providerDraft(options.provider ?? 'function'));
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => ({
      at: ['provider', ...path.map(String)].join('.'),
      message,
    }));
    return { ok: false, faults };
  }
  const provider = read.data;
  const hasCheck = checkable(provider, facts);
  const faults = faultsOf(facts, options, provider, hasCheck);
  if (faults.length > 0) return { ok: false, faults };
  const { retry = {}, concurrency = DEFAULT_CONCURRENCY } = options;
  const upstream = options.upstream ?? usualUpstream(provider, facts.name);
  const settings: EffectSettings = {
    name: facts.name,
    provider,
    ...(upstream === null
      ? {}
      : { upstream: { name: upstream, breaker: resolveBreaker(upstreams[upstream] ?? {}) } }),
    timeout: parseDuration(options.timeout ?? DEFAULT_EFFECT_TIMEOUT_MS),
    retry: {
      attempts: retry.attempts ?? DEFAULT_RETRY.attempts,
      backoff: parseDuration(retry.backoff ?? DEFAULT_RETRY.backoff),
      max: parseDuration(retry.max ?? DEFAULT_RETRY.max),
      factor: retry.factor ?? DEFAULT_RETRY.factor,
    },
    inDoubt: options.inDoubt ?? 'hold',
    ...(options.idempotency === undefined
      ? {}
      : { idempotencyWindow: parseDuration(options.idempotency.window) }),
    onUnknown: options.onUnknown ?? 'hold',
    concurrency,
    concurrencyPerTenant: options.concurrencyPerTenant ?? concurrency,
    ...(options.order === 'key' ? { order: 'key' as const } : {}),
    ...(options.group === undefined ? {} : { group: options.group }),
    hasCheck,
    ...(facts.input === undefined ? {} : { input: { ...facts.input } }),
    ...(facts.output === undefined ? {} : { output: { ...facts.output } }),
  };
  return { ok: true, settings };
}

function providerDraft(options: ProviderOptions): unknown {
  if (typeof options === 'string') return { kind: options };
  switch (options.kind) {
    case 'function':
    case 'echo':
      return options;
    case 'http':
      return {
        method: 'POST',
        headers: {},
        retryStatuses: DEFAULT_RETRY_STATUSES,
        doubtStatuses: DEFAULT_DOUBT_STATUSES,
        ...options,
        ...(options.check === undefined ? {} : { check: { method: 'GET', ...options.check } }),
      };
    case 'mqtt':
      return { qos: 1, retain: false, ...options };
  }
}

function resolveBreaker({ breaker = {} }: UpstreamOptions): BreakerSettings | null {
  if (breaker === false) return null;
  const cooldown = parseDuration(breaker.cooldown ?? DEFAULT_BREAKER.cooldown);
  return {
    window: breaker.window ?? DEFAULT_BREAKER.window,
    failureRate: breaker.failureRate ?? DEFAULT_BREAKER.failureRate,
    cooldown,
    maxCooldown: Math.max(
      cooldown,
      parseDuration(breaker.maxCooldown ?? DEFAULT_BREAKER.maxCooldown),
    ),
  };
}

/** `echo` calls nothing, and `mqtt` our own broker. */
function usualUpstream(provider: ProviderSettings, effect: string): string | null {
  switch (provider.kind) {
    case 'function':
      return effect;
    case 'http':
      return /^[a-z]+:\/\/[^/?#]+/i.exec(provider.url)?.[0] ?? effect;
    case 'echo':
    case 'mqtt':
      return null;
  }
}

function checkable(provider: ProviderSettings, facts: EffectFacts): boolean {
  switch (provider.kind) {
    case 'function':
      return facts.hasCheck;
    case 'http':
      return provider.check !== undefined;
    case 'echo':
    case 'mqtt':
      return false;
  }
}

function faultsOf(
  facts: EffectFacts,
  { inDoubt, idempotency, concurrency, concurrencyPerTenant, timeout, group }: EffectOptions,
  provider: ProviderSettings,
  hasCheck: boolean,
): Fault[] {
  const faults: Fault[] = [];
  const add = (at: string, message: string): void => void faults.push({ at, message });
  if (provider.kind === 'function' && !facts.hasFunction) {
    add('provider', 'has neither a function nor a provider: give it one of them');
  }
  if (inDoubt === 'retry' && idempotency === undefined) {
    add(
      'inDoubt',
      '"retry" needs idempotency.window: how long the target honours an idempotency key. Without that promise a second try could act twice; use "check" or "hold"',
    );
  }
  if (inDoubt === 'check' && !hasCheck) {
    add(
      'inDoubt',
      '"check" needs a `check`: how to ask the target whether an earlier try took effect',
    );
  }
  if (timeout !== undefined && parseDuration(timeout) < 1) add('timeout', 'must be at least 1 ms');
  if (
    concurrencyPerTenant !== undefined &&
    concurrencyPerTenant > (concurrency ?? DEFAULT_CONCURRENCY)
  ) {
    add('concurrencyPerTenant', 'is more than concurrency');
  }
  if (provider.kind === 'mqtt' && group !== undefined) {
    add('group', 'is not for "mqtt": the server itself publishes to its broker');
  }
  return faults;
}
