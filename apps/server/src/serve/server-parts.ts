/**
 * The parts of one server, started in order: engine (which holds the data directory's lock and recovers), reader, keys,
 * MQTT, HTTP. Nothing is taken in before the engine has recovered; effects that wait since the last run may then be under
 * way already.
 *
 * @module
 */
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { type Log, ReleaseFiles } from '@holdfast/engine';
import {
  type AlertDesk,
  createHttpApp,
  DEFAULT_HTTP_LIMITS,
  FailedAttempts,
  hostCheck,
  type HttpListener,
  KeyRates,
  KeyRing,
  listenHttp,
  MqttGateway,
  OverviewSampler,
  reachableName,
  Sessions,
} from '@holdfast/gateway';
import type { ReadModel } from '@holdfast/store';
import { ensureAdminKey } from '../access/admin-key.ts';
import { CONSOLE_FOLDER } from '../asset-paths.ts';
import { VERSION } from '../cli/version.ts';
import type { LoadedSettings } from '../config/load-settings.ts';
import { isLoopback, type ListenerSettings, type ServerSettings } from '../config/settings.ts';
import type { EngineReady } from '../engine-thread.ts';
import { SecretStore } from '../secrets/secret-store.ts';
import type { EngineClient } from '../threads/engine-client.ts';
import { readerClient, type ReaderClient } from '../threads/read-model-client.ts';
import { MemoryAtRest } from '../threads/memory-at-rest.ts';
import { systemClock } from '../threads/system-clock.ts';
import { ThreadProbe } from '../threads/thread-probe.ts';
import type { ThreadHandle } from '../threads/thread-start.ts';
import { activeSources, type ActiveSources } from './active-sources.ts';
import { createAlerts } from './alerts.ts';
import { bridgeOf } from './bridge-of.ts';
import { Certificates, ownHosts, type Pair } from './certificates.ts';
import { mqttConfig } from './mqtt-config.ts';
import { createEffects, type Effects } from './effects.ts';
import { endThreads, startEngine, startReader } from './data-threads.ts';
import { ServerOperation } from './operation.ts';
import { createTracing } from '../tracing/create-tracing.ts';
import type { SpanExporter } from '../tracing/span-exporter.ts';
import { JournalVerifier } from './journal-verifier.ts';
import { createRecorder } from './recorder.ts';
import { writeServerFile } from './server-file.ts';

export interface ServerOptions {
  /** The data directory is there. */
  readonly settings: ServerSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Reads the configuration as at start. @throws HoldfastError `config.invalid` with every fault */
  readonly reread: () => LoadedSettings;
  /** Of `log`. */
  readonly setLogLevel: (level: ServerSettings['log']['level']) => void;
  /** Is told what no log line may hold. */
  readonly hideFromLog?: (values: () => Iterable<string>) => void;
  /** The process must end now, with this error's exit code; nothing more is acknowledged (I1). */
  readonly fatal: (error: HoldfastError) => void;
}

export interface Parts {
  readonly engine: EngineClient;
  readonly engineThread: ThreadHandle<EngineReady>;
  readonly readModel: ReadModel;
  readonly readerThread: ThreadHandle<null>;
  readonly http: HttpListener;
  readonly mqtt: MqttGateway;
  readonly mqttUrl: string;
  readonly adminKeyFile: string;
  readonly effects: Effects;
  readonly config: Map<string, string>;
  readonly active: ActiveSources;
  readonly memory: MemoryAtRest;
  readonly probe: ThreadProbe;
  readonly sampler: OverviewSampler;
  readonly journalVerifier: JournalVerifier;
  readonly state: { accepting: boolean; stopped: boolean };
  readonly operation: ServerOperation;
  readonly alerts: AlertDesk;
  /** Whether this process makes effect calls. */
  readonly makesCalls: boolean;
  /** Null: nobody traces. */
  readonly tracing: SpanExporter | null;
  readonly certificates: Certificates;
}

