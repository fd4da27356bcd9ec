import { isTenantId } from '@holdfast/core';
import { z } from 'zod';
import { duration, path } from './setting-fields.ts';

/** MQTT 3.1.1 §4.7, less what begins with `$`. */
const TOPIC_FILTER = /^(?!\$|$)(?:(?:[^+#/\0]*|\+)\/)*(?:[^+#/\0]*|\+|#)$/;

/** What joins one MQTT broker that is there already; `holdfast.yaml` alone, for there may be any number. */
export const bridge = z.strictObject({
  url: z
    .string('is needed: where the broker is, as in mqtt://192.168.1.5:1883')
    .refine(
      isBrokerUrl,
      'must be an mqtt://, mqtts://, ws:// or wss:// address without user name and password; those have settings of their own',
    )
    .describe('Where the broker is: `mqtt://`, `mqtts://`, `ws://` or `wss://`, host and port.'),
  username: z.string().min(1, 'is empty').optional().describe('User name at that broker.'),
  password: z
    .string()
    .regex(
      /^secret:\/\/[A-Za-z_][A-Za-z0-9_]*$/,
      'must name a secret, as in secret://HOME_MQTT; set it by holdfast secrets set HOME_MQTT',
    )
    .optional()
    .describe(
      'The secret that holds the password, as `secret://NAME`; read for each try to connect.',
    ),
  clientId: z
    .string()
    .min(1, 'is empty')
    .optional()
    .describe('Client id at that broker. Default: one that is made once and kept.'),
  topics: z
    .array(
      z
        .string()
        .regex(
          TOPIC_FILTER,
          'is no topic filter; those of the broker itself ($SYS) bring no messages',
        ),
    )
    .optional()
    .describe(
      'Topic filters to subscribe to. Default: those of the MQTT sources of the active releases.',
    ),
  qos: z
    .int('must be 1 or 2')
    .min(1, 'must be 1 or 2')
    .max(2, 'must be 1 or 2')
    .prefault(1)
    .transform((qos): 1 | 2 => (qos === 2 ? 2 : 1))
    .describe('Most that is asked for.'),
  tenant: z
    .string()
    .refine(isTenantId, 'is not a tenant')
    .optional()
    .describe('Tenant whose events its messages are. Default: `tenancy.defaultTenant`.'),
  keepalive: duration(1000, '1s')
    .prefault('60s')
    .describe('How long the connection may be silent before it is probed.'),
  tls: z
    .strictObject({
      ca: path()
        .optional()
        .describe(
          'PEM file with the certificates that the broker is trusted by. Default: those of the system.',
        ),
      cert: path()
        .optional()
        .describe('PEM file with a client certificate, where the broker wants one.'),
      key: path().optional().describe('PEM file with its private key.'),
    })
    .prefault({}),
});

function isBrokerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const known = ['mqtt:', 'mqtts:', 'ws:', 'wss:'].includes(protocol);
  return known && hostname !== '' && username === '' && password === '';
}
