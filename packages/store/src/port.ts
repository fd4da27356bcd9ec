/**
 * The store's port: what the engine asks of durable storage (R4). Async and batch-shaped, so that a second adapter
 * can be proven by the same contract tests; inside the SQLite adapter each commit is one synchronous transaction.
 *
 * The caller is the only writer. It numbers everything itself (`StoreCounters` at open, then by counting), so a batch
 * holds no reference that is not yet known, and the store checks that numbers are dense where they must be.
 *
 * Rows, ops and reads are in this one file, however long: it is all that the author of an adapter has to read.
 *
 * @module
 */
import type {
  CommandId,
  EffectOutcomeKind,
  JournalEvent,
  JsonText,
  Micros,
  ReleaseDigest,
  SearchValues,
  Seq,
  TenantId,
} from '@holdfast/core';

export type InstanceStatus =
  | 'running'
  | 'waiting'
  | 'retrying'
  | 'compensating'
  | 'blocked'
  | 'completed'
  | 'compensated'
  | 'failed'
  | 'cancelled';

/** A saga's run as the runner needs it. One row per (tenant, saga, key, run); `current` marks the latest run. */
export interface InstanceRow {
  readonly id: number;
  readonly tenant: TenantId;
  readonly saga: string;
  readonly key: string;
  readonly run: number;
  readonly app: string;
  /** The release it is pinned to. */
  readonly release: ReleaseDigest;
  readonly status: InstanceStatus;
  /** Transitions so far; 0 before the first. */
  readonly version: number;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  /** For children: the instance and the step that asked. Of the same tenant. */
  readonly parent: ParentRef | null;
  /** JSON text; null until completed. */
  readonly result: JsonText | null;
  /** Why it is blocked, or how it failed: JSON text `{ code, message, step?, at?, itemId?, seq? }`. */
  readonly blockedBy: JsonText | null;
  readonly failure: JsonText | null;
  readonly startedAt: Micros;
  readonly updatedAt: Micros;
  /** Undo ledger of the last decision, JSON text of `UndoLine[]`. */
  readonly undo: JsonText;
}

/**
 * Who asked for a child. `saga`, `key` and `run` are those of the instance `instanceId`: stored once there, and joined
 * when a child is loaded.
 */
export interface ParentRef {
  readonly instanceId: number;
  readonly saga: string;
  readonly key: string;
  readonly run: number;
  readonly step: string;
}

/** One row of `transitions` (I2, I7). */
export interface TransitionRow {
  readonly instanceId: number;
  /** Version after. Before is `version - 1`. */
  readonly version: number;
  /** The event decided on. */
  readonly seq: Seq;
  /** Canonical JSON of the `Decision`. */
  readonly decision: JsonText;
  readonly state: JsonText;
  /** SHA-256 of `state`, 64 hex digits. */
  readonly stateHash: string;
  readonly recordedAt: Micros;
  readonly seed: string;
  readonly gasLimit: number;
  readonly gasUsed: number;
  readonly release: ReleaseDigest;
  /** Digest of the sandbox: its WebAssembly and runtime versions. */
  readonly sandbox: string;
}

/** What is needed to have a decision made again. */
export type RecordedDecision = Pick<
  TransitionRow,
  'version' | 'seq' | 'decision' | 'state' | 'seed' | 'recordedAt'
>;

export type WorkItemKind = 'effect' | 'command';

/** `tenant`, `saga`, `key`, `run` and `correlationId` are those of the instance: a store may keep them only there. */
export interface WorkItemRow {
  readonly id: number;
  readonly commandId: CommandId;
  readonly instanceId: number;
  readonly tenant: TenantId;
  readonly app: string;
  readonly saga: string;
  readonly key: string;
  readonly run: number;
  readonly step: string;
  readonly kind: WorkItemKind;
  readonly effect: string;
  readonly input: JsonText;
  /** First 32 hex digits of SHA-256 over canonical input and effect name (I4). */
  readonly digest: string;
  readonly undoes: string | null;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  readonly createdAt: Micros;
  /** Tries started so far. */
  readonly attempts: number;
  /** When the first try started; the idempotency window counts from here. */
  readonly firstAttemptAt: Micros | null;
  readonly state: 'pending' | 'leased' | 'held' | 'settled';
  readonly dueAt: Micros;
  readonly leaseUntil: Micros | null;
  /** True once any try was left without a definite answer, until a check settles what came of it. */
  readonly doubtful: boolean;
  /** Tries that are not held against it: answered checks, and calls that only found out whether an upstream is back. */
  readonly spared: number;
}

