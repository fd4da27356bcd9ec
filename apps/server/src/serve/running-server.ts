/**
 * One server, from its start (`server-parts.ts`) to its end (R11.1).
 *
 * Stop: not ready; intake closes; what is in flight finishes; hosts and listeners end; store closes. A forced end at any
 * point loses nothing that was acknowledged (I1), and comes by itself where a part does not end, as on a disk that hangs.
 *
 * @module
 */
import { HoldfastError } from '@holdfast/core';
import type { Reloaded } from '@holdfast/core';
import type { Actor } from '@holdfast/engine';
import type { HttpListener } from '@holdfast/gateway';
import type { EngineClient } from '../threads/engine-client.ts';
import { systemClock } from '../threads/system-clock.ts';
import { ended } from '../threads/thread-start.ts';
import { removeServerFile } from './server-file.ts';
import { keepHosts, type Parts, type ServerOptions, startParts } from './server-parts.ts';
import { watched } from './watched.ts';

/** Requests and streams get this long to end once nothing new is taken. */
const LISTENER_GRACE_MS = 2000;
/** Spans get this long to be sent, within the time of the drain. */
const SPANS_GRACE_MS = 5000;
/** All parts get this long beyond the time of the drain; then the process ends without them. */
const STOP_GRACE_MS = 20_000;

export class RunningServer {
  readonly engine: EngineClient;
  readonly http: HttpListener;
  readonly mqttUrl: string;
  readonly adminKeyFile: string;
  /** SHA-256 of the certificate that the server made itself; null when it made none. */
  readonly fingerprint: string | null;
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
    this.fingerprint = parts.certificates.ownFingerprint;
  }

  /** @throws HoldfastError `store.locked`, `store.newer`, `store.missing`, `port.taken` and whatever else hinders a start */
  static async start(options: ServerOptions): Promise<RunningServer> {
    return new RunningServer(options, await startParts(options));
  }

  /** Effect functions run in processes of their own; they may start once the server answers. */
  warmHosts(): void {
    keepHosts(this.#parts);
  }

  /** Reads the configuration again; see `ServerOperation`. */
  reload(actor: Actor): Promise<Reloaded> {
    return this.#parts.operation.reload(actor);
  }

  /** Drains and ends everything, or after a set time the process. Safe to call again: the first call counts. */
  stop(): Promise<void> {
    const limit = this.#parts.operation.settings.drain.timeout + STOP_GRACE_MS;
    this.#stopping ??= watched(this.#stop(), limit, systemClock, () =>
      this.#options.fatal(
        new HoldfastError('unavailable', `the server did not stop within ${limit} ms`),
      ),
    );
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { settings, log } = this.#options;
    const {
      engine,
      engineThread,
      readModel,
      readerThread,
      http,
      mqtt,
      effects,
      memory,
      probe,
      sampler,
      journalVerifier,
      state,
      operation,
      alerts,
      tracing,
    } = this.#parts;
    const begun = performance.now();
    state.accepting = false;
    const toldOff = alerts.farewell('stopping').then(() => alerts.close());
    memory.end();
    probe.end();
    sampler.close();
    const verifierEnded = journalVerifier.close();
    this.#parts.certificates.end();
    // Publishes that wait for their commit get it, and their acknowledgement; nothing more is read.
    await mqtt.close();
    const left = (): number =>
      Math.max(0, operation.settings.drain.timeout - (performance.now() - begun));
    const { inFlight } = await engine.drain(left());
    if (inFlight > 0) {
      log.warn({ inFlight }, 'stopped with effects in flight; the next start finds them in doubt');
    }
    await Promise.all([http.close(LISTENER_GRACE_MS), effects.close()]);
    await Promise.all([toldOff, verifierEnded]);
    await readModel.close();
    await engine.close();
    // All that it told of is here by now.
    await tracing?.close(Math.min(SPANS_GRACE_MS, left()));
    removeServerFile(settings.dataDir, process.pid);
    state.stopped = true;
    engineThread.port.close();
    readerThread.port.close();
    await Promise.all([ended(engineThread.worker), ended(readerThread.worker)]);
  }
}
