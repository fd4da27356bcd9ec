/**
 * Wires one server: threads, gateways, effects; starts them in order and ends them in order (R11.1).
 *
 * Start: engine (which holds the data directory's lock and recovers), reader, keys, HTTP, MQTT. Nothing is taken in
 * before the engine has recovered.
 * Stop: not ready; intake closes; what is in flight finishes; hosts and listeners end; store closes. A forced end at any
 * point loses nothing that was acknowledged (I1).
 *
 * @module
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError, type SourceSettings } from '@holdfast/core';
import { type Log, ReleaseFiles } from '@holdfast/engine';
import {
  createHttpApp,
  DEFAULT_HTTP_LIMITS,
  type HttpListener,
  KeyRing,
  listenHttp,
  MqttGateway,
} from '@holdfast/gateway';
import type { ReadModel } from '@holdfast/store';
import { ensureAdminKey } from '../access/admin-key.ts';
import { VERSION } from '../cli/version.ts';
import { isLoopback, type ListenerSettings, type ServerSettings } from '../config/settings.ts';
import type { EngineReady, EngineThreadData } from '../engine-thread.ts';
import { SecretStore } from '../secrets/secret-store.ts';
import { type EngineClient, engineClient } from '../threads/engine-client.ts';
import { readerClient, type ReaderClient } from '../threads/read-model-client.ts';
import { MemoryAtRest } from '../threads/memory-at-rest.ts';
import { systemClock } from '../threads/system-clock.ts';
import { ended, startThread, type ThreadHandle } from '../threads/thread-start.ts';
import { createEffects, type Effects } from './effects.ts';
import { removeServerFile, writeServerFile } from './server-file.ts';

/** Heap ceilings, in megabytes: they bound a fault, and leave room for the caches that are bounded by count. */
const ENGINE_HEAP_MB = 2048;
const READER_HEAP_MB = 512;
/** Requests and streams get this long to end once nothing new is taken. */
const LISTENER_GRACE_MS = 2000;

export interface ServerOptions {
  readonly settings: ServerSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** The process must end now, with this error's exit code; nothing more is acknowledged (I1). */
  readonly fatal: (error: HoldfastError) => void;
}

export class RunningServer {
  readonly engine: EngineClient;
  readonly http: HttpListener;
  readonly mqttUrl: string;
  readonly adminKeyFile: string;
  /** Values for `config://NAME`; what is set here applies from the next attempt on. */
  readonly config: Map<string, string>;
  readonly #parts: Parts;
  readonly #options: ServerOptions;
  #stopping: Promise<void> | null = null;

  private constructor(options: ServerOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.engine = parts.engine;
    this.http = parts.http;
    this.mqttUrl = parts.mqttUrl;
    this.adminKeyFile = parts.adminKeyFile;
    this.config = parts.config;
  }

  /** @throws HoldfastError `store.locked`, `store.newer`, `store.missing`, `port.taken` and whatever else hinders a start */
  static async start(options: ServerOptions): Promise<RunningServer> {
    const server = new RunningServer(options, await startParts(options));
    const { dataDir } = options.settings;
    writeServerFile(dataDir, {
      pid: process.pid,
      http: server.http.url,
      mqtt: server.mqttUrl,
      startedAt: new Date().toISOString(),
    });
    return server;
  }

