import { ALERT_KINDS, ALERT_SEVERITIES, ALERT_TARGET_TYPES, isTenantId } from '@holdfast/core';
import { z } from 'zod';
import { bytes, count, duration, path } from './setting-fields.ts';

const MAX_PORT = 65_535;
const MAX_EVENTS = 1_000_000_000;
const SECRET = /^secret:\/\/[A-Za-z_][A-Za-z0-9_]*$/;
const ADDRESS = /^(?:[^<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)\s*$/;

function isWebUrl(text: string): boolean {
  const { protocol } = URL.parse(text) ?? { protocol: '' };
  return protocol === 'http:' || protocol === 'https:';
}

/** A web address, or the secret that is one: such an address is often all that its receiver asks for. */
const hiddenUrl = () =>
  z
    .string()
    .refine(
      (text) => SECRET.test(text) || isWebUrl(text),
      'must be an http:// or https:// address, or name the secret that is one, as in secret://ALERTS_URL',
    );

const secret = () =>
  z
    .string()
    .regex(
      SECRET,
      'must name a secret, as in secret://ALERTS; set it by holdfast secrets set ALERTS',
    );

const address = () => z.string().regex(ADDRESS, 'is no mail address, as in Ops <ops@shop.example>');

/** What a target of each type cannot do without, and what else it may have. */
const FIELDS = {
  webhook: { needed: ['url'], allowed: ['secret', 'token'] },
  ntfy: { needed: ['url'], allowed: ['token'] },
  smtp: {
    needed: ['host', 'from', 'to'],
    allowed: ['port', 'secure', 'starttls', 'username', 'password', 'ca'],
  },
} as const;
const OF_ALL = ['type', 'kinds', 'severity', 'tenants'];

/** Where alerts go; `holdfast.yaml` alone, for there may be any number. */
const target = z
  .strictObject({
    type: z
      .enum(ALERT_TARGET_TYPES, `must be one of ${ALERT_TARGET_TYPES.join(', ')}`)
      .describe(
        '`webhook`: JSON by POST. `smtp`: a mail. `ntfy`: a notification by ntfy.sh or a server like it.',
      ),
    kinds: z
      .array(z.enum(ALERT_KINDS, `must be one of ${ALERT_KINDS.join(', ')}`))
      .min(1, 'names none')
      .optional()
      .describe(`Kinds of alerts it is told of: ${ALERT_KINDS.join(', ')}. Default: all.`),
    severity: z
      .enum(ALERT_SEVERITIES, `must be one of ${ALERT_SEVERITIES.join(', ')}`)
      .prefault('warning')
      .describe(
        'Least severe alert it is told of. `critical`: it does not go on without a person. `warning`: it may pass by itself.',
      ),
    tenants: z
      .array(z.string().refine(isTenantId, 'is not a tenant'))
      .min(1, 'names none')
      .optional()
      .describe(
        'Tenants whose alerts it is told of, and no alert of the server as a whole; `""` is the empty one. Default: all, and the server.',
      ),
    url: hiddenUrl()
      .optional()
      .describe(
        'webhook: where to post. ntfy: the topic, as in `https://ntfy.sh/TOPIC`. Or `secret://NAME`.',
      ),
    secret: secret()
      .optional()
      .describe(
        'webhook: the secret that signs each message, as `secret://NAME`, in the way of Standard Webhooks.',
      ),
    token: secret().optional().describe('webhook, ntfy: the bearer token, as `secret://NAME`.'),
    host: z.string().min(1, 'is empty').optional().describe('smtp: the mail server.'),
    port: count(1, MAX_PORT)
      .optional()
      .describe('smtp: its port. Default: 465 with `secure`, else 587.'),
    secure: z.boolean().optional().describe('smtp: TLS from the first byte. Default: false.'),
    starttls: z
      .enum(['required', 'optional', 'never'], 'must be one of required, optional, never')
      .optional()
      .describe('smtp: TLS after the greeting, without `secure`. Default: `required`.'),
    username: z.string().min(1, 'is empty').optional().describe('smtp: user name.'),
    password: secret().optional().describe('smtp: the password, as `secret://NAME`.'),
    ca: path()
      .optional()
      .describe('smtp: PEM file of certificates to trust besides those of the system.'),
    from: address()
      .optional()
      .describe('smtp: the sender, as in `Holdfast <holdfast@shop.example>`.'),
    to: z.array(address()).min(1, 'names nobody').optional().describe('smtp: who gets it.'),
  })
  .superRefine((written, context) => {
    const { type } = written;
    const { needed, allowed } = FIELDS[type];
    const known: readonly string[] = [...OF_ALL, ...needed, ...allowed];
    for (const [name, value] of Object.entries(written)) {
      if (value !== undefined && !known.includes(name))
        context.addIssue({ code: 'custom', path: [name], message: `is not for type ${type}` });
    }
    for (const name of needed) {
      if (Object.entries(written).some(([key, value]) => key === name && value !== undefined))
        continue;
      context.addIssue({ code: 'custom', path: [name], message: `is needed for type ${type}` });
    }
    if (type === 'smtp' && (written.username === undefined) !== (written.password === undefined)) {
      const path = [written.username === undefined ? 'username' : 'password'];
      context.addIssue({ code: 'custom', path, message: 'is needed: both or neither' });
    }
  });

export type WrittenTarget = z.output<typeof target>;

/** Who is told when something needs a person. */
export function alerts() {
  const limits = z
    .strictObject({
      diskFree: bytes(0)
        .prefault('1 GiB')
        .describe('Less room than this on the disk of the data directory is told of.'),
      scheduleLag: duration(1000, '1s')
        .prefault('5m')
        .describe('What has been due for longer and has not fired is told of.'),
      bridgeAway: duration(0, '0ms')
        .prefault('5m')
        .describe('A joined broker that has been away for longer is told of.'),
      sagaLag: count(1, MAX_EVENTS)
        .prefault(10_000)
        .describe('A saga that is so many events behind is told of, once it has been for long.'),
      sagaLagFor: duration(0, '0ms').prefault('5m').describe('How long that is.'),
    })
    .prefault({});
  const ping = z
    .strictObject({
      url: hiddenUrl()
        .meta({ secret: true })
        .optional()
        .describe(
          'Address of an outside watcher, as of healthchecks.io, or `secret://NAME`; asked for every `interval` while the server is truly well. Absent: nobody watches.',
        ),
      method: z.enum(['GET', 'POST']).prefault('GET').describe('How it is asked for.'),
      interval: duration(5000, '5s').prefault('1m').describe('How often.'),
      stopUrl: hiddenUrl()
        .meta({ secret: true })
        .optional()
        .describe(
          'Address that is posted to, once, when the server drains or stops in order, with that word as the body; `URL/log` at healthchecks.io. Or `secret://NAME`.',
        ),
    })
    .prefault({});
  return z
    .strictObject({
      consoleUrl: z
        .string()
        .refine(isWebUrl, 'must be an http:// or https:// address')
        .optional()
        .describe(
          'Address at which people reach the console: links in alerts begin with it. Default: that of the HTTP listener.',
        ),
      window: duration(0, '0ms')
        .prefault('30s')
        .describe(
          'How long what is new is gathered before it is told, so that a storm is one message. What is over by then is told to nobody.',
        ),
      reminder: duration(0, '0ms')
        .prefault('4h')
        .describe('After so long what is still open is told again; 0 for never.'),
      limits,
      targets: z
        .record(
          z
            .string()
            .regex(
              /^[A-Za-z0-9_-]{1,64}$/,
              'is not a name for a target: letters, digits, "_", "-"',
            ),
          target,
        )
        .prefault({})
        .describe('Where alerts go, by a name of your choice.'),
      ping,
    })
    .prefault({});
}