/** `saga`, `key` and `run` are those of the instance: joined on reading, so that a firing knows its addressee. */
export interface ScheduleRow {
  readonly id: number;
  readonly tenant: TenantId;
  readonly instanceId: number;
  readonly saga: string;
  readonly key: string;
  readonly run: number;
  /** The schedule's name: a step id for `sleep`, `wait:STEP` for a wait's timeout. */
  readonly name: string;
  readonly kind: 'timer' | 'wait';
  readonly dueAt: Micros;
}

/**
 * A cron trigger of an app's active release. There are as many as manifests name, so an engine may keep them in memory;
 * not so the schedules of instances.
 */
export interface CronRow {
  readonly app: string;
  readonly name: string;
  readonly tenant: TenantId;
  /** Five fields. */
  readonly cron: string;
  /** IANA name. */
  readonly zone: string;
  readonly missed: 'skip' | 'once' | 'all';
  /** What the event that it fires is, and holds: JSON text with holes for the scheduled time. */
  readonly type: string;
  readonly data: JsonText;
  readonly nextAt: Micros;
  /** The scheduled time of its last firing; null before the first. */
  readonly lastAt: Micros | null;
}

/** What was known of the machine's clock when it was last trusted; see the engine's `RecordedTime`. */
export interface ClockMark {
  /** Names one run of the machine's kernel. */
  readonly boot: string;
  /** How far recorded time was ahead of the machine's uptime, sleep included. */
  readonly ahead: Micros;
  /** How far wall time had leapt ahead of recorded time and waited for a person; 0 for not at all. */
  readonly held: Micros;
}

export interface WaitRow {
  readonly id: number;
  readonly commandId: CommandId;
  readonly instanceId: number;
  readonly tenant: TenantId;
  readonly saga: string;
  readonly key: string;
  readonly step: string;
  readonly name: string;
  readonly definition: string | null;
  /** The run it belongs to. */
  readonly run: number;
  /** SHA-256 of the token, 64 hex digits. */
  readonly tokenHash: string;
  readonly state: 'open' | 'completed' | 'failed' | 'expired' | 'closed';
  readonly openedAt: Micros;
  readonly expiresAt: Micros | null;
}

/** What became of an event for one consumer, where no transition says it (I9). */
export type DispositionStatus = 'ignored' | 'parked' | 'quarantined' | 'unrouted';

export interface QuarantineRow {
  readonly id: number;
  readonly tenant: TenantId;
  readonly at: Micros;
  /** Where it came in: `mqtt`, `http`, `runner`, `worker`. */
  readonly origin: string;
  /** Stable code, an `ErrorCode` where one fits. */
  readonly code: string;
  readonly reason: string;
  /** Decoded context as JSON text: topic, client, saga, key, step, faults… Minimal (R13.2). */
  readonly context: JsonText;
  /** Head of the payload, at most 4 KiB; null where there is none. */
  readonly head: Uint8Array | null;
  readonly seq: Seq | null;
  readonly itemId: number | null;
}

/** What an operator made of an entry of the quarantine. The entry itself stays as it was written. */
export interface QuarantineResolution {
  readonly state: 'redriven' | 'discarded';
  readonly at: Micros;
  readonly by: string;
  readonly reason: string | null;
  /** The event that it was taken up by; null where it was discarded. */
  readonly seq: Seq | null;
}

