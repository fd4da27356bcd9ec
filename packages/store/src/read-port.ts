/**
 * The read model's port: read-only, off the writer's thread, answering in the API's own resources.
 * A tenant only ever sees its own rows (I5). Cursors are opaque text.
 *
 * @module
 */
import type {
  Attention,
  AttentionGroup,
  AttentionItem,
  AuditEntry,
  AuditFilter,
  AuditReportResource,
  EffectDetail,
  Activation,
  EffectResource,
  EffectStatusWire,
  EventDetail,
  EventResource,
  EventTypeResource,
  Explanation,
  InstanceStatusWire,
  JournalEvent,
  KeyResource,
  Micros,
  Overview,
  OpenWait,
  OutboxFilter,
  Page,
  QuarantineResource,
  QuarantineState,
  ReleaseDigest,
  ReleaseResource,
  ReprocessResource,
  RunSum,
  SagaDetail,
  SagaFields,
  SagaSummary,
  ScheduleResource,
  Seq,
  StateAt,
  TenantId,
  TenantResource,
  Timeline,
  WaitResource,
  WorkerRecord,
} from '@holdfast/core';

export interface PageQuery {
  /** Default 50, at most 500. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** A part of a run's story. */
export interface TimelineSpan {
  /** Only what came before the decision of this version. Default: up to now. */
  readonly before?: number;
  /** Most decisions. Default and most: `MAX_TIMELINE_DECISIONS`. */
  readonly limit?: number;
}

export interface EventQuery extends PageQuery {
  readonly type?: string;
  readonly correlationId?: string;
  readonly stream?: string;
  /** Only events after this position. */
  readonly after?: Seq;
  /** RFC 3339 bounds on the time received. */
  readonly from?: string;
  readonly to?: string;
  /** Part of the id, source or subject, in any (ASCII) case. */
  readonly text?: string;
  /** `desc` (default) gives the newest first. */
  readonly order?: 'asc' | 'desc';
}

export interface SagaQuery extends PageQuery {
  readonly saga?: string;
  /** Any of these. Default: all. */
  readonly status?: readonly InstanceStatusWire[];
  /** Prefix of the key. */
  readonly key?: string;
  /** RFC 3339 bounds on when the run began. */
  readonly since?: string;
  readonly until?: string;
  /** Digest of the release it is pinned to. */
  readonly release?: string;
  /** `FIELD:VALUE`, all of which must hold; see `parseSearchTerm`. */
  readonly search?: readonly string[];
}

export interface EffectQuery extends PageQuery {
  readonly state?: string;
  /** Any of these. Default: all. */
  readonly status?: readonly EffectStatusWire[];
  readonly effect?: string;
  readonly saga?: string;
  /** Of effects that call it, by the releases that are active. */
  readonly upstream?: string;
  /** RFC 3339: asked for at this time or later. */
  readonly since?: string;
}

/** What the overview shows of the store. */
export interface StoreOverview {
  readonly runs: RunSum;
  /** Open entries. */
  readonly quarantine: number;
  /** Work items not settled, counted only so far, those held among them; when the oldest pending one was created, null for none. */
  readonly outbox: {
    readonly depth: number;
    readonly held: number;
    readonly oldestAt: Micros | null;
  };
  /** Timers set, counted only so far; when the first is due, null for none. */
  readonly schedules: { readonly pending: number; readonly firstDueAt: Micros | null };
  readonly disk: Overview['disk'];
}

/** What of a group is wanted: those that are named; or all, the oldest first, after a place of an `AttentionTarget`. */
export type AttentionWanted =
  | { readonly items: readonly string[] }
  | { readonly after: string | null; readonly limit: number };

/** What a group act goes over. */
export interface AttentionPage {
  readonly kind: AttentionGroup['kind'];
  /** How many the group holds. */
  readonly count: number;
  /**
   * How many of what is wanted there are, these included. Of all: those that were in the group when the first of these
   * pages was read, and still are as they were then.
   */
  readonly left: number;
  /** Those named that are in the group, in the order they were named; or the next of all. */
  readonly targets: readonly AttentionTarget[];
}

export type AttentionTarget = {
  readonly item: string;
  /** To go on after it; absent where it was named. */
  readonly place?: string;
} & (
  | {
      readonly saga: string;
      readonly key: string;
      /** The effect it is blocked at; null for none. */
      readonly commandId: string | null;
    }
  | { readonly quarantineId: number }
);

export interface ReadModel {
  events(tenant: TenantId, query: EventQuery): Promise<Page<EventResource>>;
  event(tenant: TenantId, seq: Seq): Promise<EventDetail | null>;
  /** For tails and publishers: events of one tenant (or of all, when null) after a position, oldest first. */
  eventsAfter(
    tenant: TenantId | null,
    after: Seq,
    limit: number,
    stream?: string,
  ): Promise<readonly JournalEvent[]>;
  lastSeq(): Promise<Seq>;
  sagas(tenant: TenantId, query: SagaQuery): Promise<Page<SagaSummary>>;
  /** Search fields that the sagas of the active releases name; sagas without any are left out. */
  sagaFields(): Promise<readonly SagaFields[]>;
  /** The current run, or run `run`. */
  saga(tenant: TenantId, saga: string, key: string, run?: number): Promise<SagaDetail | null>;
  /** Where a run stands, or what `version` of it was about; null where there is no such run or version. */
  explain(
    tenant: TenantId,
    saga: string,
    key: string,
    of?: { readonly run?: number; readonly version?: number },
  ): Promise<Explained | null>;
  /** The story of a run, oldest first: the newest `limit` decisions before version `before`, with all between them. */
  timeline(
    tenant: TenantId,
    saga: string,
    key: string,
    of?: TimelineSpan & { readonly run?: number },
  ): Promise<Timeline | null>;
  stateAt(
    tenant: TenantId,
    saga: string,
    key: string,
    version: number,
    run?: number,
  ): Promise<StateAt | null>;
  waits(
    tenant: TenantId,
    query: PageQuery & { saga?: string; state?: string },
  ): Promise<Page<WaitResource>>;
  /** `state`: default `open`. */
  quarantine(
    tenant: TenantId,
    query: PageQuery & { state?: QuarantineState | 'all' },
  ): Promise<Page<QuarantineResource>>;
  quarantineEntry(tenant: TenantId, id: number): Promise<QuarantineResource | null>;
  effects(tenant: TenantId, query: EffectQuery): Promise<Page<EffectResource>>;
  effect(tenant: TenantId, commandId: string): Promise<EffectDetail | null>;
  /** Operators' acts, newest first. */
  audit(tenant: TenantId, query: AuditFilter): Promise<Page<AuditEntry>>;
  /** Whether the chain of all acts, of all tenants, holds. Reads all of it, in slices: other reads go on. */
  verifyAudit(): Promise<AuditReportResource>;
  reprocesses(tenant: TenantId, query: PageQuery): Promise<Page<ReprocessResource>>;
  reprocess(tenant: TenantId, id: Seq): Promise<ReprocessResource | null>;
  schedules(
    tenant: TenantId,
    query: PageQuery & { kind?: ScheduleResource['kind'] },
  ): Promise<Page<ScheduleResource>>;
  releases(): Promise<readonly ReleaseResource[]>;
  /** Each time a release became the active one of its app, oldest first. */
  activations(digest: ReleaseDigest): Promise<readonly Activation[]>;
  keys(tenant: TenantId | null): Promise<readonly KeyResource[]>;
  /** Steps in the life of workers, of one or of all, newest first (R15.2). */
  workerRecords(query: PageQuery & { worker?: string }): Promise<Page<WorkerRecord>>;
  /** What a stranger with a wait's token may know; null where no wait has it. @param tokenHash SHA-256, 64 hex digits */
  waitByToken(tokenHash: string): Promise<OpenWait | null>;
  /** The events that the active releases know. */
  eventTypes(): Promise<readonly EventTypeResource[]>;
  /** Work items that are not settled, the longest due first. */
  outbox(tenant: TenantId, query: OutboxFilter): Promise<Page<EffectResource>>;
  /** How many work items each effect has that are not settled, over all tenants. */
  unsettled(): Promise<readonly UnsettledCount[]>;
  activeEffects(): Promise<readonly ActiveEffect[]>;
  /** Whose data there is, or who has a key. */
  tenants(): Promise<readonly TenantResource[]>;
  /** Counts for `status` and `/info`: instances by status, outbox by state, quarantine, last seq. */
  counts(tenant: TenantId | null): Promise<StoreCounts>;
  /** For metrics: cheap however much there is, and so perhaps of a moment ago, and not counted on for ever. */
  gauges(): Promise<StoreGauges>;
  overview(tenant: TenantId): Promise<StoreOverview>;
  /** Runs begun and ended, of every tenant that has had one. */
  runTotals(): Promise<
    ReadonlyMap<TenantId, { readonly accepted: number; readonly ended: number }>
  >;
  /** What needs a person, the largest groups first. */
  attention(tenant: TenantId): Promise<Attention>;
  /** @throws HoldfastError `not_found` for what is no group's id */
  attentionItems(tenant: TenantId, group: string, query: PageQuery): Promise<Page<AttentionItem>>;
  /**
   * What of a group an act is about.
   *
   * @throws HoldfastError `not_found` for what is no group's id, `request.invalid` for a place that is none
   */
  attentionTargets(
    tenant: TenantId,
    group: string,
    wanted: AttentionWanted,
  ): Promise<AttentionPage>;
  /** For alerts: as cheap. */
  needs(): Promise<StoreNeeds>;
  close(): Promise<void>;
}

/** Work items of an effect in one state. */
export interface UnsettledCount {
  readonly app: string;
  readonly effect: string;
  readonly state: string;
  readonly count: number;
}

/** An effect of an active release. */
export interface ActiveEffect {
  readonly app: string;
  readonly effect: string;
  /** What its settings call what it calls; null where they say nothing. */
  readonly upstream: string | null;
}

/** An explanation as far as the record tells it, and what to ask of the sources to put lines to its steps. */
export interface Explained {
  readonly explanation: Explanation;
  readonly ask: {
    readonly instanceId: number;
    readonly release: ReleaseDigest;
    /** The decision that brought it there; 0 for none. */
    readonly version: number;
    /** The open steps, each with the version that asked for it. */
    readonly steps: readonly { readonly step: string; readonly version: number }[];
    /** `file:line:column` of where its program failed, and of which release; null for nowhere. */
    readonly at: { readonly release: ReleaseDigest; readonly place: string } | null;
  };
}

/** Over all tenants. */
export interface StoreGauges {
  /** Work items by state. */
  readonly outbox: { readonly pending: number; readonly leased: number; readonly held: number };
  /** When the oldest pending work item was created; null when none is pending. */
  readonly oldestPendingAt: Micros | null;
  /** Those that have not ended, by status. */
  readonly instances: Readonly<Partial<Record<InstanceStatusWire, number>>>;
  readonly quarantine: number;
  /** `due`: of those set, what should have fired by now. */
  readonly schedules: { readonly set: number; readonly due: number };
  /** Sizes of the files. */
  readonly bytes: { readonly database: number; readonly wal: number };
}

export interface StoreCounts {
  readonly instances: Readonly<Record<string, number>>;
  readonly outbox: Readonly<Record<string, number>>;
  /** Entries that are open. */
  readonly quarantine: number;
  readonly lastSeq: Seq;
}

/** What of the store's rows needs a person. */
export type NeedKind = 'blocked' | 'doubtful' | 'quarantine';

/** All that needs a person for one reason. */
export interface NeedGroup {
  /** As `GET /v1/attention` names it, within its tenant. */
  readonly id: string;
  readonly kind: NeedKind;
  readonly tenant: TenantId;
  readonly saga: string | null;
  readonly effect: string | null;
  readonly release: ReleaseDigest | null;
  /** Stable code of the reason. */
  readonly code: string;
  /** Of quarantine: where the oldest came in. */
  readonly origin: string | null;
  /** The reason of the oldest, in words. */
  readonly message: string;
  readonly count: number;
  /** Of the oldest. */
  readonly since: Micros;
}

/** Over all tenants. */
export interface StoreNeeds {
  /** The oldest first within each kind. */
  readonly groups: readonly NeedGroup[];
  /** When the next schedule is due, or was; null for none. */
  readonly nextDueAt: Micros | null;
}
