/**
 * What an outside gateway is sent for one command (R2.4, R7.2): `POST` with this as JSON. The gateway answers 2xx once it
 * has durably taken the command on, and takes a `command_id` once, however often it comes.
 *
 * The text is the same for every try of a command, byte for byte: who compares what comes under one id finds it equal.
 * Who decodes it must let members pass that it does not know; more may be added.
 *
 * @module
 */
import { z } from 'zod';

export const gatewayCommandSchema = z.object({
  /** As it is; empty for the empty tenant. */
  tenant_id: z.string(),
  command_id: z.string(),
  name: z.string(),
  payload: z.unknown(),
  metadata: z.object({
    app: z.string(),
    saga: z.string(),
    key: z.string(),
    run: z.number().int(),
    step: z.string(),
    correlation_id: z.string(),
    traceparent: z.string().nullable(),
  }),
});

export type GatewayCommand = z.infer<typeof gatewayCommandSchema>;