/** A reprocess, and where it stands. `id` is the position of the act in the journal. */
export interface ReprocessRow {
  readonly id: Seq;
  readonly tenant: TenantId;
  readonly saga: string;
  /** Which events it chose: JSON text of an `EventSelection`. */
  readonly selection: JsonText;
  /** Last position of the journal when it was asked for: nothing later is chosen. */
  readonly upTo: Seq;
  /** Events it chose. */
  readonly total: number;
  /** The last event of the chosen ones that has been run again; 0 before the first. */
  readonly position: Seq;
  readonly done: number;
  readonly at: Micros;
  readonly endedAt: Micros | null;
  readonly by: string;
  readonly reason: string | null;
}

/** Events from outside, of one tenant. Bounds include what they name. */
export interface EventSelection {
  readonly types: readonly string[];
  readonly fromSeq: Seq;
  readonly toSeq: Seq;
  /** Bounds on the time received; null for none. */
  readonly fromTime: Micros | null;
  readonly toTime: Micros | null;
  /** Only these positions; null for all. In rising order. */
  readonly seqs: readonly Seq[] | null;
}

/** An effect that a run asked for and that happened, or may have happened. */
export interface DoneEffect {
  readonly instanceId: number;
  readonly commandId: CommandId;
  readonly step: string;
  readonly effect: string;
  /** Null while it is unsettled. */
  readonly outcome: EffectOutcomeKind | 'cancelled' | null;
  readonly undoes: string | null;
  readonly attempts: number;
}

/** A retained MQTT message, session, subscription or owed delivery, exactly as the broker must find it after a crash. */
export interface MqttPacketRow {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Encoded further properties of the packet, JSON text. */
  readonly meta: JsonText;
}

/**
 * One write of a batch. Ops run in order inside the batch's one transaction.
 * An op whose precondition fails (a seq that is not next, an instance version that is not the one before, an item
 * settled already) is a bug of the caller: the whole batch is rolled back and `StoreAssertionError` thrown.
 */
