/**
 * What an admin asks of a running thread, and where it was written, as zod schemas.
 *
 * @module
 */
import { z } from 'zod';

/** Longest profile, in seconds. */
export const MAX_PROFILE_SECONDS = 120;
const DEFAULT_PROFILE_SECONDS = 10;

const thread = z.enum(['main', 'engine', 'reader']).default('engine').meta({
  description:
    'main: sockets and outside calls; engine: the one writer, and all that decides; reader: the read model.',
});

export const profileQuerySchema = z.strictObject({
  thread,
  seconds: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_PROFILE_SECONDS)
    .default(DEFAULT_PROFILE_SECONDS)
    .meta({ description: 'How long it is watched.' }),
});

export const heapSnapshotQuerySchema = z.strictObject({ thread });

export const recordingSchema = z.object({
  thread: z.enum(['main', 'engine', 'reader']),
  /** On the server's own disk; only its user may read it. */
  file: z.string(),
  bytes: z.number().int(),
});

export type Recording = z.infer<typeof recordingSchema>;
