/**
 * Effect hosts: one process for each release whose effect functions are called. It lives in the server's main thread
 * and is how the executor reaches effect functions.
 */
import { join } from 'node:path';
import type { Clock, EffectCall, EffectResult, Random, ReleaseDigest } from '@holdfast/core';
import type { FunctionHost, FunctionValues } from '@holdfast/gateway';
import { DEFAULT_HOST_LIMITS } from './host-process.ts';
import type { HostLimits } from './host-process.ts';
import type { HostLog } from './host-log.ts';
import { ReleaseHost } from './release-host.ts';
import type { HostState } from './release-host.ts';

export interface EffectHostOptions {
  /** `effect-host-main`, as JavaScript, or TypeScript that Node runs as it is. */
  readonly entry: string;
  /** The folder that holds a release's files, `effects.mjs` among them. */
  readonly releaseDir: (release: ReleaseDigest) => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: HostLog;
  readonly limits?: Partial<HostLimits>;
  /** Node's executable. Default: the one that runs the server. */
  readonly execPath?: string;
}

interface EffectHostStatus {
  readonly release: ReleaseDigest;
  readonly state: HostState;
  readonly pid: number | null;
  readonly callsOut: number;
}

export interface EffectHostSupervisor extends FunctionHost {
  /**
   * The releases whose processes are to be there: started now where they are not, restarted when they end. Others end
   * when they have had no call for a minute. Give only releases that have effect functions.
   */
  keep(releases: readonly ReleaseDigest[]): void;
  status(): readonly EffectHostStatus[];
  /** Ends all processes, for good; calls still out are in doubt. Resolves when they are gone. */
  close(): Promise<void>;
}

export function createEffectHostSupervisor(options: EffectHostOptions): EffectHostSupervisor {
  return new Supervisor(options);
}

class Supervisor implements EffectHostSupervisor {
  readonly #options: EffectHostOptions;
  readonly #hosts = new Map<ReleaseDigest, ReleaseHost>();
  #closed = false;

  constructor(options: EffectHostOptions) {
    this.#options = options;
  }

  execute(call: EffectCall, values: FunctionValues, signal: AbortSignal): Promise<EffectResult> {
    return this.#host(call.release).execute(call, values, signal);
  }

  keep(releases: readonly ReleaseDigest[]): void {
    // An activation may be taken up only after the server has begun to stop.
    if (this.#closed) return;
    for (const [release, host] of this.#hosts) {
      if (releases.includes(release)) continue;
      host.release();
      if (host.state === 'stopped') this.#hosts.delete(release);
    }
    for (const release of releases) this.#host(release).warm();
  }

  status(): readonly EffectHostStatus[] {
    return [...this.#hosts].map(([release, { state, pid, callsOut }]) => ({
      release,
      state,
      pid: pid ?? null,
      callsOut,
    }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#hosts.values()].map((host) => host.close()));
  }

  #host(release: ReleaseDigest): ReleaseHost {
    let host = this.#hosts.get(release);
    if (host === undefined) {
      const { releaseDir, entry, execPath, limits, clock, random, log } = this.#options;
      host = new ReleaseHost({
        execPath: execPath ?? process.execPath,
        entry,
        effects: join(releaseDir(release), 'effects.mjs'),
        limits: { ...DEFAULT_HOST_LIMITS, ...limits },
        clock,
        random,
        log,
      });
      if (this.#closed) void host.close();
      this.#hosts.set(release, host);
    }
    return host;
  }
}
