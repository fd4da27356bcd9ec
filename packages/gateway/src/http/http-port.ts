/**
 * What the HTTP surface is given by the server that wires it.
 *
 * @module
 */
import type { HttpBindings } from '@hono/node-server';
import type {
  Clock,
  Drained,
  IncomingEvent,
  JournalVerification,
  Micros,
  Millis,
  Recording,
  ReleaseBundle,
  ReleaseDigest,
  Reloaded,
  ServerInfo,
  SettingsResource,
} from '@holdfast/core';
import { DEFAULT_MAX_EVENT_BYTES } from '@holdfast/core';
import type { Actor, EngineApi, Log } from '@holdfast/engine';
import type { ReadModel } from '@holdfast/store';
import type { FailedAttempts } from '../access/failed-attempts.ts';
import type { KeyRates } from '../access/key-rates.ts';
import type { KeyRing } from '../access/key-ring.ts';
import type { Sessions } from '../access/sessions.ts';
import type { AlertsPort } from '../alerts/alerts-port.ts';
import type { SpanCounts, ThreadName, ThreadVitals } from '../metrics/thread-vitals.ts';
import type { MqttGatewayStats } from '../mqtt/gateway-config.ts';
import type { BridgeStatus } from '../bridge/bridge-settings.ts';
import type { OverviewSampler } from './overview-sampler.ts';
import type { BrokerView } from '../mqtt/broker-view.ts';
import type { StoredMessage } from '../mqtt/read-again.ts';

/** Where secrets are kept. Values go in and never come out here. */
export interface SecretStore {
  /** Names, in order. */
  list(): Promise<readonly string[]>;
  set(name: string, value: string): Promise<void>;
  /** Removing one that is not there is no error. */
  remove(name: string): Promise<void>;
}

/** Where the files of registered releases are. */
export interface BundleSource {
  /** @throws HoldfastError `release.unknown` */
  bundle(digest: ReleaseDigest): ReleaseBundle;
}

/** What never changes while the process lives. */
export interface BuildInfo {
  readonly version: string;
  /** Commit or build number; null for a checkout. */
  readonly build: string | null;
  readonly mode: string;
  readonly node: string;
  readonly startedAt: Micros;
}

/** What the server knows of itself beside the engine. */
export interface Probes {
  readonly brokerUp: () => boolean;
  /** False from the moment a shutdown or drain begins (R10.2). */
  readonly accepting: () => boolean;
}

/** What an admin may have the server do. */
export interface Operation {
  /** @param timeout null for the server's own */
  readonly drain: (timeout: Millis | null, actor: Actor) => Promise<Drained>;
  /** @throws HoldfastError `config.invalid` with every fault; nothing has changed then */
  readonly reload: (actor: Actor) => Promise<Reloaded>;
}

/** How the process does, for `/metrics`. */
export interface ServerVitals {
  broker(): MqttGatewayStats;
  thread(name: ThreadName): Promise<ThreadVitals>;
  /** Null where nobody traces. */
  spans?(): SpanCounts | null;
}

/** Makes files about threads of the server, for an admin. */
export interface Recorder {
  /** Runs what makes one. @throws HoldfastError `conflict` while another is made. */
  record(make: () => Promise<Recording>): Promise<Recording>;
  cpu(thread: ThreadName, duration: Millis): Promise<Recording>;
  heap(thread: ThreadName): Promise<Recording>;
}

/** Takes the digest of every commit again, beside the server. */
export interface JournalVerifying {
  /** Begins, unless it is under way. */
  start(): JournalVerification;
  /** Held until it is over, `wait` at most. */
  show(wait: Millis): Promise<JournalVerification>;
}

export interface HttpLimits {
  /** Largest event, data and envelope together, in bytes. */
  readonly maxEventBytes: number;
  /** Largest batch of events, in bytes. */
  readonly maxBatchBytes: number;
  /** Most events in one batch. */
  readonly maxBatchEvents: number;
  /** Largest release bundle, in bytes. */
  readonly maxBundleBytes: number;
  /** Largest body of any other request, in bytes. */
  readonly maxBodyBytes: number;
  /** Most bytes of published events that may wait for their answer; beyond it, publishing answers 429. */
  readonly maxHeldBytes: number;
  /** Most publish requests that may wait for their answer; beyond it, publishing answers 429. */
  readonly maxHeldRequests: number;
  /** Most event streams open at one time. */
  readonly maxStreams: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxEventBytes: DEFAULT_MAX_EVENT_BYTES,
  maxBatchBytes: 8 * MIB,
  maxBatchEvents: 1000,
  maxBundleBytes: 64 * MIB,
  maxBodyBytes: MIB,
  maxHeldBytes: 128 * MIB,
  maxHeldRequests: 20_000,
  maxStreams: 256,
};

export interface HttpConfig {
  /** True when the listener is bound to loopback: then no addresses but loopback's are taken as `Host` (DNS rebinding). */
  readonly loopback: boolean;
  /** Further names that `Host` may carry, without a port. `*`: any. */
  readonly allowedHosts: readonly string[];
  /** Pause between comments that keep an event stream open. Default 15 s. */
  readonly heartbeat?: Millis;
}

/** Reads a quarantined message again. */
interface MessageReader {
  /** @throws HoldfastError `conflict` when it is no event, or still none */
  readAgain(message: StoredMessage): readonly IncomingEvent[];
}

export interface HttpDeps {
  readonly engine: EngineApi;
  readonly readModel: ReadModel;
  readonly keyRing: KeyRing;
  readonly sessions: Sessions;
  /** Shared with the broker: an address is one, whichever way it comes. */
  readonly attempts: FailedAttempts;
  readonly rates: KeyRates;
  /** Folder with the console's built files. Absent: there is no console. */
  readonly consoleFolder?: string;
  readonly secrets: SecretStore;
  readonly messages: MessageReader;
  readonly bundles: BundleSource;
  readonly clock: Clock;
  readonly info: BuildInfo;
  readonly probes: Probes;
  /** What a tenant is shown of the broker. */
  readonly broker: BrokerView;
  /** The configuration in force. */
  readonly settings: () => SettingsResource;
  /** Brokers that are joined. Default none. */
  readonly bridges?: () => readonly BridgeStatus[];
  readonly operation: Operation;
  readonly alerts: AlertsPort;
  readonly vitals: ServerVitals;
  readonly recorder: Recorder;
  readonly journalVerifier: JournalVerifying;
  /** Keeps how the overview's numbers went. */
  readonly sampler: Pick<OverviewSampler, 'series'>;
  readonly limits: HttpLimits;
  readonly config: HttpConfig;
  /** Certificates in force, by listener. Default none. */
  readonly certificates?: () => ServerInfo['certificates'];
  readonly log: Log;
}

/** What the listener hands to each request. */
interface ListenerBindings extends HttpBindings {
  /** Aborted when the listener begins to close: streams end, and `/ready` says no. */
  readonly closing: AbortSignal;
}

export interface HttpEnv {
  Bindings: ListenerBindings;
}
