/**
 * What the API shows of the server beside the journal and its instances: settings, event types, the broker's clients and
 * topics, upstreams, the outbox, tenants; and what a stranger with a wait's token may know of it.
 *
 * @module
 */
import { z } from 'zod';
import { MAX_PAGE_LIMIT } from './requests.ts';
import { effectSchema, jsonSchema } from './resources.ts';

const limit = z.coerce.number().int().min(1).max(MAX_PAGE_LIMIT).exactOptional();
const cursor = z.string().min(1).exactOptional();
const text = z.string().min(1);
const count = z.number().int();
const time = z.string();
const schemaJson = z.record(z.string(), jsonSchema);

/** A wait as its token shows it: nothing of the instance but its saga's name. */
export const openWaitSchema = z.object({
  name: z.string(),
  /** What its definition calls it, for a person; null where it says nothing. */
  title: z.string().nullable(),
  saga: z.string(),
  state: z.enum(['open', 'completed', 'failed', 'expired', 'closed']),
  askedAt: time,
  expiresAt: time.nullable(),
  /** JSON Schema of the payload; null where any is taken. */
  schema: schemaJson.nullable(),
  /** Whether an answer comes too late. */
  closed: z.boolean(),
});

const settingSchema = z.object({
  name: z.string(),
  /** `[secret]` for what is shown to nobody. */
  value: jsonSchema,
  /** As one would write it. */
  written: z.string(),
  origin: z.object({
    kind: z.enum(['default', 'file', 'env', 'flag']),
    /** For a person: a file with line and column, a variable, a flag. */
    at: z.string(),
  }),
});
export const settingsSchema = z.object({
  /** The configuration file; null where there is none. */
  file: z.string().nullable(),
  items: z.array(settingSchema),
});

export const eventTypeSchema = z.object({
  type: z.string(),
  /** JSON Schema of its data; null where any is taken. */
  schema: schemaJson.nullable(),
  /** The app whose active release has the schema; null where none does. */
  app: z.string().nullable(),
  /** Sagas that take it, and whether it can start an instance of each. */
  sagas: z.array(z.object({ saga: z.string(), app: z.string(), starts: z.boolean() })),
});

export const mqttPageQuerySchema = z.strictObject({
  /** Prefix of the client id, or of the topic. */
  prefix: text.exactOptional(),
  limit,
  cursor,
});

const payload = {
  /** Its head, at most 1 KiB: text where it is UTF-8, else base64. */
  payload: z.string(),
  encoding: z.enum(['utf8', 'base64']),
  /** Bytes of the whole payload. */
  bytes: count,
};
const qos = z.number().int().min(0).max(2);

export const mqttClientSchema = z.object({
  clientId: z.string(),
  /** The key it came with. */
  key: z.object({ id: z.string(), name: z.string() }),
  address: z.string().nullable(),
  connectedAt: time,
  /** Whether its session ends with the connection. */
  clean: z.boolean(),
  subscriptions: z.array(z.object({ filter: z.string(), qos })),
  /** Deliveries that its session still waits for. */
  owed: count,
});
export const mqttRetainedSchema = z.object({ topic: z.string(), qos, ...payload });
export const mqttTopicSchema = z.object({
  topic: z.string(),
  /** Messages since the server started, or since the topic was last forgotten. */
  messages: count,
  lastAt: time,
  qos,
  retain: z.boolean(),
  ...payload,
});

const quantile = z.number().nullable();

/** What an effect has done since the server started, over all tenants. */
const upstreamEffectSchema = z.object({
  effect: z.string(),
  pending: count,
  inFlight: count,
  held: count,
  /** Tries that ended, by how. */
  attempts: z.record(z.string(), count),
  outcomes: z.record(z.string(), count),
  /** Share of the tries that did not succeed; null before the first ended. */
  failureRate: z.number().nullable(),
  /** Seconds that tries took; null before the first ended. An estimate within the bucket of a histogram. */
  seconds: z.object({ p50: quantile, p95: quantile, p99: quantile }),
});
export const upstreamSchema = z.object({
  app: z.string(),
  /** Null: those that name none. */
  upstream: z.string().nullable(),
  breaker: z.enum(['closed', 'open', 'half_open', 'recovering']),
  /** Milliseconds until it is called again; null unless `open`. */
  retryIn: count.nullable(),
  effects: z.array(upstreamEffectSchema),
});

export const outboxQuerySchema = z.strictObject({
  state: z.enum(['pending', 'leased', 'held']).exactOptional(),
  effect: text.exactOptional(),
  limit,
  cursor,
});
export const outboxItemSchema = effectSchema;

export const tenantSchema = z.object({
  /** Empty for the default tenant. */
  tenant: z.string(),
  /** Keys in force. */
  keys: count,
  /** Instances that have not ended. */
  live: count,
});

export type OpenWait = z.infer<typeof openWaitSchema>;
export type SettingResource = z.infer<typeof settingSchema>;
export type SettingsResource = z.infer<typeof settingsSchema>;
export type EventTypeResource = z.infer<typeof eventTypeSchema>;
export type MqttPageFilter = z.infer<typeof mqttPageQuerySchema>;
export type MqttClientResource = z.infer<typeof mqttClientSchema>;
export type MqttRetainedResource = z.infer<typeof mqttRetainedSchema>;
export type MqttTopicResource = z.infer<typeof mqttTopicSchema>;
export type UpstreamResource = z.infer<typeof upstreamSchema>;
export type OutboxFilter = z.infer<typeof outboxQuerySchema>;
export type TenantResource = z.infer<typeof tenantSchema>;
