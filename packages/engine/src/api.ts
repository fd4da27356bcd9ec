/**
 * What the engine offers to those who face the outside: gateway, server, CLI. One implementation is the `Engine` itself,
 * the other a client over a message port to the thread it runs in. All methods are safe to call at any time and in any
 * number; what waits together is committed together.
 *
 * @module
 */
import type {
  ControlType,
  Activated,
  Fault,
  HoldfastError,
  IncomingEvent,
  InstanceStatusWire,
  JsonObject,
  JsonText,
  Micros,
  Millis,
  Rehearsal,
  ReleaseBundle,
  ReleaseDigest,
  Seq,
  TenantId,
} from '@holdfast/core';
import type {
  BrokerOp,
  BrokerSnapshot,
  KeyRow,
  QuarantineRow,
  ReleaseRow,
  SessionRow,
} from '@holdfast/store';
import type { ChangesTold } from './change-watch.ts';
import type { EngineMetricsSnapshot } from './engine-metrics.ts';
import type { PlaceAnswer, PlaceRequest } from './step-places.ts';
import type { UpstreamStatus } from './upstreams.ts';
import type { WorkerApi } from './workers/worker-api.ts';

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
  /** By what it came in, for its span. */
  readonly protocol?: 'http' | 'mqtt';
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

export interface RestartRequest {
  /** Only say what it would repeat. */
  readonly dryRun: boolean;
  /** The outside effects of the earlier run may be made once more. */
  readonly repeatEffects: boolean;
}

/** An outside effect that happened, or may have happened. */
export interface RepeatedEffect {
  readonly commandId: string;
  readonly step: string;
  readonly effect: string;
  readonly outcome: 'succeeded' | 'unknown';
  /** Whether its undo succeeded. */
  readonly undone: boolean;
}

export interface RestartAnswer {
  readonly dryRun: boolean;
  /** The new run's number. */
  readonly run: number;
  readonly effects: readonly RepeatedEffect[];
}

export interface EffectAddress {
  readonly tenant: TenantId;
  readonly commandId: string;
}

/** What a person found out about a held effect. `retry`: call it again, with the same key. */
export type EffectResolution =
  | { readonly as: 'succeeded'; readonly output: JsonText }
  | { readonly as: 'failed' }
  | { readonly as: 'retry' };

export interface QuarantineAddress {
  readonly tenant: TenantId;
  readonly id: number;
}

/** Which events are to be run again, for one saga. Bounds include what they name. */
export interface ReprocessRequest {
  readonly tenant: TenantId;
  readonly saga: string;
  /** Only of this type. */
  readonly type?: string;
  readonly seqs?: readonly Seq[];
  readonly fromSeq?: Seq;
  readonly toSeq?: Seq;
  readonly from?: Micros;
  readonly to?: Micros;
  /** Needed where the choice is everything that the saga was ever given. */
  readonly all: boolean;
  /** Only count, and say what could be repeated. */
  readonly dryRun: boolean;
  /** The count that a dry run gave. Needed unless this is one. */
  readonly confirmCount?: number;
}

export type ReprocessAnswer =
  | {
      readonly dryRun: true;
      readonly count: number;
      /** Effects of the runs that took these events, that happened or may have. */
      readonly effects: readonly { readonly effect: string; readonly count: number }[];
      /** How many of the events were looked at for `effects`: the first ones. */
      readonly looked: number;
    }
  | { readonly dryRun: false; readonly count: number; readonly id: Seq };

/** A saga of one tenant as a consumer of the journal. */
export interface ConsumerStatus {
  readonly saga: string;
  readonly tenant: TenantId;
  /** All events up to here have been dealt with. */
  readonly checkpoint: Seq;
  /** Events written and not yet dealt with: its lag. */
  readonly pending: number;
  /** Times since the start that an event was given to it again. */
  readonly redeliveries: number;
}

export interface SwapOptions {
  /** Refuse unless this release is the active one; null: unless none is. Default: whichever is. */
  readonly expectActive?: ReleaseDigest | null;
  /** Longest to hold the answer for the rehearsal, in milliseconds. Default 0. */
  readonly wait?: Millis;
}

/** A registered release, one that need not be, or the one that a rollback of an app goes back to. */
export type RehearsalTarget =
  | { readonly digest: ReleaseDigest }
  | { readonly bundle: ReleaseBundle }
  | { readonly rollback: string };

export interface RehearsalQuery {
  /** As in `SwapOptions`. */
  readonly wait?: Millis;
  /** Stays to leave out. Default 0. */
  readonly after?: number;
  /** Most stays in the answer. Default 100. */
  readonly limit?: number;
}

export interface EngineApi extends WorkerApi {
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