export type StoreOp =
  /** Append to the journal. `mark`: dedupe mark (32 hex) or null; `content`: 32 hex digits of the content's hash. `target`: the instance an outcome is for. */
  | {
      readonly op: 'event';
      readonly event: JournalEvent;
      readonly mark: string | null;
      readonly content: string | null;
      readonly target: number | null;
    }
  | { readonly op: 'instance.create'; readonly row: InstanceRow }
  /** Record a decision and move its instance: version `row.version - 1` to `row.version`. */
  | {
      readonly op: 'transition';
      readonly row: TransitionRow;
      /** Which saga consumes the event (uniqueness is per event and consumer). */
      readonly saga: string;
      readonly status: InstanceStatus;
      readonly result: JsonText | null;
      readonly failure: JsonText | null;
      readonly undo: JsonText;
    }
  /** A status change without a decision: blocked, unblocked, retrying. */
  | {
      readonly op: 'instance.status';
      readonly instanceId: number;
      readonly status: InstanceStatus;
      readonly blockedBy: JsonText | null;
      readonly at: Micros;
    }
  /** Another release decides for it from now on. Precondition: it is at `version`, for which that was found to be sound. */
  | {
      readonly op: 'instance.pin';
      readonly instanceId: number;
      readonly version: number;
      readonly release: ReleaseDigest;
    }
  /**
   * What operators find an instance by from now on: all of its search fields that hold something. `lastRun`: the run before
   * it of the same key, which is not found any more.
   */
  | {
      readonly op: 'search.set';
      readonly instanceId: number;
      readonly tenant: TenantId;
      readonly saga: string;
      readonly values: SearchValues;
      readonly lastRun: number | null;
    }
  | { readonly op: 'item.add'; readonly row: WorkItemRow }
  /** Lease and record the started attempt, in one (I4). `no` must be `attempts + 1`. */
  | {
      readonly op: 'attempt.start';
      readonly itemId: number;
      readonly no: number;
      readonly mode: 'call' | 'check';
      readonly at: Micros;
      readonly leaseUntil: Micros;
      readonly epoch: number;
      readonly release: ReleaseDigest;
      /** The worker it is leased to; null where the engine's own executor makes the call. */
      readonly worker: string | null;
    }
  /** Record how a try ended. `outcome`: as `EffectResult.kind`, or `lost` for one that a crash left without an answer. */
  | {
      readonly op: 'attempt.end';
      readonly itemId: number;
      readonly no: number;
      readonly at: Micros;
      readonly outcome: 'succeeded' | 'failed' | 'not_done' | 'in_doubt' | 'lost';
      readonly error: JsonText | null;
    }
  /** Give a leased item back to the queue. */
  | {
      readonly op: 'item.retry';
      readonly itemId: number;
      readonly dueAt: Micros;
      readonly doubtful: boolean;
      readonly spared: number;
    }
  /** Keep it for a person (I4 `hold`). */
  | { readonly op: 'item.hold'; readonly itemId: number; readonly doubtful: boolean }
  /** Settle, in the transaction that journals the outcome (I3). The `event` op with `outcomeSeq` must be in the same batch. */
  | {
      readonly op: 'item.settle';
      readonly itemId: number;
      readonly outcome: EffectOutcomeKind | 'cancelled';
      readonly outcomeSeq: Seq;
    }
  /** Set, or replace by (instance, name). */
  | { readonly op: 'schedule.set'; readonly row: ScheduleRow }
  /** Removing one that is gone already is no fault: a firing and a cancellation may race to it. */
  | { readonly op: 'schedule.remove'; readonly id: number }
  /** Set, or replace by (app, name). */
  | { readonly op: 'cron.set'; readonly row: CronRow }
  | { readonly op: 'cron.remove'; readonly app: string; readonly name: string }
  /**
   * From one occurrence to a later one. `fired`: the event of the one at `from` is in the same batch; else it is passed over.
   * Precondition: `from` is the next one.
   */
  | {
      readonly op: 'cron.move';
      readonly app: string;
      readonly name: string;
      readonly from: Micros;
      readonly to: Micros;
      readonly fired: boolean;
    }
  | { readonly op: 'clock.mark'; readonly mark: ClockMark }
  | { readonly op: 'wait.open'; readonly row: WaitRow }
  /** Precondition: the wait is open; the loser of a race never gets here because the engine checks first. */
  | {
      readonly op: 'wait.close';
      readonly id: number;
      readonly state: 'completed' | 'failed' | 'expired' | 'closed';
      readonly at: Micros;
    }
  | {
      readonly op: 'disposition';
      readonly seq: Seq;
      readonly saga: string;
      readonly status: DispositionStatus;
      readonly reason: string;
      readonly instanceId: number | null;
    }
  /** Parked events of a blocked instance, taken up in seq order (I9). */
  | { readonly op: 'park'; readonly instanceId: number; readonly seq: Seq; readonly saga: string }
  | { readonly op: 'unpark'; readonly instanceId: number; readonly seq: Seq }
  /** Consumer `saga` of `tenant` has dealt with every event up to `seq`. */
  | {
      readonly op: 'checkpoint';
      readonly saga: string;
      readonly tenant: TenantId;
      readonly seq: Seq;
    }
  | { readonly op: 'quarantine'; readonly row: QuarantineRow }
  | {
      readonly op: 'release.register';
      readonly digest: ReleaseDigest;
      readonly app: string;
      readonly manifest: JsonText;
      readonly at: Micros;
      readonly by: string;
    }
  /** The pointer swap. `previous` is kept for rollback. */
  | {
      readonly op: 'release.activate';
      readonly app: string;
      readonly digest: ReleaseDigest;
      readonly act: ActivationAct;
      readonly at: Micros;
      readonly by: string;
      readonly reason: string | null;
    }
  /** The instances in flight have been rehearsed on a release that was activated; of its last activation. */
  | {
      readonly op: 'release.rehearsed';
      readonly digest: ReleaseDigest;
      readonly at: Micros;
      readonly moved: number;
      readonly stayed: number;
      readonly ended: number;
    }
  /** A step in the life of a worker (R15.2). `after`: the kind of its last one, null for none; another is a fault. */
  | {
      readonly op: 'worker.event';
      readonly row: Omit<WorkerEventRow, 'id'>;
      readonly after: WorkerEventKind | null;
    }
  | { readonly op: 'key.create'; readonly row: KeyRow }
  /** Its sessions end with it. */
  | { readonly op: 'key.revoke'; readonly id: string; readonly at: Micros }
  /** Of a key that was revoked meanwhile none is opened. */
  | { readonly op: 'session.open'; readonly row: SessionRow }
  /** One that has ended meanwhile is no fault. */
  | { readonly op: 'session.seen'; readonly id: string; readonly at: Micros }
  /** The same. */
  | { readonly op: 'session.end'; readonly id: string }
  | {
      readonly op: 'log';
      readonly instanceId: number;
      readonly seq: Seq;
      readonly line: JsonText;
      readonly at: Micros;
    }
  | ActOp
  | BrokerOp;

