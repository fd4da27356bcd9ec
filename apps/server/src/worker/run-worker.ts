/**
 * `holdfast serve --mode effect`: makes effect calls for a server elsewhere, until it is told to stop (R11.1, R12.1).
 *
 * It has no store. Its data directory holds the releases it has fetched, and its own secrets: `config://` and `secret://`
 * are resolved here, from this process's configuration, environment and secrets. None of them travels.
 *
 * SIGINT, SIGTERM, SIGHUP and the launcher's death drain and end with 0; a second signal ends at once.
 *
 * @module
 */
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { type Log, ReleaseFiles } from '@holdfast/engine';
import { createClient } from '@holdfast/sdk/client';
import { EXIT_INTERRUPTED, onInterrupt } from '../cli/interrupt.ts';
import type { ServerSettings } from '../config/settings.ts';
import { watchLifeline } from '../lifeline.ts';
import { SecretStore } from '../secrets/secret-store.ts';
import { createEffects } from '../serve/effects.ts';
import { HiddenValues } from '../serve/hidden-values.ts';
import { prepareOwnCertificate } from '../serve/certificates.ts';
import { createLog } from '../serve/log.ts';
import { systemClock } from '../threads/system-clock.ts';
import { ReleaseCache } from './release-cache.ts';
import { listenWorker, type WorkerListener } from './worker-listener.ts';
import { WorkerLoop } from './worker-loop.ts';

export interface RunWorkerOptions {
  /** One line of JSON on stdout when it has joined, instead of words. */
  readonly json: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: { write(text: string): unknown };
}

/** Runs until stopped; resolves with the exit code. @throws HoldfastError when it cannot start */
export async function runWorker(
  settings: ServerSettings,
  options: RunWorkerOptions,
): Promise<number> {
  const hidden = new HiddenValues();
  const log = createLog(settings.log, (line) => hidden.strike(line));
  const stopped = Promise.withResolvers<string>();
  onInterrupt(stopped.resolve, () => process.exit(EXIT_INTERRUPTED));
  watchLifeline(options.env, () => stopped.resolve('its launcher has gone'));
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const secrets = new SecretStore({
    dataDir: settings.dataDir,
    env: options.env,
    now: () => new Date(),
  });
  hidden.hide(() => [settings.worker.key, ...secrets.given]);
  const { worker, closeEffects } = createWorker(settings, secrets, log);
  let listener: WorkerListener | null = null;
  try {
    await prepareOwnCertificate(settings, log);
    listener = await listenWorker(worker, settings.http);
    const { url } = listener;
    const started = worker.start().then(() => announce(worker, url, settings, options));
    const why = await Promise.race([stopped.promise, started.then(() => stopped.promise)]);
    log.info({ why, inFlight: worker.inFlight }, 'draining');
    const unfinished = await worker.drain(settings.drain.timeout);
    // A start that was cut short has nothing more to say.
    await started.catch(() => undefined);
    if (unfinished > 0)
      log.warn({ unfinished }, 'stopped with calls in flight; they are in doubt once leases end');
  } finally {
    await closeEffects();
    await listener?.close();
  }
  log.info({}, 'stopped');
  return 0;
}

function createWorker(
  settings: ServerSettings,
  secrets: SecretStore,
  log: Log,
): { worker: WorkerLoop; closeEffects: () => Promise<void> } {
  const { url, key, name, group, concurrency, tenants, effects: named } = settings.worker;
  const server = createClient({ url, key });
  const files = new ReleaseFiles(join(settings.dataDir, 'releases'));
  const effects = createEffects({
    releases: files,
    config: new Map(Object.entries(settings.config)),
    secrets,
    publish: () =>
      Promise.reject(
        new HoldfastError('unavailable', 'a worker has no broker: the server publishes itself'),
      ),
    log,
  });
  const worker = new WorkerLoop({
    server: server.workers,
    executor: effects.executor,
    releases: new ReleaseCache(files, (digest) => server.releases.bundle(digest)),
    terms: { name: name === '' ? hostname() : name, group, concurrency, tenants, effects: named },
    clock: systemClock,
    random: Math.random,
    log,
  });
  return { worker, closeEffects: () => effects.close() };
}

function announce(
  worker: WorkerLoop,
  http: string,
  settings: ServerSettings,
  { json, stdout }: RunWorkerOptions,
): void {
  const { id } = worker;
  if (json) {
    const line = { event: 'ready', mode: 'effect', http, worker: id, pid: process.pid };
    stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  stdout.write(
    `\nThe worker has joined ${settings.worker.url} as ${id}.\n\n  Health  ${http}/health\n\n  Ctrl-C drains and stops.\n\n`,
  );
}
