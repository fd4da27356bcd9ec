/**
 * What a project's code says of itself: the definitions that the SDK collected when the project was evaluated in Node.
 * The release builder makes a `ReleaseManifest` of it and of `holdfast.release.yaml`.
 *
 * @module
 */
import { z } from 'zod';
import { effectOptionsSchema } from './effect-options.ts';
import { sagaSettingsSchema } from './release.ts';

const jsonSchema = z.record(z.string(), z.unknown());

export const releaseDescriptionSchema = z.object({
  /** Version of the SDK. */
  sdk: z.string(),
  events: z.array(z.object({ type: z.string(), schema: jsonSchema.optional() })),
  waits: z.array(
    z.object({ name: z.string(), title: z.string().optional(), schema: jsonSchema.optional() }),
  ),
  effects: z.array(
    z.object({
      name: z.string(),
      options: effectOptionsSchema,
      hasFunction: z.boolean(),
      hasCheck: z.boolean(),
      secrets: z.array(z.string()),
      input: jsonSchema.optional(),
      output: jsonSchema.optional(),
    }),
  ),
  sagas: z.array(
    sagaSettingsSchema.omit({ script: true, keyPath: true }).extend({
      /** Text of its `key` function. */
      keySource: z.string().optional(),
      /** Under which name the entry exports it; null when it does not. */
      exportName: z.string().nullable(),
    }),
  ),
  /** What is wrong with definitions, each naming one. */
  faults: z.array(z.string()),
});

export type ReleaseDescription = z.infer<typeof releaseDescriptionSchema>;