/** All of it or none: when a part does not start, those before it are ended, so that the process can end too. */
export async function startParts(options: ServerOptions): Promise<Parts> {
  const undo = new AsyncDisposableStack();
  try {
    return await startEach(options, undo);
  } catch (error) {
    await undo.disposeAsync().catch((hindrance: unknown) => {
      options.log.warn(
        { err: hindrance },
        'a start was given up, and not all of it could be ended',
      );
    });
    throw error;
  }
}

async function startEach(options: ServerOptions, undo: AsyncDisposableStack): Promise<Parts> {
  const { settings, env, log } = options;
  const { dataDir } = settings;
  const startedAt = systemClock.now();
  const certificates = await Certificates.open(settings, log);
  const state = { accepting: true, stopped: false };
  const fatal = (error: HoldfastError): void => {
    if (!state.stopped) options.fatal(error);
  };
  const config = new Map(Object.entries(settings.config));
  const late: {
    mqtt: MqttGateway | null;
    reader: ReaderClient | null;
    http: HttpListener | null;
  } = { mqtt: null, reader: null, http: null };
  // Until the reader is there, the log waits.
  const moveWal = async (): Promise<void> => late.reader?.moveWal();
  const releases = new ReleaseFiles(join(dataDir, 'releases'));
  const secrets = new SecretStore({ dataDir, env, now: () => new Date() });
  options.hideFromLog?.(() => secrets.given);
  const effects = createEffects({
    releases,
    config,
    secrets,
    log,
    publish: async (tenant, topic, payload, publishing) => {
      if (late.mqtt === null)
        throw new HoldfastError('unavailable', 'the broker has not started yet');
      const { bridge, ...how } = publishing;
      if (bridge === undefined) await late.mqtt.publish(tenant, topic, payload, how);
      else await late.mqtt.publishAt(bridge, tenant, topic, payload, how);
    },
  });
  undo.defer(() => effects.close());
  const tracing = createTracing(settings.tracing, secrets, log);
  undo.defer(() => tracing?.close(0));
  const engineStart = startEngine(settings, effects, moveWal, fatal, tracing?.take ?? null);
  const readerStart = startReader(dataDir, engineStart, fatal);
  undo.defer(async () => {
    state.stopped = true;
    await endThreads(engineStart, readerStart);
  });
  const [{ engine, engineThread }, readerThread] = await Promise.all([engineStart, readerStart]);
  const readModel = readerClient(readerThread.port);
  late.reader = readModel;
  const { file: adminKeyFile } = await ensureAdminKey({
    dataDir,
    engine,
    clock: systemClock,
    tenant: settings.tenancy.defaultTenant,
  });
  const keyRing = new KeyRing({ clock: systemClock });
  keyRing.load(await engine.keys());
  const sessions = new Sessions({
    keyRing,
    engine,
    clock: systemClock,
    times: settings.sessions,
    log,
  });
  sessions.load(await engine.sessions());
  const attempts = new FailedAttempts(systemClock, log);
  const active = await activeSources(engine, effects);
  const mqtt = new MqttGateway({
    engine,
    keyRing,
    readModel,
    clock: systemClock,
    config: mqttConfig(settings),
    sources: () => active.sources,
    attempts,
    bridges: settings.bridges.map((bridge) => bridgeOf(bridge, secrets)),
    log,
  });
  late.mqtt = mqtt;
  undo.defer(() => mqtt.close());
  const makesCalls = settings.mode === 'combined';
  // Before anybody can activate one.
  engine.onActivated(() => {
    active
      .refresh()
      .then(() => {
        keepHosts({ effects, active, makesCalls });
        mqtt.refreshBridges();
      })
      .catch((error: unknown) =>
        log.error({ err: error }, 'could not take up the activated release'),
      );
  });
  const loopback = isLoopback(settings.http.host);
  const hosts = {
    loopback,
    allowedHosts: loopback ? settings.http.allowedHosts : ownHosts(settings, certificates),
  };
  const accessible = {
    brokerUp: () => mqtt.stats().listening,
    accepting: () => state.accepting,
  };
  const alerts = createAlerts(settings, {
    engine,
    readModel,
    probes: accessible,
    secrets,
    bridges: () => mqtt.bridges,
    listenerUrl: () => late.http?.url ?? '',
    log,
  });
  undo.defer(() => alerts.close());
  const operation = new ServerOperation({
    settings,
    engine,
    http: () => late.http,
    certificates,
    config,
    state,
    alerts,
    secrets,
    log,
    reread: options.reread,
    setLogLevel: options.setLogLevel,
  });
  const probe = new ThreadProbe(systemClock);
  undo.defer(() => probe.end());
  const probes = { main: probe, engine: engine.probe, reader: readModel.probe };
  const sampler = new OverviewSampler({ engine, readModel, clock: systemClock, log });
  undo.defer(() => sampler.close());
  const journalVerifier = new JournalVerifier({ dataDir, log, now: () => new Date() });
  undo.defer(() => journalVerifier.close());
  const app = createHttpApp({
    engine,
    readModel,
    keyRing,
    sessions,
    attempts,
    rates: new KeyRates(settings.limits, systemClock),
    consoleFolder: CONSOLE_FOLDER,
    secrets,
    messages: mqtt,
    bundles: releases,
    clock: systemClock,
    info: { version: VERSION, build: null, mode: settings.mode, node: process.version, startedAt },
    probes: accessible,
    broker: mqtt.view,
    settings: operation.shown,
    bridges: () => mqtt.bridges,
    operation,
    sampler,
    alerts,
    journalVerifier,
    recorder: createRecorder({ dataDir, probes, log, now: () => new Date() }),
    vitals: {
      broker: () => mqtt.stats(),
      thread: (name) => probes[name].vitals(),
      spans: () => tracing?.counts ?? null,
    },
    limits: { ...DEFAULT_HTTP_LIMITS, maxEventBytes: settings.limits.maxEventBytes },
    config: hosts,
    certificates: () => certificates.list(),
    log,
  });
  const upgrade = settings.mqtt.websocket.enabled
    ? mqtt.webSocketHandler({ mayHost: hostCheck(hosts), origins: settings.mqtt.websocket.origins })
    : undefined;
  const http = await listenHttp({
    app,
    log,
    ...listening(settings.http, certificates.of('http')),
    ...(upgrade === undefined ? {} : { upgrade }),
  });
  late.http = http;
  undo.defer(() => http.close(0));
  const { port } = await mqtt.listen(listening(settings.mqtt, certificates.of('mqtt')));
  const scheme = settings.mqtt.tls === null ? 'mqtt' : 'mqtts';
  const mqttUrl = `${scheme}://${reachableName(settings.mqtt.host)}:${port}`;
  certificates.keep((listener, pair) => (listener === 'http' ? http : mqtt).renewTls(pair));
  undo.defer(() => certificates.end());
  const memory = new MemoryAtRest({ clock: systemClock });
  undo.defer(() => memory.end());
  const parts = {
    engine,
    engineThread,
    readModel,
    readerThread,
    http,
    mqtt,
    mqttUrl,
    adminKeyFile,
    effects,
    config,
    active,
    memory,
    probe,
    sampler,
    journalVerifier,
    state,
    operation,
    alerts,
    makesCalls,
    tracing,
    certificates,
  };
  for (const { port: work } of [engineThread, readerThread]) {
    memory.watch(work);
    probe.watch(work);
  }
  memory.touch();
  await alerts.start();
  // Last: it leads clients here.
  writeServerFile(dataDir, {
    pid: process.pid,
    http: http.url,
    mqtt: mqttUrl,
    startedAt: new Date().toISOString(),
  });
  return parts;
}

/** Has the effect hosts of active releases running, and no others. */
export function keepHosts({
  effects,
  active,
  makesCalls,
}: Pick<Parts, 'effects' | 'active' | 'makesCalls'>): void {
  if (makesCalls) effects.hosts.keep(active.withFunctions);
}

function listening(
  { host, port }: ListenerSettings,
  tls: Pair | null,
): { host: string; port: number; tls?: Pair } {
  return tls === null ? { host, port } : { host, port, tls };
}
