/**
 * How authors set an effect, in code and in `holdfast.release.yaml`: durations as text, everything optional. The manifest's
 * settings go over the code's, and what neither sets takes its default here.
 *
 * @module
 */
import { z } from 'zod';
import { keyTemplateFault } from './effect-key.ts';
import type { Fault } from './errors.ts';
import {
  DEFAULT_BREAKER,
  DEFAULT_CONCURRENCY,
  DEFAULT_EFFECT_TIMEOUT_MS,
  type BreakerSettings,
  type EffectSettings,
  type ProviderSettings,
  type RateSettings,
  providerSchema,
} from './release.ts';
import { findReferences } from './references.ts';
import { DEFAULT_RETRY } from './retry-policy.ts';
import { isUrlOfInput, parseTemplate } from './template.ts';
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

/** A name or an address; IPv6 without brackets. */
const HOST = /^[A-Za-z0-9_.:-]+$/;
const count = z.number().int().min(1);
/** Calls are spread evenly: one in each `per / limit`, and `burst` at once after a quiet time (default 1). */
const rate = z.strictObject({
  limit: count.max(1_000_000),
  per: durationSchema,
  burst: count.max(1_000_000).optional(),
});
const statuses = z.array(z.number().int());
const body = z.json();
const mailAddresses = z.union([z.string(), z.array(z.string()).min(1)]);

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
      /** How many redirects are followed. Default 0. */
      redirects: z.number().int().min(0).max(10).optional(),
      /** Hosts that may have private addresses though the URL does not name them. Default none. */
      allowHosts: z
        .array(z.string().regex(HOST, 'is the name or address of a host, without scheme and port'))
        .optional(),
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
      /** What is published: the input as it stands (default), or a CloudEvent that holds it. */
      format: z.enum(['data', 'cloudevent']).optional(),
      /** A bridge of the server's configuration, to publish at that broker. Default: at our own. */
      bridge: z.string().min(1).optional(),
    }),
    z.strictObject({
      kind: z.literal('gateway'),
      /** Its name under `gateways:` in the manifest. */
      gateway: z.string().min(1),
      /** What the gateway knows the command as. Default: the effect's name. */
      command: z.string().min(1).optional(),
    }),
    z.strictObject({
      kind: z.literal('smtp'),
      host: z.string().min(1),
      /** Default 587, with `secure` 465. */
      port: z.union([z.number().int(), z.string()]).optional(),
      /** Default false. */
      secure: z.boolean().optional(),
      /** Default `required`. */
      starttls: z.enum(['required', 'optional', 'never']).optional(),
      auth: z.strictObject({ user: z.string(), password: z.string() }).optional(),
      ca: z.string().optional(),
      from: z.string(),
      to: mailAddresses,
      cc: mailAddresses.optional(),
      bcc: mailAddresses.optional(),
      replyTo: z.string().optional(),
      subject: z.string(),
      text: z.string().optional(),
      html: z.string().optional(),
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
  /** How many tries may start in how long, over all tenants: `{ limit: 10, per: '1s' }`. Default: as many as there are. */
  rate: rate.optional(),
  /** What limits per key go by: a template over the input, for example `{account}`. Keys belong to their tenant. */
  key: z.string().min(1).optional(),
  /** Most calls at one time for one key. Needs `key`. Default: `concurrencyPerTenant`. */
  concurrencyPerKey: count.optional(),
  /** As `rate`, for each key by itself. Needs `key`. */
  ratePerKey: rate.optional(),
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
  /** How many tries may start in how long, over all effects of the upstream. Default: as many as there are. */
  rate: rate.optional(),
});

/** Settings by gateway in `holdfast.release.yaml`: where commands go, and what holds for all of them. */
export const gatewayOptionsSchema = z.strictObject({
  url: z.string().min(1),
  headers: z.record(z.string(), z.string()).optional(),
  retryStatuses: statuses.optional(),
  doubtStatuses: statuses.optional(),
  ...effectOptionsSchema.pick({
    timeout: true,
    retry: true,
    idempotency: true,
    inDoubt: true,
    onUnknown: true,
    upstream: true,
  }).shape,
});

export type GatewayOptions = z.infer<typeof gatewayOptionsSchema>;
type UpstreamOptions = z.infer<typeof upstreamOptionsSchema>;
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
  const faults = faultsOf(facts, options, provider, hasCheck);
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

function resolveRate({ limit, per, burst = 1 }: z.infer<typeof rate>): RateSettings {
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

/** Headers that carry nothing but credentials. */
const CREDENTIAL_HEADER =
  /^(authorization|proxy-authorization|cookie|x-api-key|api-key|x-auth-token)$/i;

/** Where credentials stand as they are, and what should stand there. */
function openSecrets(provider: ProviderSettings): [at: string, instead: string][] {
  const isLiteral = (text: string): boolean =>
    parseTemplate(text).every(({ kind }) => kind === 'text');
  switch (provider.kind) {
    case 'http':
    case 'gateway':
      return Object.entries(provider.headers)
        .filter(([name, value]) => CREDENTIAL_HEADER.test(name) && isLiteral(value))
        .map(([name]) => [`provider.headers.${name}`, 'secret://NAME in its place']);
    case 'smtp':
      return provider.auth !== undefined && isLiteral(provider.auth.password)
        ? [['provider.auth.password', 'secret://NAME']]
        : [];
    case 'function':
    case 'echo':
    case 'mqtt':
      return [];
  }
}

function holdsSecret(...parts: readonly unknown[]): boolean {
  return findReferences(JSON.stringify(parts)).some(({ scheme }) => scheme === 'secret');
}

function faultsOf(
  facts: EffectFacts,
  options: EffectOptions,
  provider: ProviderSettings,
  hasCheck: boolean,
): Fault[] {
  const { inDoubt, idempotency, concurrency, concurrencyPerTenant, timeout, key, group } = options;
  const faults: Fault[] = [];
  const add = (at: string, message: string): void => void faults.push({ at, message });
  for (const at of ['rate', 'ratePerKey'] as const) {
    const given = options[at];
    if (given === undefined) continue;
    if (parseDuration(given.per) < 1) add(`${at}.per`, 'must be at least 1 ms');
    if ((given.burst ?? 1) > given.limit) add(`${at}.burst`, 'is more than limit');
  }
  const keyFault = key === undefined ? null : keyTemplateFault(key);
  if (keyFault !== null) add('key', keyFault);
  for (const at of ['concurrencyPerKey', 'ratePerKey'] as const) {
    if (options[at] !== undefined && key === undefined) {
      add(at, `needs key: what its calls have in common, for example key: '{account}'`);
    }
  }
  if (provider.kind === 'function' && !facts.hasFunction) {
    add('provider', 'has neither a function nor a provider: give it one of them');
  }
  if (provider.kind === 'smtp' && provider.text === undefined && provider.html === undefined) {
    add('provider', 'has neither text nor html: a message needs one of them');
  }
  for (const [at, what] of openSecrets(provider)) {
    add(at, `holds a secret in the clear, which would be part of the release: write ${what}`);
  }
  if (provider.kind === 'http') {
    const { url, headers, body, check } = provider;
    const ofInput =
      'comes from the input, and headers or body hold a secret: anybody who gives a URL would be sent it';
    if (isUrlOfInput(url) && holdsSecret(url, headers, body)) add('provider.url', ofInput);
    if (check !== undefined && isUrlOfInput(check.url) && holdsSecret(check.url, headers))
      add('provider.check.url', ofInput);
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
