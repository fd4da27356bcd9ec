/**
 * Entry of the engine's thread: the store's one writer, and all that decides what is written (DESIGN, Threads).
 *
 * @module
 */
import { join } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toErrorRecord } from '@holdfast/core';
import { createSandboxPool, Engine } from '@holdfast/engine';
import { DiskRoom, openStore } from '@holdfast/store';
import { createLog, type LogSettings } from './serve/log.ts';
import { waitTokenKey } from './secrets/wait-token-key.ts';
import { EngineServer } from './threads/engine-client.ts';
import { MemoryAtRest } from './threads/memory-at-rest.ts';
import { systemClock } from './threads/system-clock.ts';
import { ThreadProbe } from './threads/thread-probe.ts';
import { entryUrl, type ThreadNews } from './threads/thread-start.ts';

export interface EngineThreadData {
  readonly dataDir: string;
  readonly log: LogSettings;
  readonly sandbox: {
    readonly threads: number;
    readonly wallLimit: number;
    readonly memoryLimit: number;
  };
  readonly consumers: { readonly maxDeliver: number };
  readonly relay: { readonly concurrency: number };
  readonly workers: { readonly local: boolean; readonly ackWait: number };
  /** Null: nobody traces. */
  readonly tracing: { readonly sample: number } | null;
  readonly scheduler: {
    readonly recheck: number;
    readonly maxJump: number;
    readonly bootGrace: number;
  };
}

/** What main is told once the engine has recovered. */
export interface EngineReady {
  readonly recovered: {
    readonly events: number;
    readonly inDoubt: number;
    readonly unparked: number;
  };
  readonly epoch: number;
}

/** Items of one effect that wait in memory at most; the others wait in the store. */
const WAITING_ITEMS = 5000;

const data = workerData as EngineThreadData & { port: MessagePort };

function tell(news: ThreadNews): void {
  parentPort?.postMessage(news);
}

async function start(): Promise<void> {
  const log = createLog(data.log);
  const probe = new ThreadProbe(systemClock);
  const server = new EngineServer(data.port, probe, log);
  const memory = new MemoryAtRest({ clock: systemClock });
  memory.watch(data.port);
  probe.watch(data.port);
  data.port.on('close', () => {
    memory.end();
    probe.end();
  });
  const disk = new DiskRoom(data.dataDir);
  disk.prepare();
  const store = await openStore({ dir: data.dataDir, clock: systemClock });
  const engine = new Engine({
    store,
    sandbox: createSandboxPool({
      ...data.sandbox,
      workerUrl: entryUrl('sandbox-thread'),
      clock: systemClock,
      log,
    }),
    executor: server.executor,
    clock: systemClock,
    random: Math.random,
    releasesDir: join(data.dataDir, 'releases'),
    tokenKey: waitTokenKey(data.dataDir),
    log,
    relay: { inFlight: data.relay.concurrency, waiting: WAITING_ITEMS },
    maxDeliver: data.consumers.maxDeliver,
    workers: data.workers,
    disk,
    moveWal: server.moveWal,
    ...(data.tracing === null ? {} : { tracing: { ...data.tracing, spans: server.spans } }),
    recheckMs: data.scheduler.recheck,
    clockJumps: data.scheduler,
    fatal: (error) => {
      try {
        log.error(
          { err: error },
          'the engine stops: it can no longer write, or no longer trust what it wrote',
        );
      } finally {
        tell({ news: 'fatal', error: toErrorRecord(error) });
      }
    },
  });
  server.attach(engine);
  const recovered = await engine.start();
  const detail: EngineReady = { recovered, epoch: store.counters.epoch };
  tell({ news: 'ready', detail });
}

start().catch((error: unknown) => tell({ news: 'failed', error: toErrorRecord(error) }));
