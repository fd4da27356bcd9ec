import type { Clock, EffectExecutor, Random } from '@holdfast/core';
import type { Store } from '@holdfast/store';
import type { BacklogLimits } from './backlogs.ts';
import type { Log } from './log.ts';
import type { RelayLimits } from './outbox-relay.ts';
import type { JumpLimits } from './recorded-time.ts';
import type { DiskRoomPort } from './room-keeper.ts';
import type { Sandbox } from './sandbox-port.ts';
import type { TracingOptions } from './tracing/tracer.ts';
import type { WorkerOptions } from './workers/worker-desk.ts';

/** What an engine works with, and its settings. */
export interface EngineOptions {
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly executor: EffectExecutor;
  readonly clock: Clock;
  readonly random: Random;
  /** Folder of releases, `<data-dir>/releases`. */
  readonly releasesDir: string;
  /** Secret that wait tokens are made with, at least 32 bytes. Changing it ends all tokens. */
  readonly tokenKey: Buffer;
  readonly log?: Log;
  readonly relay?: RelayLimits;
  /** How much a consumer is given before the rest is left to the journal. */
  readonly backlog?: BacklogLimits;
  /** Whether this process makes calls itself, and how it deals with workers. */
  readonly workers?: WorkerOptions;
  /** Longest sleep of the scheduler between looks, in milliseconds. Default 30 s. */
  readonly recheckMs?: number;
  /** Which forward leaps of wall time are held for a person. Default: none. */
  readonly clockJumps?: JumpLimits;
  /**
   * Most times that an event is given to its saga where what keeps it from being decided is the host: a sandbox that had
   * to be ended, a process that ended. Default 3, minimum 1. A saga's own `tries` count where its program fails.
   */
  readonly maxDeliver?: number;
  /** The disk that the store is on. Default: nobody asks it, and a want of room shows when a commit meets it. */
  readonly disk?: DiskRoomPort;
  /** Whom to tell of spans, and of how many. Default: nobody traces. */
  readonly tracing?: TracingOptions;
  /** Has another thread move the write-ahead log. Default: the writer moves it. */
  readonly moveWal?: () => Promise<void>;
  /** The engine can no longer be trusted or cannot write: end the process, acknowledge nothing (I1). Called once. */
  readonly fatal: (error: Error) => void;
  /** Runs a function soon; for simulation. Default `setImmediate`. */
  readonly defer?: (run: () => void) => void;
}