  /** Effect functions run in processes of their own; they may start once the server answers. */
  warmHosts(): void {
    keepHosts(this.#parts);
  }

  /** Drains and ends everything. Safe to call again: the first call counts. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { settings, log } = this.#options;
    const { engine, engineThread, readModel, readerThread, http, mqtt, effects, memory, state } =
      this.#parts;
    state.accepting = false;
    memory.end();
    // Publishes that wait for their commit get it, and their acknowledgement; nothing more is read.
    await mqtt.close();
    const { inFlight } = await engine.drain(settings.drain.timeout);
    if (inFlight > 0) {
      log.warn({ inFlight }, 'stopped with effects in flight; the next start finds them in doubt');
    }
    await Promise.all([http.close(LISTENER_GRACE_MS), effects.close()]);
    await readModel.close();
    await engine.close();
    removeServerFile(settings.dataDir, process.pid);
    state.stopped = true;
    engineThread.port.close();
    readerThread.port.close();
    await Promise.all([ended(engineThread.worker), ended(readerThread.worker)]);
  }
}

interface Parts {
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
  readonly state: { accepting: boolean; stopped: boolean };
}

/** What ends what was started, in the order of the starts. */
type Undo = (() => Promise<unknown>)[];

/** All of it or none: when a part does not start, those before it are ended, so that the process can end too. */
async function startParts(options: ServerOptions): Promise<Parts> {
  const undo: Undo = [];
  try {
    return await startEach(options, undo);
  } catch (error) {
    for (const end of undo.toReversed()) await end();
    throw error;
  }
}

async function startEach(options: ServerOptions, undo: Undo): Promise<Parts> {
  const { settings, env, log } = options;
  const { dataDir } = settings;
  const startedAt = systemClock.now();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const state = { accepting: true, stopped: false };
  const fatal = (error: HoldfastError): void => {
    if (!state.stopped) options.fatal(error);
  };
  const config = new Map(Object.entries(settings.config));
  const late: { mqtt: MqttGateway | null; reader: ReaderClient | null } = {
    mqtt: null,
    reader: null,
  };
  // Until the reader is there, the log waits.
  const moveWal = async (): Promise<void> => late.reader?.moveWal();
  const releases = new ReleaseFiles(join(dataDir, 'releases'));
  const secrets = new SecretStore({ dataDir, env, now: () => new Date() });
  const effects = createEffects({
    releases,
    config,
    secrets,
    log,
    publish: async (tenant, topic, payload, publishing) => {
      if (late.mqtt === null)
        throw new HoldfastError('unavailable', 'the broker has not started yet');
      await late.mqtt.publish(tenant, topic, payload, publishing);
    },
  });
  const engineStart = startEngine(settings, effects, moveWal, fatal);
  const readerStart = startThread<null>({
    name: 'reader-thread',
    data: { dataDir },
    maxHeapMb: READER_HEAP_MB,
    fatal,
    after: engineStart,
  });
  undo.push(async () => {
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
  const active = await activeSources(engine, effects);
  const mqtt = new MqttGateway({
    engine,
    keyRing,
    readModel,
    clock: systemClock,
    config: {
      maxEventBytes: settings.limits.maxEventBytes,
      heldPerClient: settings.limits.heldPerClient,
    },
    sources: () => active.sources,
    log,
  });
  late.mqtt = mqtt;
  undo.push(() => mqtt.close());
  const app = createHttpApp({
    engine,
    readModel,
    keyRing,
    secrets,
    clock: systemClock,
    info: { version: VERSION, build: null, mode: settings.mode, node: process.version, startedAt },
    probes: { brokerUp: () => mqtt.stats().listening, accepting: () => state.accepting },
    limits: { ...DEFAULT_HTTP_LIMITS, maxEventBytes: settings.limits.maxEventBytes },
    config: { loopback: isLoopback(settings.http.host), allowedHosts: settings.http.allowedHosts },
    log,
  });
  const http = await listenHttp({ app, log, ...listening(settings.http) });
  undo.push(() => http.close(0));
  const { port } = await mqtt.listen(listening(settings.mqtt));
  const scheme = settings.mqtt.tls === null ? 'mqtt' : 'mqtts';
  const mqttUrl = `${scheme}://${urlHost(settings.mqtt.host)}:${port}`;
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
    memory: new MemoryAtRest({ clock: systemClock }),
    state,
  };
  parts.memory.watch(engineThread.port);
  parts.memory.watch(readerThread.port);
  parts.memory.touch();
  engine.onActivated(() => {
    active
      .refresh()
      .then(() => keepHosts(parts))
      .catch((error: unknown) =>
        log.error({ err: error }, 'could not take up the activated release'),
      );
  });
  return parts;
}

async function startEngine(
  settings: ServerSettings,
  effects: Effects,
  moveWal: () => Promise<void>,
  fatal: (error: HoldfastError) => void,
): Promise<{ engine: EngineClient; engineThread: ThreadHandle<EngineReady> }> {
  const data: EngineThreadData = {
    dataDir: settings.dataDir,
    log: settings.log,
    sandbox: settings.sandbox,
    relay: settings.relay,
    scheduler: settings.scheduler,
  };
  let engine: EngineClient | null = null;
  const engineThread = await startThread<EngineReady>({
    name: 'engine-thread',
    data,
    maxHeapMb: ENGINE_HEAP_MB,
    fatal: (error) => {
      engine?.fail(error);
      fatal(error);
    },
    connect: (port) => {
      engine = engineClient(port, effects.executor, moveWal);
    },
  });
  if (engine === null) throw new HoldfastError('internal', 'the engine thread was not connected');
  return { engine, engineThread };
}

/** Ends those of the two that have started, or still start. */
async function endThreads(
  engineStart: Promise<{ engine: EngineClient; engineThread: ThreadHandle<EngineReady> }>,
  readerStart: Promise<ThreadHandle<null>>,
): Promise<void> {
  const [engine, reader] = await Promise.allSettled([engineStart, readerStart]);
  if (reader.status === 'fulfilled') await reader.value.worker.terminate();
  if (engine.status === 'rejected') return;
  // In order, for it lets go of the data directory.
  await engine.value.engine.close();
  engine.value.engineThread.port.close();
  await ended(engine.value.engineThread.worker);
}

/** What the active releases say of MQTT sources, and which of them have effect functions. */
interface ActiveSources {
  readonly sources: readonly SourceSettings[];
  readonly withFunctions: readonly string[];
  refresh(): Promise<void>;
}

async function activeSources(engine: EngineClient, effects: Effects): Promise<ActiveSources> {
  const active = {
    sources: [] as readonly SourceSettings[],
    withFunctions: [] as readonly string[],
    refresh: async (): Promise<void> => {
      const rows = (await engine.releases()).filter((row) => row.active);
      const manifests = rows.flatMap(({ digest }) => {
        const manifest = effects.manifest(digest);
        return manifest === null ? [] : [{ digest, manifest }];
      });
      active.sources = manifests.flatMap(({ manifest }) => manifest.sources);
      active.withFunctions = manifests
        .filter(({ manifest }) =>
          manifest.effects.some(({ provider }) => provider.kind === 'function'),
        )
        .map(({ digest }) => digest);
    },
  };
  await active.refresh();
  return active;
}

function keepHosts({ effects, active }: Parts): void {
  effects.hosts.keep(active.withFunctions);
}

function listening({ host, port, tls }: ListenerSettings): {
  host: string;
  port: number;
  tls?: { cert: string; key: string };
} {
  if (tls === null) return { host, port };
  return {
    host,
    port,
    tls: { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') },
  };
}

function urlHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
