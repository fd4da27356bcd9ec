/**
 * `holdfast.release.yaml`: what a project says of its release besides its code.
 *
 * @module
 */
import { z } from 'zod';
import {
  effectOptionsSchema,
  gatewayOptionsSchema,
  upstreamOptionsSchema,
} from './effect-options.ts';
import { isTenantId, readTenant } from './ids.ts';
import { MISSED_POLICIES } from './release.ts';

const appName = z
  .string()
  .regex(
    /^[a-zA-Z][a-zA-Z0-9._-]{0,127}$/,
    'starts with a letter; letters, digits, ".", "_" and "-"',
  );
/** As `config://NAME` and `secret://NAME` refer to it. */
const referenceName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name is letters, digits and "_", and starts with no digit');
const scheduleName = z
  .string()
  .regex(
    /^[a-zA-Z][a-zA-Z0-9._-]{0,127}$/,
    'a name starts with a letter; letters, digits, ".", "_" and "-"',
  );
/** Where an MQTT source finds a value. */
const extraction = z
  .string()
  .regex(
    /^(\/.*|\{[1-9]\d*\})$/,
    'a JSON pointer into the payload ("/id"), or "{n}" for the n-th level of the topic',
  );

export const releaseFileSchema = z.strictObject({
  /** Name of the app. One release of an app is active at a time. */
  app: appName,
  /** Module that defines everything and exports the sagas, relative to the project. Default `src/index.ts`. */
  entry: z.string().min(1).optional(),
  /** Settings by effect; they go over those in the code. */
  effects: z.record(z.string(), effectOptionsSchema).optional(),
  /** Settings by upstream: an effect's `upstream`, or what stands in for it. */
  upstreams: z.record(z.string(), upstreamOptionsSchema).optional(),
  /** Outside gateways by name, that commands go to. */
  gateways: z.record(z.string(), gatewayOptionsSchema).optional(),
  /** Settings by saga; they go over those in the code. */
  sagas: z
    .record(
      z.string(),
      z.strictObject({
        pin: z.enum(['compatible', 'always']).optional(),
        restart: z.enum(['refuse', 'allow']).optional(),
        tries: z.number().int().min(1).max(10).optional(),
        gas: z.number().int().min(1).optional(),
      }),
    )
    .optional(),
  /** Values for `config://NAME`. The server's own configuration may override them. */
  config: z.record(referenceName, z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** Names of secrets that effect functions read, besides those that settings refer to. */
  secrets: z.array(referenceName).optional(),
  /** MQTT topics that become events. */
  sources: z
    .array(
      z.strictObject({
        mqtt: z.string().min(1),
        type: z.string().min(1),
        id: extraction.optional(),
        correlation: extraction.optional(),
        subject: extraction.optional(),
      }),
    )
    .optional(),
  /** Cron triggers by name. */
  schedules: z
    .record(
      scheduleName,
      z.strictObject({
        cron: z.string(),
        /** Default `UTC`. */
        zone: z.string().optional(),
        /** Default `once`. */
        missed: z.enum(MISSED_POLICIES).optional(),
        type: z.string().min(1),
        /** Default `{ scheduledAt: '{scheduledAt}' }`. */
        data: z.json().optional(),
        /** Default `_`, the empty tenant. */
        tenant: z
          .string()
          .transform(readTenant)
          .refine(isTenantId, 'is not a tenant: no "/", "+", "#", at most 128 characters')
          .optional(),
      }),
    )
    .optional(),
});

export type ReleaseFile = z.infer<typeof releaseFileSchema>;

/** The same as JSON Schema 2020-12, for editors and for naming what a misspelt key may have meant. */
export function releaseFileJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(releaseFileSchema, { io: 'input', unrepresentable: 'any' });
}
