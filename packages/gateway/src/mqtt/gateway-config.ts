import { DEFAULT_MAX_EVENT_BYTES } from '@holdfast/core';
import type { Clock, Millis, Random, Seq, SourceSettings, TenantId } from '@holdfast/core';
import type { EngineApi } from '@holdfast/engine';
import type { ReadModel } from '@holdfast/store';
import type { BridgeSettings, BridgeStatus } from '../bridge/bridge-settings.ts';
import type { FailedAttempts } from '../access/failed-attempts.ts';
import type { KeyRing } from '../access/key-ring.ts';
import type { MirrorStats, OwedLimits, RetainedLimits } from './broker-mirror.ts';
import type { HeldLimits } from './connection.ts';
import type { FrameLimits } from './frame-reader.ts';
import type { OutletLimits } from './outlet.ts';
import { QUARANTINE_HEAD } from './quarantine-entry.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

export interface MqttGatewayConfig {
  /** Bytes of the largest payload that is taken. Default 1 MiB. */
  readonly maxEventBytes: number;
  /** Most that one client may have waiting for commits; beyond it the client is not read. Default 1000, 16 MiB. */
  readonly heldPerClient: HeldLimits;
  /** Most that one persistent session may be owed; beyond it messages are not kept for it. Default 100 000, 64 MiB. */
  readonly owedPerSession: OwedLimits;
  /** Most connections at one time. Default 10 000. */
  readonly maxClients: number;
  /** Most connections of one key at one time; 0 for any. Default 0. */
  readonly maxClientsPerKey: number;
  /** Most connections from one address at one time; 0 for any. Default 0. */
  readonly maxClientsPerAddress: number;
  /** Most persistent sessions. Default 10 000. */
  readonly maxSessions: number;
  /** Most persistent sessions of one tenant. Default 10 000. */
  readonly maxSessionsPerTenant: number;
  /** How long a persistent session is kept for a client that is away; 0 for ever. Default 7 days. */
  readonly sessionExpiry: Millis;
  /** Most retained messages; a further one is delivered and not retained. Default 100 000, 256 MiB. */
  readonly retained: RetainedLimits;
  /** Most subscriptions of one client. Default 1000. */
  readonly maxSubscriptions: number;
  /** How long a connection may take to agree on TLS, and then to send CONNECT. Default 10 s each. */
  readonly connectTimeout: Millis;
  /** How long a client may leave what it is sent untaken. Default 60 s. */
  readonly drainTimeout: Millis;
  /** Longest keep alive that a client may ask for, in seconds; 0 for any, and none. Default 0. */
  readonly keepaliveLimit: number;
  /** How long after a restart the will of a client that has not come back is published. Default 60 s. */
  readonly willGrace: Millis;
  /** How long `close` waits for commits under way. Default 5 s. */
  readonly closeTimeout: Millis;
}

const DEFAULT_MQTT_CONFIG: MqttGatewayConfig = {
  maxEventBytes: DEFAULT_MAX_EVENT_BYTES,
  heldPerClient: { messages: 1000, bytes: 16 * MIB },
  owedPerSession: { messages: 100_000, bytes: 64 * MIB },
  maxClients: 10_000,
  maxClientsPerKey: 0,
  maxClientsPerAddress: 0,
  maxSessions: 10_000,
  maxSessionsPerTenant: 10_000,
  sessionExpiry: 7 * 24 * 3_600_000,
  retained: { messages: 100_000, bytes: 256 * MIB },
  maxSubscriptions: 1000,
  connectTimeout: 10_000,
  drainTimeout: 60_000,
  keepaliveLimit: 0,
  willGrace: 60_000,
  closeTimeout: 5_000,
};

/** As pino's. */
export interface MqttLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface MqttGatewayOptions {
  readonly engine: Pick<
    EngineApi,
    'ingest' | 'broker' | 'brokerSnapshot' | 'quarantine' | 'onCommitted' | 'onNoRoom' | 'status'
  >;
  readonly keyRing: Pick<KeyRing, 'authenticate' | 'find' | 'onRevoked'>;
  /** For workflow events; without it none are published. */
  readonly readModel?: Pick<ReadModel, 'eventsAfter'>;
  readonly config?: Partial<MqttGatewayConfig>;
  /**
   * MQTT sources of the active releases, as they are now. Called for each publish: it must be quick, and give the same
   * settings objects while nothing changed.
   */
  readonly sources: (tenant: TenantId) => readonly SourceSettings[];
  /** Brokers to join. Default none. */
  readonly bridges?: readonly BridgeSettings[];
  /** For the pauses between tries to reach them. Default `Math.random`. */
  readonly random?: Random;
  /** Slows who tries keys that do not exist. Absent: nobody is slowed. */
  readonly attempts?: Pick<FailedAttempts, 'failed' | 'pause'>;
  readonly clock: Clock;
  readonly log: MqttLog;
}

export interface PublishOptions {
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

export interface MqttGatewayStats extends MirrorStats {
  /** Whether clients are taken. */
  readonly listening: boolean;
  readonly connections: number;
  /** Connections that are not read, because they have too much held or do not read themselves. */
  readonly paused: number;
  /** Publishes taken in, acknowledged, journaled as events, quarantined; since start. */
  readonly received: number;
  readonly acknowledged: number;
  readonly events: number;
  readonly quarantined: number;
  /** Events by answer: `accepted`, `duplicate`, or the code that one was quarantined with; since start. */
  readonly answers: Readonly<Record<string, number>>;
  /** Publishes that wait for a commit. */
  readonly held: number;
  readonly heldBytes: number;
  /** Messages handed to clients, and QoS 0 messages dropped because their client does not read; since start. */
  readonly delivered: number;
  readonly dropped: number;
  /** Journal position up to which workflow events are published. */
  readonly workflowPosition: Seq;
  /** Sessions that have expired since start. */
  readonly expired: number;
  /** Brokers that are joined. */
  readonly bridges: readonly BridgeStatus[];
}

/** Bytes not taken by a client's socket: beyond the first no QoS 0 goes to it, beyond the second it is closed. */
export const OUTLET_LIMITS: OutletLimits = { dropAt: 4 * MIB, closeAt: 16 * MIB };
/** Bytes of acknowledgements and messages not taken by a client's socket beyond which it is not read. */
export const MAX_UNSENT = MIB;
/** How much larger than the limit a publish may be to be read to its end and quarantined; beyond it, no more is read. */
const DISCARD_FACTOR = 16;
/** CONNECT can hold five texts of 64 KiB. */
export const MAX_CONTROL = 384 * KIB;
/** Fixed header, topic and packet id of a PUBLISH. */
const MAX_PUBLISH_HEAD = 5 + 2 + 0xffff + 2;

export function resolveConfig(config: Partial<MqttGatewayConfig> = {}): MqttGatewayConfig {
  return { ...DEFAULT_MQTT_CONFIG, ...config };
}

export function frameLimits(maxEventBytes: number): FrameLimits {
  return {
    maxPublish: maxEventBytes + MAX_PUBLISH_HEAD,
    maxDiscard: maxEventBytes * DISCARD_FACTOR + MAX_PUBLISH_HEAD,
    maxControl: MAX_CONTROL,
    head: QUARANTINE_HEAD,
  };
}
