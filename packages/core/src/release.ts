/**
 * A built release: what `release build` writes, `register` checks and the engine runs.
 * A bundle is one JSON document `{ format, files }` of text files; its digest is SHA-256 over the canonical JSON of
 * `{ path: sha256(text) }`, so the same sources give the same digest anywhere.
 *
 * Files: `release.json` (a `ReleaseManifest`), `sagas/NAME.js` and `sagas/NAME.js.map` per saga (a script for the
 * sandbox), `effects.mjs` (effect functions for the effect host; absent when there are none).
 *
 * @module
 */
import { z } from 'zod';
import { keyTemplateFault } from './effect-key.ts';
import { isTenantId } from './ids.ts';
import { MAX_SEARCH_FIELDS, SEARCH_FIELD_NAME } from './search-fields.ts';
import {
  bodyFault,
  gatewayUrlFault,
  headerFault,
  mailAddressFault,
  settingFault,
  templateFault,
  urlTemplateFault,
} from './template.ts';

const name = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[a-zA-Z][a-zA-Z0-9._-]*$/, 'starts with a letter; letters, digits, ".", "_" and "-"');
const millis = z.number().int().min(0);
const jsonSchema = z.record(z.string(), z.unknown());
/** A check that names the fault, or null for none. */
function faultless<T>(faultOf: (value: T) => string | null) {
  return (value: T, context: z.RefinementCtx): void => {
    const fault = faultOf(value);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  };
}
const urlTemplate = z.string().superRefine(faultless(urlTemplateFault));
const headers = z.record(z.string(), z.string()).superRefine((given, context) => {
  for (const [name, value] of Object.entries(given)) {
    const message = headerFault(name, value);
    if (message !== null) context.addIssue({ code: 'custom', path: [name], message });
  }
});

const retrySchema = z.object({
  attempts: z.number().int().min(1).max(1000),
  backoff: millis,
  max: millis,
  factor: z.number().min(1).max(10),
});

const template = z.string().superRefine(faultless(templateFault));
/** One address each: `{email}`, or a name and an address, `{name} <{email}>`. */
const mailAddress = z.string().superRefine(faultless(mailAddressFault));
const mailAddresses = z.array(mailAddress);

/** How an effect's outside call is made. `function` runs in the effect host; the others are built in. */
export const providerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('function') }),
  z.object({ kind: z.literal('echo') }),
  z.object({
    kind: z.literal('http'),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    /** Holds `{field}` for encoded path segments from the input, and `config://NAME` for the base; see `template.ts`. */
    url: urlTemplate,
    headers,
    /** Structural template: a string value `{field}` is replaced by the input's value, type kept. Absent: the whole input. */
    body: z.json().superRefine(faultless(bodyFault)).optional(),
    /** Statuses that say: did not happen, try again. Default 425, 429, 503. */
    retryStatuses: z.array(z.number().int()),
    /** Statuses that leave it in doubt. Default 408, 500, 502, 504. */
    doubtStatuses: z.array(z.number().int()),
    /** How many redirects are followed. Absent: none. */
    redirects: z.number().int().min(0).max(10).optional(),
    /** Hosts besides the URL's own that may have private addresses: for URLs of the input, and redirects. */
    allowHosts: z.array(z.string().min(1)).optional(),
    /** How `inDoubt: check` asks: 2xx is "succeeded" with that body, 404 "did not happen". */
    check: z.object({ method: z.enum(['GET', 'POST']), url: urlTemplate }).optional(),
  }),
  z.object({
    kind: z.literal('gateway'),
    /** Its name under `gateways:`. */
    gateway: name,
    /** What the gateway knows the command as. */
    command: z.string().min(1),
    url: z.string().superRefine(faultless(gatewayUrlFault)),
    headers,
    retryStatuses: z.array(z.number().int()),
    doubtStatuses: z.array(z.number().int()),
  }),
  z.object({
    kind: z.literal('mqtt'),
    /** Topic with `{field}` parts; published inside the instance's tenant. */
    topic: z.string().min(1).superRefine(faultless(templateFault)),
    qos: z.union([z.literal(0), z.literal(1)]),
    retain: z.boolean(),
    /** Absent: `data`, the input as it stands. */
    format: z.enum(['data', 'cloudevent']).optional(),
    /** A bridge of the server's configuration; absent for our own broker. */
    bridge: z.string().min(1).optional(),
  }),
  z.object({
    kind: z.literal('smtp'),
    /** Name or address, or `config://NAME`. */
    host: z.string().superRefine(faultless(settingFault)),
    /** A number, or `config://NAME`. */
    port: z.union([
      z.number().int().min(1).max(65_535),
      z.string().superRefine(faultless(settingFault)),
    ]),
    /** TLS from the first byte. Without: as `starttls` says. */
    secure: z.boolean(),
    /** `required`: nothing is sent without it. `optional`: where the server offers it. `never`: in the clear. */
    starttls: z.enum(['required', 'optional', 'never']),
    auth: z
      .object({
        user: z.string().superRefine(faultless(settingFault)),
        password: z.string().superRefine(faultless(settingFault)),
      })
      .optional(),
    /** Certificates to trust besides the system's: PEM text, or `config://NAME`. */
    ca: z.string().superRefine(faultless(settingFault)).optional(),
    from: mailAddress,
    to: mailAddresses.min(1),
    cc: mailAddresses,
    bcc: mailAddresses,
    replyTo: mailAddress.optional(),
    subject: template,
    text: template.optional(),
    /** Holes of the input are escaped in it. */
    html: template.optional(),
  }),
]);