/** What comes of operators' acts, and of events that nobody could deal with. */
export type ActOp =
  /** Precondition: the entry is there, and open. */
  | {
      readonly op: 'quarantine.resolve';
      readonly id: number;
      readonly resolution: QuarantineResolution;
    }
  | { readonly op: 'reprocess.open'; readonly row: ReprocessRow }
  /** One more event was run again: the one at `position`. To be committed with what it was run again as. */
  | { readonly op: 'reprocess.advance'; readonly id: Seq; readonly position: Seq }
  | { readonly op: 'reprocess.end'; readonly id: Seq; readonly at: Micros }
  /** The event has been given to the consumer `count` times. Kept only for those that several starts found undecided. */
  | {
      readonly op: 'delivery.count';
      readonly saga: string;
      readonly seq: Seq;
      readonly count: number;
    }
  | { readonly op: 'delivery.forget'; readonly saga: string; readonly seq: Seq };

/** What the broker must remember (I1). Client ids, topics and filters are already mounted under their tenant. */
export type BrokerOp =
  | { readonly op: 'mqtt.retain'; readonly packet: MqttPacketRow }
  | { readonly op: 'mqtt.unretain'; readonly topic: string }
  | {
      readonly op: 'mqtt.subscribe';
      readonly client: string;
      readonly filter: string;
      readonly options: JsonText;
    }
  | { readonly op: 'mqtt.unsubscribe'; readonly client: string; readonly filter: string }
  /** Remove all subscriptions, owed deliveries and packet ids of a client. */
  | { readonly op: 'mqtt.forget'; readonly client: string }
  /** A delivery owed to a persistent session. `id` orders and names it; unique per broker. */
  | {
      readonly op: 'mqtt.owe';
      readonly id: number;
      readonly client: string;
      readonly packet: MqttPacketRow;
    }
  /** It was given a packet id, or moved to PUBREL. */
  | {
      readonly op: 'mqtt.owed.update';
      readonly id: number;
      readonly client: string;
      readonly messageId: number | null;
      readonly phase: 'publish' | 'pubrel';
    }
  | { readonly op: 'mqtt.owed.done'; readonly id: number; readonly client: string }
  /** QoS 2 packet id taken but not yet released. */
  | {
      readonly op: 'mqtt.incoming';
      readonly client: string;
      readonly messageId: number;
      readonly packet: MqttPacketRow;
    }
  | { readonly op: 'mqtt.incoming.done'; readonly client: string; readonly messageId: number }
  | { readonly op: 'mqtt.will'; readonly client: string; readonly packet: MqttPacketRow }
  | { readonly op: 'mqtt.will.done'; readonly client: string };

