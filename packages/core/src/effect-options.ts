/**
 * How authors set an effect, in code and in `holdfast.release.yaml`: durations as text, everything optional. See
 * `resolveEffect` for what becomes of it.
 *
 * @module
 */
import { z } from 'zod';
import { parseDuration } from './time.ts';

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
export type UpstreamOptions = z.infer<typeof upstreamOptionsSchema>;
export type EffectOptions = z.infer<typeof effectOptionsSchema>;
export type ProviderOptions = z.infer<typeof providerOptionsSchema>;
export type RateOptions = z.infer<typeof rate>;

/** What the code says of an effect besides its options. */
export interface EffectFacts {
  readonly name: string;
  readonly hasFunction: boolean;
  readonly hasCheck: boolean;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
}
