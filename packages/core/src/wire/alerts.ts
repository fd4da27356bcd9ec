/** Alerts: what needs a person, and what was sent about it. */
import { z } from 'zod';

/**
 * - `blocked`: instances that go on only when somebody redrives, restarts or cancels them.
 * - `doubtful`: effects that are held, because nobody knows whether they happened (I4).
 * - `quarantine`: open entries.
 * - `breaker`: an upstream is not called, because most calls of it fail.
 * - `disk`: little room is left for the data directory, or none.
 * - `schedules`: what is due does not fire.
 * - `bridge`: a joined broker has been away for long.
 * - `lag`: a saga is far behind the journal, and has been for long.
 */
export const ALERT_KINDS = [
  'blocked',
  'doubtful',
  'quarantine',
  'breaker',
  'disk',
  'schedules',
  'bridge',
  'lag',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** `critical`: it does not go on without a person. `warning`: it may pass by itself. Least severe first. */
export const ALERT_SEVERITIES = ['warning', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** `opened`: told for the first time. `reminder`: it is still so. `resolved`: it is over. */
export const ALERT_NOTICES = ['opened', 'reminder', 'resolved'] as const;
export type AlertNotice = (typeof ALERT_NOTICES)[number];

const time = z.string().describe('RFC 3339');

/** What an alert says, wherever it is shown. */
const alertFields = {
  /** Of this one from its first look to its end; when the same happens again, that is another alert. */
  id: z.string(),
  kind: z.enum(ALERT_KINDS),
  severity: z.enum(ALERT_SEVERITIES),
  /** Null where it concerns the server as a whole. */
  tenant: z.string().nullable(),
  /** One line. */
  title: z.string(),
  /** What is known of the cause. */
  message: z.string(),
  /** What to do next. */
  next: z.string(),
  /** How many it stands for; 1 where there is nothing to count. */
  count: z.number().int(),
  /** Since when it is so. */
  since: time,
  /** Where the console shows it. */
  url: z.string(),
  /** Names that apply, as `saga`, `effect`, `release`, `code`, `upstream`, `bridge`. */
  about: z.record(z.string(), z.string()),
} as const;

export const alertSchema = z.object({
  ...alertFields,
  /** When it was noticed. */
  openedAt: time,
  /** When a target was last told of it; null while nobody has been. */
  toldAt: time.nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

/** What a webhook is sent, signed as Standard Webhooks say (https://www.standardwebhooks.com). */
export const alertMessageSchema = z.object({
  /** The same for every try to deliver it; also in the header `webhook-id`. */
  id: z.string(),
  type: z.enum(['holdfast.alerts', 'holdfast.test']),
  at: time,
  subject: z.string(),
  /** All of it in words. */
  text: z.string(),
  severity: z.enum(ALERT_SEVERITIES),
  /** Where the console shows it. */
  url: z.string(),
  alerts: z.array(
    z.object({
      ...alertFields,
      notice: z.enum(ALERT_NOTICES),
      /** When it was over; null while it is not. */
      resolvedAt: time.nullable(),
    }),
  ),
});
export type AlertMessage = z.infer<typeof alertMessageSchema>;

export const ALERT_TARGET_TYPES = ['webhook', 'smtp', 'ntfy'] as const;
export type AlertTargetType = (typeof ALERT_TARGET_TYPES)[number];

const deliverySchema = z.object({
  /** Of the message. */
  id: z.string(),
  target: z.string(),
  subject: z.string(),
  /** `dropped`: given up, because it was too old or there were too many. */
  state: z.enum(['sent', 'failing', 'dropped']),
  /** When it was sent or given up, or when it was last tried. */
  at: time,
  attempts: z.number().int(),
  /** Why the last try failed. */
  error: z.string().nullable(),
});
export type AlertDelivery = z.infer<typeof deliverySchema>;

const alertTargetSchema = z.object({
  name: z.string(),
  type: z.enum(ALERT_TARGET_TYPES),
  /** `idle`: nothing was sent since the start. `failing`: the last try failed. */
  state: z.enum(['idle', 'well', 'failing']),
  kinds: z.array(z.enum(ALERT_KINDS)),
  severity: z.enum(ALERT_SEVERITIES),
  /** Null: all. */
  tenants: z.array(z.string()).nullable(),
  /** Messages that wait. */
  queued: z.number().int(),
  /** Since the start. */
  sent: z.number().int(),
  failures: z.number().int(),
  lastSentAt: time.nullable(),
  /** Why the last try failed; null after one that did not. */
  error: z.string().nullable(),
});
export type AlertTarget = z.infer<typeof alertTargetSchema>;

const pingSchema = z.object({
  /** `well`: the watcher was told so. `withheld`: not told, on purpose. `failing`: it could not be told. */
  state: z.enum(['idle', 'well', 'withheld', 'failing']),
  /** Milliseconds. */
  interval: z.number(),
  lastSentAt: time.nullable(),
  /** Why it is withheld or failing. */
  error: z.string().nullable(),
});
export type AlertPing = z.infer<typeof pingSchema>;

export const alertsSchema = z.object({
  /** Those that are open, the most severe first, then the oldest. */
  open: z.array(alertSchema),
  /** Newest first. */
  deliveries: z.array(deliverySchema),
  targets: z.array(alertTargetSchema),
  /** Null where no watcher is named. */
  ping: pingSchema.nullable(),
});
export type Alerts = z.infer<typeof alertsSchema>;

export const testAlertsBodySchema = z.strictObject({
  /** Only this one. Default: all. */
  target: z.string().optional(),
  reason: z.string().max(1000).optional(),
});
export type TestAlertsBody = z.infer<typeof testAlertsBodySchema>;

export const alertsTestedSchema = z.object({
  items: z.array(
    z.object({
      target: z.string(),
      type: z.enum(ALERT_TARGET_TYPES),
      ok: z.boolean(),
      /** Milliseconds until it answered, or was given up. */
      took: z.number(),
      error: z.string().nullable(),
    }),
  ),
});
export type AlertsTested = z.infer<typeof alertsTestedSchema>;
