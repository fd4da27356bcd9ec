/**
 * Every setting of the server: its type, default and description, once (R3.1, R11.2). Environment names, the file's
 * allowed keys, `docs/reference/configuration.md` and `config show` are all derived from this schema.
 *
 * @module
 */
import { DEFAULT_MAX_EVENT_BYTES, isTenantId } from '@holdfast/core';
import { z } from 'zod';
import { keyRate, sessions } from './access-settings.ts';
import { bridge } from './bridge-settings.ts';
import { httpListener, mqttListener } from './listener-settings.ts';
import { bytes, count, duration, path } from './setting-fields.ts';
import { tracing } from './tracing-settings.ts';
import { formatBytes } from './units.ts';
import { worker } from './worker-settings.ts';

/** What `config://NAME` may name; core's REFERENCE_PATTERN. */
const REFERENCE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const BRIDGE_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const MIB = 1024 ** 2;

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
  sessions: sessions(),
  limits: z
    .strictObject({
      ...keyRate,
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

/** Absolute paths of PEM files. */
export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  /** The server makes them itself, before it listens. */
  readonly selfSigned: boolean;
}

/** Where one listener listens, all defaults resolved. */
export interface ListenerSettings {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Named as plain on purpose (DESIGN, Keys). */
  readonly plain: boolean;
  /** Null for a plain listener. */
  readonly tls: TlsSettings | null;
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
