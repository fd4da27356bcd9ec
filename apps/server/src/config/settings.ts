/**
 * Every setting of the server: its type, default and description, once (R3.1, R11.2). Environment names, the file's
 * allowed keys, `docs/reference/configuration.md` and `config show` are all derived from this schema.
 *
 * @module
 */
import {
  DEFAULT_MAX_EVENT_BYTES,
  DEFAULT_WORKER_GROUP,
  effectFilterFault,
  isTenantId,
  MAX_WORKER_CONCURRENCY,
  parseDuration,
  tenantRangeFault,
} from '@holdfast/core';
import { z } from 'zod';
import { formatBytes, parseBytes } from './units.ts';

/** What `config://NAME` may name; core's REFERENCE_PATTERN. */
const REFERENCE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** As browsers send it (RFC 6454 §6.2). */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/i;
const BRIDGE_NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** MQTT 3.1.1 §4.7, less what begins with `$`. */
const TOPIC_FILTER = /^(?!\$|$)(?:(?:[^+#/\0]*|\+)\/)*(?:[^+#/\0]*|\+|#)$/;
/** A header's name (RFC 9110 §5.1) and the secret that is its value. */
const SECRET_HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+=secret:\/\/[A-Za-z_][A-Za-z0-9_]*$/;
const MIB = 1024 ** 2;
const MAX_PORT = 65_535;
const MAX_COUNT = 10_000_000;

/** How a setting's text is read, beyond its JSON type. Kept in the schema's metadata, so that the reference can say it. */
export type SettingUnit = 'duration' | 'bytes' | 'path';

/** A number of some unit, written as text or plainly; `bounds` in the unit's base (ms, bytes). */
function measured(
  unit: 'duration' | 'bytes',
  parse: (text: string | number) => number,
  min: number,
  minText: string,
) {
  return z
    .union([z.string(), z.number()])
    .transform((written, context) => {
      try {
        return parse(written);
      } catch (error) {
        context.addIssue({
          code: 'custom',
          message: `is ${error instanceof Error ? error.message : String(error)}`,
        });
        return z.NEVER;
      }
    })
    .refine((value) => value >= min, `must be ${minText} or more`)
    .meta({ unit });
}

const duration = (minMillis: number, minText: string) =>
  measured('duration', parseDuration, minMillis, minText);
const bytes = (min: number) => measured('bytes', parseBytes, min, formatBytes(min));
const path = () => z.string().min(1).meta({ unit: 'path' });
const port = () => z.int().min(0).max(MAX_PORT);
const count = (min: number, max: number) => z.int().min(min).max(max);

function mqttListener() {
  const websocket = z
    .strictObject({
      enabled: z
        .boolean()
        .prefault(true)
        .describe('Take MQTT over WebSocket at `/mqtt` of the HTTP listener.'),
      origins: z
        .array(
          z
            .string()
            .regex(ORIGIN, 'is no origin: scheme, host and port, as in https://panel.example'),
        )
        .prefault([])
        .describe(
          'Origins of web pages that may connect besides those the listener serves itself.',
        ),
    })
    .prefault({});
  return z
    .strictObject({
      ...listenerFields('the MQTT broker', 1883),
      websocket,
      sessionExpiry: duration(0, '0ms')
        .prefault('7d')
        .describe(
          'How long a persistent session is kept for a client that is away, with what it is owed; 0 for ever.',
        ),
      limits: mqttLimits(),
    })
    .prefault({});
}

function mqttLimits() {
  const many = (initial: number) => count(1, MAX_COUNT).prefault(initial);
  return z
    .strictObject({
      connections: many(10_000).describe('Most connections at one time, over TCP and WebSocket.'),
      connectionsPerKey: count(0, MAX_COUNT)
        .prefault(0)
        .describe('Most connections of one key; 0 for any number.'),
      connectionsPerAddress: count(0, MAX_COUNT)
        .prefault(0)
        .describe('Most connections from one address; 0 for any number, as behind a proxy.'),
      sessions: many(10_000).describe('Most persistent sessions.'),
      sessionsPerTenant: many(10_000).describe('Most persistent sessions of one tenant.'),
      subscriptions: many(1000).describe('Most subscriptions of one client.'),
      owedMessages: many(100_000).describe(
        'Most messages owed to one persistent session; what comes beyond is not kept for it.',
      ),
      owedBytes: bytes(1024).prefault('64 MiB').describe('Most bytes of such messages.'),
      retainedMessages: many(100_000).describe(
        'Most retained messages; what comes beyond is delivered and not retained.',
      ),
      retainedBytes: bytes(1024).prefault('256 MiB').describe('Most bytes of such messages.'),
    })
    .prefault({});
}

function httpListener() {
  const allowedHosts = z
    .array(z.string().min(1))
    .prefault([])
    .describe(
      'Further names that requests may carry as `Host`, without a port. On loopback only loopback names are taken besides (DNS rebinding); off loopback an empty list takes any.',
    );
  return z.strictObject({ ...listenerFields('the HTTP API', 7420), allowedHosts }).prefault({});
}

function listenerFields(name: string, defaultPort: number) {
  return {
    host: z.string().min(1).optional().describe(`Address ${name} listens on. Default: \`host\`.`),
    port: port().prefault(defaultPort).describe(`Port of ${name}; 0 picks a free one.`),
    plain: z
      .boolean()
      .prefault(false)
      .describe(
        `Let ${name} listen off loopback without TLS. Only for a network you trust: keys travel readable.`,
      ),
    tls: z
      .strictObject({
        cert: path().optional().describe(`PEM file with the certificate chain of ${name}.`),
        key: path().optional().describe(`PEM file with the private key of ${name}.`),
      })
      .prefault({}),
  };
}

const checked = (fault: (written: string) => string | null) =>
  z.string().superRefine((written, context) => {
    const message = fault(written);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

/** Of the server that workers join, and of a worker itself. */
const worker = z
  .strictObject({
    ackWait: duration(1000, '1s')
      .prefault('30s')
      .describe(
        'Server: how long the lease of a worker holds without being renewed. Then its try is in doubt. A worker renews three times as often.',
      ),
    url: z
      .string()
      .prefault('')
      .describe('Worker: where the server is, for example `https://holdfast.example:7420`.'),
    key: z
      .string()
      .meta({ secret: true })
      .prefault('')
      .describe(
        'Worker: a key with the scope `work`; with `admin` too it takes commands of every tenant. Better handed over in a file: `HOLDFAST_WORKER_KEY_FILE`.',
      ),
    name: z
      .string()
      .prefault('')
      .describe(
        'Worker: what it is known by, also after a restart. Each worker of a server needs a name of its own. Default: the name of the machine.',
      ),
    group: z
      .string()
      .min(1)
      .prefault(DEFAULT_WORKER_GROUP)
      .describe(
        'Worker: the group it belongs to. It makes the calls of effects whose `group` this is; `default` is that of effects which name none.',
      ),
    concurrency: count(1, MAX_WORKER_CONCURRENCY)
      .prefault(64)
      .describe('Worker: most effect calls at one time.'),
    tenants: z
      .array(checked(tenantRangeFault))
      .prefault([])
      .describe(
        'Worker: tenants it takes commands of: ranges such as `a..n` (from `a`, up to but without `n`), or names; `_` is the empty tenant. Empty: all that its key allows.',
      ),
    effects: z
      .array(checked(effectFilterFault))
      .prefault([])
      .describe(
        'Worker: effects it makes calls of, by name or beginning (`payment.*`). Empty: all of its group.',
      ),
  })
  .prefault({});

/** What joins one MQTT broker that is there already; `holdfast.yaml` alone, for there may be any number. */
const bridge = z.strictObject({
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

/** Read as text too, as environment variables give it. */
const ratio = z
  .union([z.string(), z.number()])
  .transform((written) => (written === '' ? Number.NaN : Number(written)))
  .refine((value) => value >= 0 && value <= 1, 'must be a number from 0 to 1');

function tracing() {
  return z
    .strictObject({
      endpoint: z
        .string()
        .refine(
          isCollectorUrl,
          'must be an http:// or https:// address without user name and password; tracing.headers has what the collector is to be told',
        )
        .optional()
        .describe(
          'Address of an OpenTelemetry collector that takes OTLP over HTTP, as in `http://127.0.0.1:4318`; `/v1/traces` is added unless it ends so. Absent: nothing is traced.',
        ),
      headers: z
        .array(
          z
            .string()
            .regex(
              SECRET_HEADER,
              'must name a header and its secret, as in authorization=secret://OTLP_TOKEN; set it by holdfast secrets set OTLP_TOKEN',
            ),
        )
        .prefault([])
        .describe(
          'Headers that the collector wants, each as `NAME=secret://SECRET`; the secret is the whole value, read for each batch.',
        ),
      sample: ratio
        .prefault(1)
        .describe(
          'The part, from 0 to 1, of the traces that begin here which is told of. A producer that sends `traceparent` has decided for its own.',
        ),
      service: z.string().min(1).prefault('holdfast').describe('Name of this server in traces.'),
    })
    .prefault({});
}

function isCollectorUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

function isBrokerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const known = ['mqtt:', 'mqtts:', 'ws:', 'wss:'].includes(protocol);
  return known && hostname !== '' && username === '' && password === '';
}

export const settingsSchema = z.strictObject({
  mode: z
    .enum(['combined', 'saga', 'effect'])
    .prefault('combined')
    .describe(
      'What this process runs. `combined`: everything; workers may join. `saga`: everything but effect calls, which workers make. `effect`: a worker, which leases commands from the server at `worker.url`.',
    ),
  dataDir: path()
    .optional()
    .describe(
      "Where all data lives. Not allowed in a file that lies in the data directory itself. Default: the platform's convention.",
    ),
  host: z
    .string()
    .min(1)
    .prefault('127.0.0.1')
    .describe(
      'Address both listeners use unless they name their own. Off loopback a listener needs `tls`, or `plain: true`.',
    ),
  http: httpListener(),
  mqtt: mqttListener(),
  tenancy: z
    .strictObject({
      defaultTenant: z
        .string()
        .refine(
          isTenantId,
          'is not a tenant: at most 128 characters, without "/", "+", "#" or control characters, and not "_"',
        )
        .prefault('')
        .describe(
          'Tenant of the first admin key, and so of every request made with it that names no other. Empty: the tenant written `_`.',
        ),
    })
    .prefault({}),
  limits: z
    .strictObject({
      maxEventBytes: bytes(1024)
        .prefault(formatBytes(DEFAULT_MAX_EVENT_BYTES))
        .describe('Largest event intake takes, envelope included.'),
      heldPerClient: z
        .strictObject({
          messages: count(1, 65_535)
            .prefault(1000)
            .describe(
              'Most publishes of one MQTT client that may wait for their commit; beyond it the client is not read.',
            ),
          bytes: bytes(MIB).prefault('16 MiB').describe('Most bytes of such publishes.'),
        })
        .prefault({}),
    })
    .prefault({}),
  sandbox: z
    .strictObject({
      threads: count(1, 64).prefault(1).describe('Threads that run saga programs.'),
      wallLimit: duration(10, '10ms')
        .prefault('2s')
        .describe(
          'Longest one decision may take before its thread is terminated. Protects the host; gas decides.',
        ),
      memoryLimit: bytes(MIB).prefault('64 MiB').describe('Most memory of one program.'),
    })
    .prefault({}),
  consumers: z
    .strictObject({
      maxDeliver: count(1, 100)
        .prefault(3)
        .describe(
          'Most times that an event is given to its saga where what fails is the host: a sandbox that had to be ended, a process that ended. Then it goes to quarantine, or blocks its instance, and the others go on.',
        ),
    })
    .prefault({}),
  relay: z
    .strictObject({
      concurrency: count(1, 10_000).prefault(512).describe('Most effect calls at one time.'),
    })
    .prefault({}),
  worker,
  scheduler: z
    .strictObject({
      recheck: duration(1000, '1s')
        .prefault('30s')
        .describe(
          'Longest sleep before due times are compared with the wall clock again; heals clock changes and machine sleep.',
        ),
      maxJump: duration(0, '0ms')
        .prefault('1h')
        .describe(
          'A wall clock that is set forward by more than this is held: nothing fires for that alone until `holdfast schedules confirm`. The sleep of the machine does not count. 0 holds nothing.',
        ),
      bootGrace: duration(0, '0ms')
        .prefault('10m')
        .describe(
          'For so long after the start of the machine a clock that is set forward is believed: boards without a battery learn the time only then.',
        ),
    })
    .prefault({}),
  releases: z
    .array(path())
    .prefault([])
    .describe(
      'Bundle files or project folders. One that holds a release not registered before is deployed at start and on reload; one that was is left as it is, so that a rollback stays.',
    ),
  drain: z
    .strictObject({
      timeout: duration(0, '0ms')
        .prefault('30s')
        .describe(
          'How long a stop waits for what is in flight before the process ends anyway. Nothing acknowledged is lost either way.',
        ),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .prefault('info')
        .describe('Least severe line that is written.'),
      format: z
        .enum(['auto', 'json', 'text'])
        .prefault('auto')
        .describe(
          '`json`: one object a line. `text`: for people. `auto`: `text` on a terminal, else `json`.',
        ),
    })
    .prefault({}),
  tracing: tracing(),
  bridges: z
    .record(
      z.string().regex(BRIDGE_NAME, 'is not a name for a bridge: letters, digits, "_" and "-"'),
      bridge,
    )
    .prefault({})
    .describe('MQTT brokers to join, by a name of your choice.'),
  config: z
    .record(
      z.string().regex(REFERENCE_NAME, 'is not a name: letters, digits and "_", no digit first'),
      z.string('must be text: put the value in quotes'),
    )
    .prefault({})
    .describe(
      "Values for `config://NAME` references of releases; they win over a release's own `config`.",
    ),
});

/** Where one listener listens, all defaults resolved. */
export interface ListenerSettings {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Named as plain on purpose (DESIGN, Keys). */
  readonly plain: boolean;
  /** Absolute paths of PEM files; null for a plain listener. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

/** One broker to join, all defaults resolved. */
export interface BridgeServerSettings {
  readonly name: string;
  readonly url: string;
  readonly username: string | null;
  /** Name of the secret; null for none. */
  readonly passwordSecret: string | null;
  readonly clientId: string | null;
  readonly topics: readonly string[] | null;
  readonly qos: 1 | 2;
  readonly tenant: string;
  readonly keepalive: number;
  /** Absolute paths of PEM files. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

type Parsed = z.output<typeof settingsSchema>;

/** What the server runs by. Durations in milliseconds, sizes in bytes, paths absolute. */
export interface ServerSettings extends Readonly<
  Omit<Parsed, 'http' | 'mqtt' | 'host' | 'dataDir' | 'bridges'>
> {
  readonly dataDir: string;
  readonly http: ListenerSettings & { readonly allowedHosts: readonly string[] };
  readonly mqtt: ListenerSettings & Pick<Parsed['mqtt'], 'websocket' | 'sessionExpiry' | 'limits'>;
  readonly bridges: readonly BridgeServerSettings[];
}

/** Whether an address can be reached from this machine alone. A name other than `localhost` may resolve to anything. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
  );
}