/** How many tries may start in how long. */
const rateSchema = z.object({
  limit: z.number().int().min(1).max(1_000_000),
  /** Milliseconds. */
  per: millis.min(1),
  /** How many may start at once after a quiet time. */
  burst: z.number().int().min(1).max(1_000_000),
});

/** When the calls of an upstream are suspended. */
const breakerSchema = z.object({
  /** How many of the last tries are looked at. */
  window: z.number().int().min(2).max(10_000),
  /** Opens when more than this part of them failed. */
  failureRate: z.number().gt(0).lt(1),
  /** How long none is called, the first time. Doubles each time the next call fails, up to `maxCooldown`. */
  cooldown: millis.min(1),
  maxCooldown: millis.min(1),
});

export const effectSettingsSchema = z.object({
  name,
  provider: providerSchema,
  /** What stands behind the calls; effects of one name share a breaker. Absent: nothing that can be down apart from us. */
  upstream: z
    .object({
      name: z.string().min(1),
      breaker: breakerSchema.nullable(),
      /** Over all effects of that name. */
      rate: rateSchema.optional(),
    })
    .optional(),
  timeout: millis.min(1),
  retry: retrySchema,
  /** What to do with a try of unknown outcome (I4). `retry` needs `idempotencyWindow`. */
  inDoubt: z.enum(['check', 'retry', 'hold']),
  /** How long the target honours an idempotency key, from the first try. */
  idempotencyWindow: millis.optional(),
  /** Once tries are exhausted and the outcome is still unknown: hold for a person, or tell the saga. */
  onUnknown: z.enum(['hold', 'fail']),
  /** Most calls of this effect at one time. */
  concurrency: z.number().int().min(1),
  /** Most calls of this effect at one time for one tenant. */
  concurrencyPerTenant: z.number().int().min(1),
  /** Over all tenants and keys. Absent: no limit. */
  rate: rateSchema.optional(),
  /** What the calls of one key have in common: a template over the input, for example `{account}`; see `effect-key.ts`. */
  key: z.string().superRefine(faultless(keyTemplateFault)).optional(),
  /** Most calls at one time for one key of one tenant. Absent: no limit. */
  concurrencyPerKey: z.number().int().min(1).optional(),
  /** For one key of one tenant. Absent: no limit. */
  ratePerKey: rateSchema.optional(),
  /** `key`: one call at a time for each instance, in the order they were asked for. Absent: side by side. */
  order: z.literal('key').optional(),
  /** The group of workers that makes its calls. Absent: the default group, and a server that makes calls itself. */
  group: z.string().min(1).optional(),
  /** Whether the effect's code has a `check` function, or its provider a `check` request. */
  hasCheck: z.boolean(),
  input: jsonSchema.optional(),
  output: jsonSchema.optional(),
});

