/** Operating the server itself: draining and reloading (R10.5, R10.6). */
import { z } from 'zod';
import { parseDuration } from '../time.ts';

export const drainBodySchema = z.strictObject({
  reason: z.string().max(1000).optional(),
  /** Longest to wait for what is in flight. Default: the server's `drain.timeout`. */
  timeout: z
    .string()
    .optional()
    .refine((text) => text === undefined || isDuration(text), 'is no duration such as "30s"'),
});

export const drainedSchema = z.object({
  /** Whether all that was in flight has ended. */
  drained: z.boolean(),
  /** Effect calls that had no answer when the time was up. */
  inFlight: z.number().int(),
});

const changedSettingSchema = z.object({
  /** Dotted, as in `log.level`. A value of `config` is named and never shown. */
  name: z.string(),
  /** As `config show` writes them; absent for what is not shown. */
  from: z.string().optional(),
  to: z.string().optional(),
});

export const reloadedSchema = z.object({
  /** In force now. */
  applied: z.array(changedSettingSchema),
  /** Changed in the configuration, and in force from the next start on. */
  afterRestart: z.array(changedSettingSchema),
  /** Releases that the setting `releases` named and that were not registered before: now active. */
  deployed: z.array(z.object({ app: z.string(), digest: z.string(), from: z.string() })),
});

export type DrainBody = z.infer<typeof drainBodySchema>;
export type Drained = z.infer<typeof drainedSchema>;
export type ChangedSetting = z.infer<typeof changedSettingSchema>;
export type Reloaded = z.infer<typeof reloadedSchema>;

function isDuration(text: string): boolean {
  try {
    parseDuration(text);
    return true;
  } catch {
    return false;
  }
}