/** All that the broker finds at start. */
export interface BrokerSnapshot {
  readonly retained: readonly MqttPacketRow[];
  readonly subscriptions: readonly {
    readonly client: string;
    readonly filter: string;
    readonly options: JsonText;
  }[];
  readonly owed: readonly {
    readonly id: number;
    readonly client: string;
    readonly messageId: number | null;
    readonly phase: 'publish' | 'pubrel';
    readonly packet: MqttPacketRow;
  }[];
  readonly incoming: readonly {
    readonly client: string;
    readonly messageId: number;
    readonly packet: MqttPacketRow;
  }[];
  readonly wills: readonly { readonly client: string; readonly packet: MqttPacketRow }[];
}

export interface KeyRow {
  /** Public short id, for listing and revoking. */
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the key, 64 hex digits. */
  readonly hash: string;
  readonly tenant: TenantId;
  readonly scopes: readonly string[];
  /** MQTT topic filters and event types it is limited to; null for no limit. */
  readonly topics: readonly string[] | null;
  readonly types: readonly string[] | null;
  readonly createdAt: Micros;
  readonly expiresAt: Micros | null;
  readonly revokedAt: Micros | null;
}

/** Somebody who is signed in to the console, with what their key allows. */
export interface SessionRow {
  /** Public short id. */
  readonly id: string;
  /** SHA-256 of the session's secret, 64 hex digits. */
  readonly hash: string;
  readonly keyId: string;
  readonly openedAt: Micros;
  /** When it was last used; kept to the minute or so. */
  readonly seenAt: Micros;
  /** It ends then, however much it is used. */
  readonly expiresAt: Micros;
}

export type WorkerEventKind = 'joined' | 'placed' | 'draining' | 'left' | 'lost';

/** A step in the life of a worker; never changed (R15.2). */
export interface WorkerEventRow {
  readonly id: number;
  readonly at: Micros;
  /** Id of the worker: of one process, through its joining again. */
  readonly worker: string;
  /** Stays through the worker's restarts. */
  readonly name: string;
  readonly kind: WorkerEventKind;
  /** Id of the key that acted; `local` for the engine. */
  readonly by: string;
  readonly detail: JsonText;
}

/** A try, as its records say. */
export interface AttemptRow {
  readonly mode: 'call' | 'check';
  readonly at: Micros;
  readonly worker: string | null;
  readonly release: ReleaseDigest;
  /** Null while it has no end. */
  readonly outcome: 'succeeded' | 'failed' | 'not_done' | 'in_doubt' | 'lost' | null;
  /** Code of the recorded error; null for none. */
  readonly errorCode: string | null;
}

/** A batch: one transaction, one sync. */
export interface CommitBatch {
  /** When the commit is made. */
  readonly at: Micros;
  readonly ops: readonly StoreOp[];
}

export interface CommitReceipt {
  /** Number of the commit, from 1. */
  readonly no: number;
  readonly lastSeq: Seq;
  /** How long the disk took to make it durable, in milliseconds. */
  readonly syncMs: number;
}

/** Where numbering goes on. Each is the highest in use, 0 for none. */
export interface StoreCounters {
  readonly seq: Seq;
  readonly instance: number;
  readonly item: number;
  readonly schedule: number;
  readonly wait: number;
  readonly quarantine: number;
  readonly owed: number;
  readonly timeline: number;
  /** This start's number: already raised and committed by `open`. */
  readonly epoch: number;
  /** Latest time any commit was made at, so that recorded time never goes backward. */
  readonly at: Micros;
}

export interface DedupeHit {
  readonly mark: string;
  readonly seq: Seq;
  readonly content: string;
}

/** An instance with the state of its last transition. */
export interface LoadedInstance {
  readonly row: InstanceRow;
  /** State after the last transition; null when there is none yet. */
  readonly state: JsonText | null;
  readonly openWaits: readonly WaitRow[];
  readonly schedules: readonly ScheduleRow[];
}

export type ActivationAct = 'activated' | 'rolled_back';

/** An instance in flight that another release decides for than the one asked about. */
export type PinnedInstance = Pick<
  InstanceRow,
  'id' | 'tenant' | 'saga' | 'key' | 'run' | 'release'
>;

