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
const MIB = 1024 ** 2;
const MAX_PORT = 65_535;

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

function listener(name: string, defaultPort: number) {
  return z.strictObject(listenerFields(name, defaultPort)).prefault({});
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
  mqtt: listener('the MQTT broker', 1883),
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

type Parsed = z.output<typeof settingsSchema>;

/** What the server runs by. Durations in milliseconds, sizes in bytes, paths absolute. */
export interface ServerSettings extends Readonly<
  Omit<Parsed, 'http' | 'mqtt' | 'host' | 'dataDir'>
> {
  readonly dataDir: string;
  readonly http: ListenerSettings & { readonly allowedHosts: readonly string[] };
  readonly mqtt: ListenerSettings;
}

/** Whether an address can be reached from this machine alone. A name other than `localhost` may resolve to anything. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
  );
}