  /**
   * Opens a new run of an ended instance, from the event that began the last one.
   * @throws HoldfastError `not_found`, `conflict` (it has not ended; it would repeat effects and nobody said it may).
   */
  restart(address: InstanceAddress, request: RestartRequest, actor: Actor): Promise<RestartAnswer>;
  /** Settles a held effect. @throws HoldfastError `not_found`, `conflict` (not held), `request.invalid` (its output). */
  resolveEffect(address: EffectAddress, how: EffectResolution, actor: Actor): Promise<void>;
  /**
   * Takes an entry of the quarantine up again. `messages`: the events that a message is by now, where it never was one.
   * @throws HoldfastError `not_found`, `conflict`, `event.conflict`, `event.invalid`.
   */
  redriveQuarantine(
    address: QuarantineAddress,
    messages: readonly IncomingEvent[] | null,
    actor: Actor,
  ): Promise<Seq>;
  /** @throws HoldfastError `not_found`, `conflict` (resolved already). */
  discardQuarantine(address: QuarantineAddress, actor: Actor): Promise<void>;
  /**
   * Counts chosen events, or runs them again. Answers once the act is journaled; the events follow.
   * @throws HoldfastError `not_found` (no such saga), `request.invalid`, `conflict` (the count is another by now).
   */
  reprocess(request: ReprocessRequest, actor: Actor): Promise<ReprocessAnswer>;
  /** Which lines of source the steps of a run were made at; recorded decisions are made again for it. */
  placeSteps(request: PlaceRequest): Promise<PlaceAnswer>;
  /** Consumers of one tenant. */
  consumers(tenant: TenantId): Promise<readonly ConsumerStatus[]>;

  /** Checks a bundle and keeps it. @throws HoldfastError `release.invalid` with faults. */
  registerRelease(
    bundle: ReleaseBundle,
    actor: Actor,
  ): Promise<{ digest: ReleaseDigest; app: string; isNew: boolean }>;
  /**
   * Swaps the pointer; then rehearses the app's instances in flight, and moves those for which the release decides as
   * they have decided so far. To activate the active one examines again. @throws HoldfastError `release.unknown`,
   * `conflict`.
   */
  activateRelease(digest: ReleaseDigest, actor: Actor, options?: SwapOptions): Promise<Activated>;
  /** The same, back to what was active before. @throws HoldfastError `conflict` when there is nothing to go back to. */
  rollbackRelease(app: string, actor: Actor, options?: SwapOptions): Promise<Activated>;
  /** What the same would come to; changes nothing and journals nothing. */
  rehearseRelease(target: RehearsalTarget, options?: SwapOptions): Promise<Activated>;
  /** The last rehearsal on a release since the start; null when there was none. */
  rehearsal(digest: ReleaseDigest, query?: RehearsalQuery): Promise<Rehearsal | null>;
  releases(): Promise<readonly ReleaseRow[]>;

  keys(): Promise<readonly KeyRow[]>;
  createKey(row: KeyRow, actor: Actor): Promise<void>;
  /** @throws HoldfastError `not_found`. */
  revokeKey(id: string, actor: Actor): Promise<void>;

  /** Those that have not been ended, oldest first. */
  sessions(): Promise<readonly SessionRow[]>;
  /** @param about for the record, beside the key's name @throws HoldfastError `auth.refused` when its key is not in force */
  openSession(row: SessionRow, about: JsonObject, actor: Actor): Promise<void>;
  /** @param actor null when its time is up: that is no act. One that has ended already is no fault. */
  endSession(session: Pick<SessionRow, 'id' | 'keyId'>, actor: Actor | null): Promise<void>;
  /** Keeps when it was last used. */
  seenSession(id: string, at: Micros): Promise<void>;

  /**
   * Says that the machine's clock is right: recorded time takes the leap that was held, and what is due fires.
   *
   * @throws HoldfastError `conflict` when no leap is held.
   */
  confirmClock(actor: Actor): Promise<ClockConfirmed>;

  /** Called after each commit that appended events, coalesced, with the last position. Returns what ends the subscription. */
  onCommitted(listener: (lastSeq: Seq) => void): () => void;
  /** Called with what commits touched, at most four times a second. Returns what ends the subscription. */
  onChanged(listener: (told: ChangesTold) => void): () => void;
  /** Called when intake closes for want of room. `status` says when it is open again. */
  onNoRoom(listener: (error: HoldfastError) => void): () => void;
  /** Called when a release becomes active. */
  onActivated(listener: (app: string, digest: ReleaseDigest) => void): () => void;
  status(): Promise<EngineStatus>;
  /**
   * Journals an operator's act that changes nothing in the store. Resolves after the synced commit.
   *
   * @param about members `before` and `after`: what it changes, as it was and as it is made
   * @param target what it is done to; default `server`
   */
  recordAct(type: ControlType, about: JsonObject, actor: Actor, target?: string): Promise<void>;
  /** What it has counted since its start. */
  metrics(): Promise<EngineMetricsSnapshot>;
  /** Changes what may change while the engine runs. */
  adjust(changes: EngineAdjustments): Promise<void>;
  /** Take no new work, finish in flight, flush. Resolves when nothing is in flight or `timeout` milliseconds have passed. */
  drain(timeout: number): Promise<{ inFlight: number }>;
}

export interface ClockConfirmed {
  /** How far recorded time leapt, in milliseconds. */
  readonly jump: Millis;
  /** What is due by it; see `ClockHeld`. */
  readonly due: number;
}

/** The wall clock has leapt forward, and nothing fires for that alone until a person confirms it. */
export interface ClockHeld {
  /** How far it is ahead of recorded time, in milliseconds. */
  readonly jump: Millis;
  /** Recorded time when it was noticed, and now. */
  readonly since: Micros;
  readonly recorded: Micros;
  /** Timers and cron triggers that would fire if it were confirmed; counted up to 1000 and the triggers. */
  readonly due: number;
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
  /** A leap of the clock that waits for a person; null for none. */
  readonly clockHeld: ClockHeld | null;
}
