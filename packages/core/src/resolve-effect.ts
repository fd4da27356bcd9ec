/**
 * From what authors say of an effect to its settings: the manifest's settings go over the code's, and what neither sets
 * takes its default here.
 *
 * @module
 */
import { effectFaults } from './effect-faults.ts';
import type {
  EffectFacts,
  EffectOptions,
  GatewayOptions,
  ProviderOptions,
  RateOptions,
  UpstreamOptions,
} from './effect-options.ts';
import type { Fault } from './errors.ts';
import {
  type BreakerSettings,
  DEFAULT_BREAKER,
  DEFAULT_CONCURRENCY,
  DEFAULT_EFFECT_TIMEOUT_MS,
  type EffectSettings,
  type ProviderSettings,
  providerSchema,
  type RateSettings,
} from './release.ts';
import { DEFAULT_RETRY } from './retry-policy.ts';
import { parseDuration } from './time.ts';

/** Statuses of an `http` effect that say: did not happen, try again. */
export const DEFAULT_RETRY_STATUSES: readonly number[] = [425, 429, 503];
/** Statuses of an `http` effect that leave it in doubt. */
export const DEFAULT_DOUBT_STATUSES: readonly number[] = [408, 500, 502, 504];

/** An effect's settings, or what is wrong with them; `at` names the option. */
export type ResolvedEffect =
  | { readonly ok: true; readonly settings: EffectSettings }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** What a release file says besides the settings of effects. */
export interface EffectSurroundings {
  readonly upstreams?: Readonly<Record<string, UpstreamOptions>> | undefined;
  readonly gateways?: Readonly<Record<string, GatewayOptions>> | undefined;
}

/** Settings of an effect from its options, with every default filled in. */
export function resolveEffect(
  facts: EffectFacts,
  given: EffectOptions,
  { upstreams = {}, gateways = {} }: EffectSurroundings = {},
): ResolvedEffect {
  const gateway = gatewayOf(given, gateways);
  if (gateway === undefined) {
    const message = `there is no such gateway under gateways:${listed(Object.keys(gateways))}`;
    return { ok: false, faults: [{ at: 'provider.gateway', message }] };
  }
  const options = gateway === null ? given : overGateway(given, gateway);
  const read = providerSchema.safeParse(
    providerDraft(options.provider ?? 'function', facts.name, gateway),
  );
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => ({
      at: ['provider', ...path.map(String)].join('.'),
      message,
    }));
    return { ok: false, faults };
  }
  const provider = read.data;
  const hasCheck = checkable(provider, facts);
  const faults = effectFaults(facts, options, provider, hasCheck);
  if (faults.length > 0) return { ok: false, faults };
  const { retry = {}, concurrency = DEFAULT_CONCURRENCY } = options;
  const upstream = options.upstream ?? usualUpstream(provider, facts.name);
  const settings: EffectSettings = {
    name: facts.name,
    provider,
    ...(upstream === null
      ? {}
      : { upstream: resolveUpstream(upstream, upstreams[upstream] ?? {}) }),
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
    ...(options.rate === undefined ? {} : { rate: resolveRate(options.rate) }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.concurrencyPerKey === undefined
      ? {}
      : { concurrencyPerKey: options.concurrencyPerKey }),
    ...(options.ratePerKey === undefined ? {} : { ratePerKey: resolveRate(options.ratePerKey) }),
    ...(options.order === 'key' ? { order: 'key' as const } : {}),
    ...(options.group === undefined ? {} : { group: options.group }),
    hasCheck,
    ...(facts.input === undefined ? {} : { input: { ...facts.input } }),
    ...(facts.output === undefined ? {} : { output: { ...facts.output } }),
  };
  return { ok: true, settings };
}

/** Null where the effect goes to none; undefined where nobody declares it. */
function gatewayOf(
  { provider }: EffectOptions,
  gateways: Readonly<Record<string, GatewayOptions>>,
): GatewayOptions | null | undefined {
  if (typeof provider !== 'object' || provider.kind !== 'gateway') return null;
  return Object.hasOwn(gateways, provider.gateway) ? gateways[provider.gateway] : undefined;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? ', which declares none' : `; known are ${names.join(', ')}`;
}

/** A command's settings over its gateway's. A gateway that says how long it knows a command by its id is trusted to. */
function overGateway(options: EffectOptions, gateway: GatewayOptions): EffectOptions {
  const { url: _, headers: __, retryStatuses: ___, doubtStatuses: ____, ...shared } = gateway;
  const merged: EffectOptions = {
    ...shared,
    ...options,
    ...(shared.retry === undefined && options.retry === undefined
      ? {}
      : { retry: { ...shared.retry, ...options.retry } }),
  };
  return merged.idempotency === undefined ? merged : { inDoubt: 'retry', ...merged };
}

function providerDraft(
  options: ProviderOptions,
  effect: string,
  gateway: GatewayOptions | null,
): unknown {
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
    case 'gateway':
      return {
        command: effect,
        headers: {},
        retryStatuses: DEFAULT_RETRY_STATUSES,
        doubtStatuses: DEFAULT_DOUBT_STATUSES,
        ...definedOf({
          url: gateway?.url,
          headers: gateway?.headers,
          retryStatuses: gateway?.retryStatuses,
          doubtStatuses: gateway?.doubtStatuses,
        }),
        ...options,
      };
    case 'mqtt':
      return { qos: 1, retain: false, ...options };
    case 'smtp': {
      const { secure = false, to, cc = [], bcc = [] } = options;
      return {
        port: secure ? 465 : 587,
        starttls: 'required',
        ...options,
        secure,
        to: [to].flat(),
        cc: [cc].flat(),
        bcc: [bcc].flat(),
      };
    }
  }
}

function definedOf(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function resolveRate({ limit, per, burst = 1 }: RateOptions): RateSettings {
  return { limit, per: parseDuration(per), burst };
}

function resolveUpstream(name: string, options: UpstreamOptions): EffectSettings['upstream'] {
  const limit = options.rate === undefined ? {} : { rate: resolveRate(options.rate) };
  return { name, breaker: resolveBreaker(options), ...limit };
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

/** `echo` calls nothing, and `mqtt` our own broker unless it names a bridge. */
function usualUpstream(provider: ProviderSettings, effect: string): string | null {
  switch (provider.kind) {
    case 'function':
      return effect;
    case 'http':
    case 'gateway':
      return /^[a-z]+:\/\/[^/?#]+/i.exec(provider.url)?.[0] ?? effect;
    case 'smtp':
      return `smtp://${provider.host}`;
    case 'mqtt':
      return provider.bridge === undefined ? null : `bridge:${provider.bridge}`;
    case 'echo':
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
    case 'smtp':
    case 'gateway':
      return false;
  }
}