export interface ReleaseRow {
  readonly digest: ReleaseDigest;
  readonly app: string;
  readonly manifest: JsonText;
  readonly registeredAt: Micros;
  readonly active: boolean;
  /** When it last became active; null for one that is not. */
  readonly activeSince: Micros | null;
  /** What its app's rollback goes back to: active before the active one. */
  readonly previous: boolean;
  /** False for an active one whose rehearsal of the instances in flight has not come to its end. */
  readonly rehearsed: boolean;
}

/** The writer's side. All methods may be called only by the one writer; none of them runs inside another. */
export interface Store {
  readonly counters: StoreCounters;

  /**
   * One transaction. Resolves once it is synced.
   *
   * @throws StoreFullError definite: nothing was written. The same batch may be given again once there is room.
   * @throws HoldfastError `store.locked`, definite as well: another program has held the database for too long.
   * @throws StoreFateUnknownError the sync failed; the caller must acknowledge nothing and end the process (I1).
   * @throws StoreAssertionError a precondition failed; nothing was written.
   */
  commit(batch: CommitBatch): Promise<CommitReceipt>;

  findMarks(marks: readonly string[]): Promise<readonly DedupeHit[]>;
  readEvents(seqs: readonly Seq[]): Promise<readonly JournalEvent[]>;
  /** The current run of each, in the order asked; null where there is none. */
  loadInstances(
    keys: readonly { tenant: TenantId; saga: string; key: string }[],
  ): Promise<readonly (LoadedInstance | null)[]>;
  loadInstancesById(ids: readonly number[]): Promise<readonly (LoadedInstance | null)[]>;
  /** What a run has decided after version `after`, in order, at most `limit`. */
  decisionsOf(
    instanceId: number,
    after: number,
    limit: number,
  ): Promise<readonly RecordedDecision[]>;

  /** Unsettled items in order of due time, then id, with `state` among those asked for. `dueBefore` includes that time. */
  unsettledItems(query: {
    states: readonly ('pending' | 'leased' | 'held')[];
    dueBefore: Micros | null;
    limit: number;
  }): Promise<readonly WorkItemRow[]>;
  /** Ids of all unsettled items in that state, in order of id: for walking over them, `itemsById`, while they change. */
  unsettledIds(state: 'pending' | 'leased' | 'held'): Promise<readonly number[]>;
  /** In the order asked; null where there is none. */
  itemsById(ids: readonly number[]): Promise<readonly (WorkItemRow | null)[]>;
  itemByCommand(commandId: CommandId): Promise<WorkItemRow | null>;
  itemsOf(instanceId: number): Promise<readonly WorkItemRow[]>;
  /** Null when it was never started. */
  attempt(itemId: number, no: number): Promise<AttemptRow | null>;
  /** The last step of each worker whose last step is neither `left` nor `lost`, oldest first. */
  openWorkers(): Promise<readonly WorkerEventRow[]>;
  /** All steps of a worker, oldest first. */
  workerEvents(worker: string): Promise<readonly WorkerEventRow[]>;
  /** The last `placed` of this name; null for none. */
  lastPlacement(name: string): Promise<WorkerEventRow | null>;

  dueSchedules(before: Micros, limit: number): Promise<readonly ScheduleRow[]>;
  nextScheduleDue(): Promise<Micros | null>;
  /** How many are due at or before that time; counts no further than `most`. */
  countDueSchedules(before: Micros, most: number): Promise<number>;
  /** All of them, in order of app and name. */
  cronTriggers(): Promise<readonly CronRow[]>;
  clockMark(): Promise<ClockMark | null>;

  findWait(
    by: { tokenHash: string } | { instanceId: number; name: string },
  ): Promise<WaitRow | null>;