export const sagaSettingsSchema = z.object({
  name,
  style: z.enum(['generator', 'reducer']),
  /** Event types that start it (generator) or that it takes (reducer). None: only a parent starts it. */
  on: z.array(z.string().min(1)),
  /** Reducers: which of `on` may open an instance. Generators: all. */
  starts: z.array(z.string().min(1)),
  /** Path of its script in the bundle. */
  script: z.string(),
  /**
   * Members that lead from an event's data to the instance's key, where its `key` does nothing but follow them. Where
   * they lead to no text the program is asked; absent: always.
   */
  keyPath: z.array(z.string()).min(1).optional(),
  pin: z.enum(['compatible', 'always']),
  restart: z.enum(['refuse', 'allow']),
  /** Tries of a failing program before its instance blocks. Minimum 1. */
  tries: z.number().int().min(1).max(10),
  /** Names of its searchable fields. Absent: none. */
  search: z.array(z.string().regex(SEARCH_FIELD_NAME)).max(MAX_SEARCH_FIELDS).optional(),
  /** Gas in interrupt ticks; one is some 5,000 loop iterations (docs/reference/sandbox.md). */
  gas: z.number().int().min(1),
});

const sourceSchema = z.object({
  /** MQTT topic filter, within the tenant. */
  mqtt: z.string().min(1),
  type: z.string().min(1),
  /** JSON pointer into the payload, or `{n}` for the topic's n-th level; absent: none. */
  id: z.string().optional(),
  correlation: z.string().optional(),
  subject: z.string().optional(),
});

/** What becomes of the runs of a cron trigger that came due while nothing could fire them. */
export const MISSED_POLICIES = ['skip', 'once', 'all'] as const;

const cronTriggerSchema = z.object({
  name,
  /** Five fields; see `docs/guide/schedules.md`. */
  cron: z.string().min(1),
  /** IANA name. */
  zone: z.string().min(1),
  missed: z.enum(MISSED_POLICIES),
  /** Type of the event that a firing is. */
  type: z.string().min(1),
  /** Its data. In a text, `{scheduledAt}` stands for the scheduled time. */
  data: z.json(),
  tenant: z.string().refine(isTenantId, 'is not a tenant'),
});

export const releaseManifestSchema = z.object({
  format: z.literal(1),
  app: name,
  /** Version of the SDK it was built with. */
  sdk: z.string(),
  sagas: z.array(sagaSettingsSchema),
  effects: z.array(effectSettingsSchema),
  events: z.array(z.object({ type: z.string().min(1), schema: jsonSchema.optional() })),
  waits: z.array(z.object({ name, title: z.string().optional(), schema: jsonSchema.optional() })),
  sources: z.array(sourceSchema),
  /** Cron triggers. Absent in releases of SDKs that knew none. */
  schedules: z.array(cronTriggerSchema).optional(),
  /** Plain values by name, for `config://NAME`. The server's own configuration may override them. */
  config: z.record(z.string(), z.string()),
  /** Names that `secret://NAME` refers to. */
  secrets: z.array(z.string()),
});

export const releaseBundleSchema = z.object({
  format: z.literal(1),
  files: z.record(z.string(), z.string()),
});

export type RateSettings = z.infer<typeof rateSchema>;
export type BreakerSettings = z.infer<typeof breakerSchema>;
export type EffectSettings = z.infer<typeof effectSettingsSchema>;
export type SagaSettings = z.infer<typeof sagaSettingsSchema>;
export type CronTriggerSettings = z.infer<typeof cronTriggerSchema>;
export type SourceSettings = z.infer<typeof sourceSchema>;
export type ReleaseManifest = z.infer<typeof releaseManifestSchema>;
export type ReleaseBundle = z.infer<typeof releaseBundleSchema>;
export type ProviderSettings = z.infer<typeof providerSchema>;

/** In ticks. Small enough that a plain endless loop meets it well before the wall limit of a call. */
export const DEFAULT_GAS = 500;
export const DEFAULT_EFFECT_TIMEOUT_MS = 30_000;
export const DEFAULT_CONCURRENCY = 128;
export const DEFAULT_BREAKER: BreakerSettings = {
  window: 20,
  failureRate: 0.5,
  cooldown: 5000,
  maxCooldown: 60_000,
};
