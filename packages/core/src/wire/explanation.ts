/**
 * `GET /v1/sagas/{saga}/{key}/explain`: where an instance stands, why, and what comes next.
 *
 * @module
 */
import { z } from 'zod';
import { causeSchema, parentRefSchema, sourcePlaceSchema } from './instance-facts.ts';
import { childInstanceSchema, instanceStatusSchema } from './resources.ts';

const count = z.number().int();
const time = z.string();

/** Something that an instance has asked for, and waits for. */
const openStepSchema = z.object({
  step: z.string(),
  /** `failure`: nothing is asked for; this is where it failed. */
  kind: z.enum(['effect', 'wait', 'timer', 'child', 'publish', 'failure']),
  since: time,
  /** What it is and how it stands, for a person. */
  text: z.string(),
  /** The line that asked for it; null where that cannot be told. */
  at: sourcePlaceSchema.nullable(),
});

/** How a decision compares with the same one made again, now, from what is recorded. */
const decisionCheckSchema = z.object({
  /** `same`, `differs`: the release decides now as was recorded, or not. `not_made`: see `reason`. */
  state: z.enum(['same', 'differs', 'not_made']),
  /** Why it differs, or was not made; null where it is the same. */
  reason: z.string().nullable(),
});

export const explanationSchema = z.object({
  saga: z.string(),
  key: z.string(),
  run: count,
  /** The version that is explained. */
  version: count,
  /** True for the newest: `open` is then all that is open, else what that decision asked for. */
  current: z.boolean(),
  status: instanceStatusSchema,
  /** Where it stands and why, in a sentence or two. */
  summary: z.string(),
  open: z.array(openStepSchema),
  /** What comes next by itself, and what a person may do, each in a sentence. */
  next: z.array(z.string()),
  /** The decision that brought it here; null before the first. */
  decision: z
    .object({
      version: count,
      seq: count,
      /** Type of the event that was decided on. */
      event: z.string(),
      recordedAt: time,
      release: z.string(),
      check: decisionCheckSchema,
    })
    .nullable(),
  cause: causeSchema.nullable(),
  parent: parentRefSchema.nullable(),
  children: z.array(childInstanceSchema),
  /** Events that wait behind it while it is blocked. */
  parked: count,
  /** Why no step has its line of source, though the decision could be made again; null where that is no matter. */
  linesMissing: z.string().nullable(),
});

export type OpenStep = z.infer<typeof openStepSchema>;
export type DecisionCheck = z.infer<typeof decisionCheckSchema>;
export type Explanation = z.infer<typeof explanationSchema>;