  checkpoints(): Promise<readonly { saga: string; tenant: TenantId; seq: Seq }[]>;
  /**
   * Events after `after` that have neither a transition nor a disposition by consumer `saga`, of `AGGREGATE_EVENTS` with one of `types`
   * or addressed to an instance of that saga, in seq order: by `target`, or, where it is to be opened, goes on as another
   * run or is to be cancelled by its parent, by the subject `SAGA/KEY`. For recovery and for newly activated sagas.
   */
  unconsumed(query: {
    saga: string;
    tenant: TenantId;
    types: readonly string[];
    after: Seq;
    /** The last to look at; default the end of the journal. */
    upTo?: Seq;
    limit: number;
  }): Promise<readonly { event: JournalEvent; target: number | null }[]>;
  /** Positions of what is parked for an instance, after `after`, in order. */
  parked(instanceId: number, after: Seq, limit: number): Promise<readonly Seq[]>;
  /**
   * Ids, after `after` and in order, of instances that are not blocked and yet have parked events: a crash came between
   * unblocking and taking them up.
   */
  strandedInstances(after: number, limit: number): Promise<readonly number[]>;
  /**
   * Instances of `app` that have not ended and are pinned to another release than `release`. Looks at `limit` instances
   * in flight at most, of any app, and answers where to go on; null when it has seen all. `after`: null to begin. Those
   * that begin while somebody walks on may be left out.
   */
  pinnedElsewhere(query: {
    app: string;
    release: ReleaseDigest;
    after: string | null;
    limit: number;
  }): Promise<{ readonly instances: readonly PinnedInstance[]; readonly next: string | null }>;

  /** An entry and what was made of it, null while it is open; null where there is no entry. */
  quarantineEntry(
    id: number,
  ): Promise<{ row: QuarantineRow; resolution: QuarantineResolution | null } | null>;
  /** Effects of these runs that were tried, in order of run and item. */
  triedEffects(instanceIds: readonly number[]): Promise<readonly DoneEffect[]>;
  /** Runs that took one of these events for the saga, by id, each once. */
  runsTaking(saga: string, seqs: readonly Seq[]): Promise<readonly number[]>;
  /** Events of the selection after `after`, in order, at most `limit`; only those of `AGGREGATE_EVENTS`. */
  selectEvents(query: {
    tenant: TenantId;
    selection: EventSelection;
    after: Seq;
    limit: number;
  }): Promise<readonly JournalEvent[]>;
  /** How many events of the selection have positions from `low` to `high`, both included. */
  countEvents(query: {
    tenant: TenantId;
    selection: EventSelection;
    low: Seq;
    high: Seq;
  }): Promise<number>;
  /** Those that have not ended, oldest first. */
  openReprocesses(): Promise<readonly ReprocessRow[]>;
  reprocess(id: Seq): Promise<ReprocessRow | null>;
  deliveries(): Promise<readonly { saga: string; seq: Seq; count: number }[]>;
  /** Where the journal ended when the start with this number began; null when it is not known. */
  seqAtEpoch(epoch: number): Promise<Seq | null>;

  releases(): Promise<readonly ReleaseRow[]>;
  keys(): Promise<readonly KeyRow[]>;
  /** Those that have not been ended, oldest first. */
  sessions(): Promise<readonly SessionRow[]>;
  broker(): Promise<BrokerSnapshot>;

  /** Bytes of the write-ahead log that the next commit could not reuse yet. Cheap: asks no disk. */
  walUsed(): number;
  /** Pages in the write-ahead log, and those of them not yet in the database file. Cheap. */
  readonly walState: { readonly frames: number; readonly left: number };
  /** Whether the receipts log lacks lines for want of room. Cheap. */
  readonly receiptsBehind: boolean;
  /** Writes what the receipts log lacks. Resolves with false while there is no room for that either. */
  catchUpReceipts(): Promise<boolean>;
  /**
   * Moves WAL pages into the database file, off the commit path. `truncate` also resets the WAL's size.
   *
   * @throws StoreFullError when the database file has no room to grow; the log stays as it is.
   */
  checkpointWal(
    mode: 'passive' | 'truncate',
  ): Promise<{ walBytes: number; moved: number; pages: number }>;
  close(): Promise<void>;
}
