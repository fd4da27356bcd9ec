import { z } from 'zod';

/** One call that an outside service got, as it stands in the calls file: one JSON object a line. */
export const callRecordSchema = z.object({
  /** RFC 3339, UTC. */
  time: z.string(),
  /** `kitchen.reserve`, `payment.charge`… */
  name: z.string(),
  idempotencyKey: z.string().nullable(),
  body: z.unknown(),
  /** Whether the key had been answered before, so that nothing was done but to say the same again. */
  repeated: z.boolean(),
  /** Status it was answered with; null for none. */
  status: z.number().int().nullable(),
  /** What it came to; null when a mishap kept it from taking effect. */
  answer: z.record(z.string(), z.unknown()).nullable(),
});

export type CallRecord = z.infer<typeof callRecordSchema>;

/** Whether the call did what it asked for, this time. */
export function wasDone({ repeated, status }: CallRecord): boolean {
  return !repeated && status !== null && status >= 200 && status < 300;
}
