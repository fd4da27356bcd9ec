/**
 * What alerts keep on disk, so that a restart repeats nothing and forgets nothing: one small document, replaced whole.
 * It stands outside the store (docs/adr/0023-alert-record.md): it records what others were told, and must be written
 * when the store cannot be.
 */
import { ALERT_KINDS, ALERT_SEVERITIES, alertMessageSchema } from '@holdfast/core';
import { z } from 'zod';

const micros = z.number().int();

const conditionSchema = z.object({
  key: z.string(),
  kind: z.enum(ALERT_KINDS),
  severity: z.enum(ALERT_SEVERITIES),
  tenant: z.string().nullable(),
  title: z.string(),
  message: z.string(),
  next: z.string(),
  count: z.number().int(),
  since: micros.nullable(),
  after: z.number(),
  path: z.string(),
  about: z.record(z.string(), z.string()),
});

const openAlertSchema = z.object({
  id: z.string(),
  condition: conditionSchema,
  /** Since when it is so. */
  since: micros,
  openedAt: micros,
  /** When it was found over; null while it is not. */
  overAt: micros.nullable(),
  /** By name of the target: when it was last told of it, and as how severe. */
  told: z.record(z.string(), z.object({ at: micros, severity: z.enum(ALERT_SEVERITIES) })),
});

const queuedSchema = z.object({
  target: z.string(),
  message: alertMessageSchema,
  queuedAt: micros,
  attempts: z.number().int(),
  error: z.string().nullable(),
});

const doneSchema = z.object({
  id: z.string(),
  target: z.string(),
  subject: z.string(),
  state: z.enum(['sent', 'dropped']),
  at: micros,
  attempts: z.number().int(),
  error: z.string().nullable(),
  /** Whom it was about. */
  tenants: z.array(z.string().nullable()),
});

export const alertRecordSchema = z.object({
  format: z.literal(1),
  alerts: z.array(openAlertSchema),
  /** What is to be sent, in order. */
  queue: z.array(queuedSchema),
  /** What was sent or given up, newest first. */
  done: z.array(doneSchema),
});

export type OpenAlert = z.infer<typeof openAlertSchema>;
export type QueuedMessage = z.infer<typeof queuedSchema>;
export type DoneMessage = z.infer<typeof doneSchema>;
export type AlertRecord = z.infer<typeof alertRecordSchema>;

export const EMPTY_RECORD: AlertRecord = { format: 1, alerts: [], queue: [], done: [] };

/** Where the record is kept. */
export interface AlertRecordKeeper {
  /** Null where there is none, or none that can be read: then all that is open is told anew. */
  read(): Promise<unknown>;
  /** Replaces it, durably once this resolves. Called one after the other. */
  write(record: AlertRecord): Promise<void>;
}
