/**
 * What the engine offers to workers, by way of those who speak their protocol.
 *
 * @module
 */
import type {
  EffectCall,
  EffectResult,
  HeldCommand,
  Micros,
  Millis,
  TenantId,
} from '@holdfast/core';

/** Whom a worker's key makes it. */
export interface WorkerCaller {
  readonly keyId: string;
  /** The one tenant whose commands it may take; null for those of any. */
  readonly tenant: TenantId | null;
}

export interface JoinRequest {
  /** As an earlier answer gave it. */
  readonly id?: string;
  readonly name: string;
  readonly group: string;
  readonly concurrency: number;
  readonly tenants: readonly string[];
  readonly effects: readonly string[];
  readonly holding: readonly HeldCommand[];
}

export interface JoinedWorker {
  readonly id: string;
  readonly ackWait: Millis;
  readonly beatEvery: Millis;
  readonly tenants: readonly string[];
  readonly lost: readonly HeldCommand[];
}

/** A try that a worker is to make now: its start is synced. */
export interface LeasedCall {
  readonly call: EffectCall;
  readonly leaseUntil: Micros;
}

export interface WorkerView {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  /** `away`: it joined before the server's last start, and has not yet joined again. */
  readonly state: 'joined' | 'away' | 'draining';
  readonly tenant: TenantId | null;
  readonly tenants: readonly string[];
  readonly effects: readonly string[];
  readonly concurrency: number;
  readonly inFlight: number;
  readonly joinedAt: Micros;
  readonly lastSeenAt: Micros;
}

/** All of them: @throws HoldfastError `worker.unknown` where no such worker has joined with the caller's key. */
export interface WorkerApi {
  /** @throws HoldfastError `draining` */
  joinWorker(request: JoinRequest, caller: WorkerCaller): Promise<JoinedWorker>;
  beatWorker(
    id: string,
    holding: readonly HeldCommand[],
    caller: WorkerCaller,
  ): Promise<Pick<JoinedWorker, 'lost' | 'tenants'>>;
  /**
   * Resolves when there are commands, or none came within `wait` milliseconds.
   *
   * @throws HoldfastError `draining`
   */
  leaseCommands(
    id: string,
    ask: { readonly poll: number; readonly max: number; readonly wait: Millis },
    caller: WorkerCaller,
  ): Promise<readonly LeasedCall[]>;
  /** Nobody reads the answer to this lease any more: what it was to hand out goes to others. */
  abandonLease(id: string, poll: number): Promise<void>;
  /**
   * Resolves once the result is synced. Answers whether it had been recorded before.
   *
   * @throws HoldfastError `lease.lost`, `not_found`
   */
  completeCommand(
    id: string,
    of: HeldCommand,
    result: EffectResult,
    caller: WorkerCaller,
  ): Promise<{ readonly duplicate: boolean }>;
  /** It takes no more. `holding`: what it has under way, where it says so. */
  drainWorker(
    id: string,
    holding: readonly HeldCommand[] | null,
    caller: WorkerCaller,
  ): Promise<void>;
  /** It has gone, and leaves `holding` unfinished. */
  leaveWorker(id: string, holding: readonly HeldCommand[], caller: WorkerCaller): Promise<void>;
  /** Which tenants it takes commands of from now on; null: as it was started with. */
  placeWorker(
    id: string,
    tenants: readonly string[] | null,
    actor: { readonly by: string; readonly reason: string | null },
  ): Promise<WorkerView>;
  workers(): Promise<readonly WorkerView[]>;
}
