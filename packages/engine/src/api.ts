/**
 * What the engine offers to those who face the outside: gateway, server, CLI. One implementation is the `Engine` itself,
 * the other a client over a message port to the thread it runs in. All methods are safe to call at any time and in any
 * number; what waits together is committed together.
 *
 * @module
 */
import type {
  Fault,
  HoldfastError,
  IncomingEvent,
  InstanceStatusWire,
  JsonText,
  ReleaseBundle,
  ReleaseDigest,
  Seq,
  TenantId,
} from '@holdfast/core';
import type { BrokerOp, BrokerSnapshot, KeyRow, QuarantineRow, ReleaseRow } from '@holdfast/store';
import type { UpstreamStatus } from './upstreams.ts';

export interface EngineAdjustments {
  /** Most effect calls at one time. */
  readonly relayInFlight?: number;
}

export interface IngestRequest {
  readonly event: IncomingEvent;
  /** What the broker must remember for this message, committed in the same transaction (I1). */
  readonly broker?: readonly BrokerOp[];
  /** Ask to be told the end of the saga this event starts. `saga` where two could match. */
  readonly wait?: { readonly timeout: number; readonly saga?: string };
  /** Its sender cannot be told to come again: the answer waits for room on the disk, however late. Default false. */
  readonly patient?: boolean;
}

/**
 * Answer after the synced commit (I1).
 * `conflict`: the same source and id with other content stands at `seq`; nothing was journaled (the `broker` ops are not written either).
 * `invalid`: the data violates its event type's schema; nothing was journaled.
 */
export type IngestAnswer =
  | {
      readonly status: 'accepted';
      readonly seq: Seq;
      readonly id: string;
      readonly duplicate: boolean;
      readonly ended?: SagaEnd;
    }
  | { readonly status: 'conflict'; readonly seq: Seq }
  | { readonly status: 'invalid'; readonly faults: readonly Fault[] };

export interface SagaEnd {
  readonly saga: string;
  readonly key: string;
  readonly run: number;
  readonly status: InstanceStatusWire;
  readonly version: number;
  readonly release: ReleaseDigest;
  readonly result: JsonText | null;
  readonly failure: JsonText | null;
}

export interface InstanceAddress {
  readonly tenant: TenantId;
  readonly saga: string;
  readonly key: string;
}

export type WaitAddress =
  | { readonly token: string }
  | (InstanceAddress & { readonly name: string });

export interface Actor {
  /** Id of the key that acts, or `local` for the engine's own start-up acts. */
  readonly by: string;
  readonly reason: string | null;
}

export interface EngineApi {
  /** @throws HoldfastError `draining`, `store.full`, `unavailable` when intake has stopped. */
  ingest(request: IngestRequest): Promise<IngestAnswer>;
  /** Writes of the broker that no event carries. Resolves after the synced commit. */
  broker(ops: readonly BrokerOp[]): Promise<void>;
  brokerSnapshot(): Promise<BrokerSnapshot>;
  /** Resolves with the id of the record after the synced commit. */
  quarantine(
    entry: Omit<QuarantineRow, 'id' | 'at'>,
    broker?: readonly BrokerOp[],
  ): Promise<number>;

  /** @throws HoldfastError `not_found`, `wait.closed`, `request.invalid` (payload violates the wait's schema). */
  completeWait(address: WaitAddress, payload: JsonText, actor: Actor): Promise<void>;
  failWait(address: WaitAddress, message: string, actor: Actor): Promise<void>;
  /** The instance's end; null when `timeout` milliseconds pass first, or when it does not exist. */
  awaitEnd(address: InstanceAddress, timeout: number): Promise<SagaEnd | null>;
  /** Asks the instance to stop and compensate. @throws HoldfastError `not_found`, `conflict` (it has ended). */
  cancel(address: InstanceAddress, actor: Actor): Promise<void>;
  /** Lets a blocked instance go on from where it stands, same keys. @throws HoldfastError `not_found`, `conflict`. */
  redrive(address: InstanceAddress, actor: Actor): Promise<void>;

  /** Checks a bundle and keeps it. @throws HoldfastError `release.invalid` with faults. */
  registerRelease(
    bundle: ReleaseBundle,
    actor: Actor,
  ): Promise<{ digest: ReleaseDigest; app: string; isNew: boolean }>;
  /** Pointer swap; in-flight instances stay pinned. @throws HoldfastError `release.unknown`. */
  activateRelease(
    digest: ReleaseDigest,
    actor: Actor,
  ): Promise<{ app: string; previous: ReleaseDigest | null }>;
  /** Swaps back to what was active before. @throws HoldfastError `conflict` when there is nothing to go back to. */
  rollbackRelease(app: string, actor: Actor): Promise<{ digest: ReleaseDigest }>;
  releases(): Promise<readonly ReleaseRow[]>;

  keys(): Promise<readonly KeyRow[]>;
  createKey(row: KeyRow, actor: Actor): Promise<void>;
  /** @throws HoldfastError `not_found`. */
  revokeKey(id: string, actor: Actor): Promise<void>;

  /** Called after each commit that appended events, coalesced, with the last position. Returns what ends the subscription. */
  onCommitted(listener: (lastSeq: Seq) => void): () => void;
  /** Called when intake closes for want of room. `status` says when it is open again. */
  onNoRoom(listener: (error: HoldfastError) => void): () => void;
  /** Called when a release becomes active. */
  onActivated(listener: (app: string, digest: ReleaseDigest) => void): () => void;
  status(): Promise<EngineStatus>;
  /** Take no new work, finish in flight, flush. Resolves when nothing is in flight or `timeout` milliseconds have passed. */
  /** Journals an operator's act on the server itself, such as `server.drained`, in `CONTROL_EVENTS`. */
  noteAct(type: string, what: Readonly<Record<string, unknown>>, actor: Actor): Promise<void>;
  /** Changes what may change while the engine runs. */
  adjust(changes: EngineAdjustments): Promise<void>;
  drain(timeout: number): Promise<{ inFlight: number }>;
}

export interface EngineStatus {
  readonly writable: boolean;
  /** Nothing is taken because the disk has no room (I10). Never while `writable`. */
  readonly noRoom: boolean;
  readonly draining: boolean;
  readonly lastSeq: Seq;
  readonly epoch: number;
  readonly timeline: number;
  readonly liveInstances: number;
  readonly effectsInFlight: number;
  /** Those with a breaker that were called since the start. */
  readonly upstreams: readonly UpstreamStatus[];
  readonly sagas: readonly {
    readonly saga: string;
    readonly app: string;
    readonly release: ReleaseDigest;
  }[];
  readonly effects: readonly string[];
}
