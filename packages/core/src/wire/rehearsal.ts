/**
 * What the API says of activations and of the rehearsal of instances in flight, as zod schemas.
 *
 * @module
 */
import { z } from 'zod';

const count = z.number().int();

/** An instance that stays on the release it is pinned to, and why. */
const staySchema = z.object({
  tenant: z.string(),
  saga: z.string(),
  key: z.string(),
  run: count,
  /** The release it is pinned to. */
  release: z.string(),
  /**
   * `differs`: the new release would have decided otherwise. `pinned`: its saga says `pin: 'always'`. `no_saga`: the new
   * release has no such saga. `busy`: it kept deciding while it was examined. `stuck`: the new release's program took the
   * sandbox down, and no more of that saga were examined.
   */
  reason: z.enum(['differs', 'pinned', 'no_saga', 'busy', 'stuck']),
  /** The decision that differs, counted from 1; null where none was compared. */
  version: count.nullable(),
  /** Id of the first step that differs; null where the difference is in none. */
  step: z.string().nullable(),
  /** What history has there, and what the new release asks for, in words. */
  history: z.string().nullable(),
  asks: z.string().nullable(),
});

/** How far the rehearsal of the instances in flight has come. */
export const rehearsalSchema = z.object({
  app: z.string(),
  digest: z.string(),
  /** True when nothing was moved: `moved` counts those that would have been. */
  dryRun: z.boolean(),
  /**
   * `superseded`: another activation came in between. `stopped`: the server ended; the next start begins again.
   * `failed`: see `error`; activate the release again to begin again.
   */
  state: z.enum(['running', 'finished', 'superseded', 'stopped', 'failed']),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** Instances in flight on other releases when it began; null until they are counted. */
  inFlight: count.nullable(),
  examined: count,
  moved: count,
  stayed: count,
  /** Those that ended before they were examined. */
  ended: count,
  /** Those that stay, in the order they were found; the rest is on later pages. At most 10,000 are kept. */
  stays: z.array(staySchema),
  /** How many of `stays` came before this page, and where the next begins; null when there is none. */
  after: count,
  next: count.nullable(),
  error: z.string().nullable(),
});

/** The answer to an activation, a rollback, or the dry run of one. */
export const activatedSchema = z.object({
  app: z.string(),
  digest: z.string(),
  /** What was active before; null when nothing was. */
  previous: z.string().nullable(),
  dryRun: z.boolean(),
  rehearsal: rehearsalSchema,
});

/** An activation or rollback, as it was recorded. */
export const activationSchema = z.object({
  act: z.enum(['activated', 'rolled_back']),
  at: z.string(),
  by: z.string(),
  reason: z.string().nullable(),
  previous: z.string().nullable(),
  /** What became of the instances in flight; null when that was not found out to the end. */
  rehearsal: z.object({ at: z.string(), moved: count, stayed: count, ended: count }).nullable(),
});

export type Stay = z.infer<typeof staySchema>;
export type Rehearsal = z.infer<typeof rehearsalSchema>;
export type Activated = z.infer<typeof activatedSchema>;
export type Activation = z.infer<typeof activationSchema>;
