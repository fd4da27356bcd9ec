/**
 * An engine and a read model in memory, at the edge of the process, for tests of what stands in front of them: they
 * answer as the contracts say and journal nothing.
 */
import { createHash } from 'node:crypto';
import { formatMicros, Histogram, HoldfastError } from '@holdfast/core';
import type {
  Activated,
  EventDetail,
  EventResource,
  IncomingEvent,
  JournalEvent,
  Json,
  KeyResource,
  Page,
  ReleaseResource,
  SagaDetail,
  Seq,
  StateAt,
  Timeline,
} from '@holdfast/core';
import type {
  Actor,
  ChangesTold,
  EngineApi,
  EngineMetricsSnapshot,
  EngineStatus,
  IngestAnswer,
  IngestRequest,
  InstanceAddress,
  PlaceAnswer,
  PlaceRequest,
  SagaEnd,
  WaitAddress,
} from '@holdfast/engine';
import type {
  AttentionPage,
  AttentionWanted,
  EventQuery,
  Explained,
  KeyRow,
  SessionRow,
  ReadModel,
  ReleaseRow,
  SagaQuery,
  StoreCounts,
  StoreGauges,
} from '@holdfast/store';

const NONE = new Histogram([1]).snapshot();

interface FakeWait {
  readonly tenant: string;
  readonly saga: string;
  readonly key: string;
  readonly name: string;
  readonly token: string;
  state: 'open' | 'completed' | 'failed';
  payload: string | null;
}

/** What both fakes see. Tests put in what should be there. */
export class FakeHouse {
  readonly events: JournalEvent[] = [];
  readonly instances: SagaDetail[] = [];
  readonly waits: FakeWait[] = [];
  readonly keyRows: KeyRow[] = [];
  readonly sessionRows: SessionRow[] = [];
  readonly releaseRows: ReleaseRow[] = [];
  readonly acts: { act: string; address: unknown; actor: Actor }[] = [];
  /** Set to make intake and probes refuse. */
  refusal: Error | null = null;
  /** Held before each commit, so that a test may look at what waits. */
  beforeCommit: () => Promise<void> = () => Promise.resolve();
  /** Set to make every event end as the saga's end, for `?wait=`. */
  ending: SagaEnd | null = null;
  /** What a wait in `awaitEnd` and `ingest` was asked for. */
  readonly waited: number[] = [];
  status: EngineStatus = {
    writable: true,
    noRoom: false,
    draining: false,
    lastSeq: 0,
    epoch: 3,
    timeline: 1,
    liveInstances: 0,
    effectsInFlight: 0,
    upstreams: [],
    sagas: [{ saga: 'order', app: 'restaurant', release: 'r'.repeat(64) }],
    effects: ['payment.charge'],
    clockHeld: null,
  };
  metrics: EngineMetricsSnapshot = {
    commits: { duration: NONE, sync: NONE, events: NONE, ops: NONE },
    sagas: [],
    effects: [],
    schedules: { scan: NONE, lag: NONE },
    upstreams: [],
    effectsInFlight: 0,
    instancesInMemory: 0,
    commitQueue: 0,
    undecided: 0,
    walUsed: 0,
    lastSeq: 0,
  };
  /** What there is to explain, and the lines of source that the engine finds for it. */
  readonly explained: (Explained & { readonly tenant: string })[] = [];
  places: PlaceAnswer = {
    check: { state: 'same', reason: null },
    places: {},
    failedAt: null,
    at: null,
    missing: null,
  };
  readonly placed: PlaceRequest[] = [];
  readonly sagaQueries: SagaQuery[] = [];
  /** Called on each `awaitEnd`, so that a test may end the instance meanwhile, or let it wait. */
  onAwaitEnd: (address: InstanceAddress) => void | Promise<void> = () => undefined;
  /** Answers a lease; without it nobody has joined. */
  onLease: (() => Promise<readonly []>) | null = null;
  /** Leases that were given up: of which worker, and which. */
  readonly abandoned: (readonly [id: string, poll: number])[] = [];
  /** Called before the end of the journal is told. */
  onLastSeq: () => void = () => undefined;
  readonly #listeners = new Set<(lastSeq: Seq) => void>();

  readonly engine: EngineApi = {
    ingest: (request) => this.#ingest(request),
    broker: () => Promise.resolve(),
    brokerSnapshot: () => Promise.reject(new Error('not of HTTP')),
    quarantine: () => Promise.reject(new Error('not of HTTP')),
    completeWait: (address, payload, actor) =>
      this.#closeWait(address, 'completed', payload, actor),
    failWait: (address, message, actor) =>
      this.#closeWait(address, 'failed', JSON.stringify(message), actor),
    awaitEnd: async (address, timeout) => {
      this.waited.push(timeout);
      await this.onAwaitEnd(address);
      return this.ending;
    },
    cancel: (address, actor) => this.#act('cancel', address, actor),
    redrive: async (address, actor) => {
      const refusal = this.refuseRedrive(address.key);
      if (refusal !== null) throw refusal;
      this.acts.push({ act: 'redrive', address, actor });
    },
    // What these do is tested on a whole server.
    restart: () => Promise.reject(new Error('not of this house')),
    resolveEffect: () => Promise.reject(new Error('not of this house')),
    redriveQuarantine: () => Promise.reject(new Error('not of this house')),
    discardQuarantine: () => Promise.reject(new Error('not of this house')),
    reprocess: () => Promise.reject(new Error('not of this house')),
    placeSteps: (request) => {
      this.placed.push(request);
      return Promise.resolve(this.places);
    },
    consumers: (tenant) =>
      Promise.resolve([{ saga: 'order', tenant, checkpoint: 4, pending: 1, redeliveries: 0 }]),
    registerRelease: (bundle) => {
      const digest = createHash('sha256').update(JSON.stringify(bundle)).digest('hex');
      const isNew = !this.releaseRows.some((row) => row.digest === digest);
      if (isNew) {
        this.releaseRows.push({
          digest,
          app: 'restaurant',
          manifest: '{"app":"restaurant"}',
          registeredAt: 0,
          active: false,
          activeSince: null,
          previous: false,
          rehearsed: true,
        });
      }
      return Promise.resolve({ digest, app: 'restaurant', isNew });
    },
    activateRelease: (digest, actor) => {
      if (!this.releaseRows.some((row) => row.digest === digest)) {
        return Promise.reject(new HoldfastError('release.unknown', `no release ${digest}`));
      }
      this.acts.push({ act: 'activate', address: digest, actor });
      return Promise.resolve(activatedWith(digest));
    },
    rehearseRelease: () => Promise.resolve({ ...activatedWith('r'.repeat(64)), dryRun: true }),
    rehearsal: (digest) =>
      Promise.resolve(
        this.releaseRows.some((row) => row.digest === digest)
          ? activatedWith(digest).rehearsal
          : null,
      ),
    rollbackRelease: (app) =>
      Promise.reject(new HoldfastError('conflict', `nothing to go back to for ${app}`)),
    confirmClock: (actor) => {
      const held = this.status.clockHeld;
      if (held === null) {
        return Promise.reject(new HoldfastError('conflict', 'there is nothing to confirm'));
      }
      this.acts.push({ act: 'confirmClock', address: null, actor });
      return Promise.resolve({ jump: held.jump, due: held.due });
    },
    releases: () => Promise.resolve(this.releaseRows),
    keys: () => Promise.resolve(this.keyRows),
    createKey: (row, actor) => {
      this.keyRows.push(row);
      this.acts.push({ act: 'createKey', address: row.id, actor });
      return Promise.resolve();
    },
    revokeKey: (id, actor) => {
      const index = this.keyRows.findIndex((row) => row.id === id);
      if (index === -1) return Promise.reject(new HoldfastError('not_found', `no key ${id}`));
      this.keyRows.splice(index, 1);
      this.acts.push({ act: 'revokeKey', address: id, actor });
      return Promise.resolve();
    },
    sessions: () => Promise.resolve(this.sessionRows),
    openSession: (row, _about, actor) => {
      this.sessionRows.push(row);
      this.acts.push({ act: 'openSession', address: row.id, actor });
      return Promise.resolve();
    },
    endSession: ({ id }, actor) => {
      const at = this.sessionRows.findIndex((row) => row.id === id);
      if (at !== -1) this.sessionRows.splice(at, 1);
      if (actor !== null) this.acts.push({ act: 'endSession', address: id, actor });
      return Promise.resolve();
    },
    seenSession: (id, at) => {
      const found = this.sessionRows.findIndex((row) => row.id === id);
      const row = this.sessionRows[found];
      if (row !== undefined) this.sessionRows[found] = { ...row, seenAt: at };
      return Promise.resolve();
    },
    joinWorker: () => Promise.reject(new Error('not of this house')),
    beatWorker: () => Promise.reject(new Error('not of this house')),
    leaseCommands: () =>
      this.onLease === null ? Promise.reject(new Error('not of this house')) : this.onLease(),
    abandonLease: async (id, poll) => void this.abandoned.push([id, poll]),
    completeCommand: () => Promise.reject(new Error('not of this house')),
    drainWorker: () => Promise.reject(new Error('not of this house')),
    leaveWorker: () => Promise.reject(new Error('not of this house')),
    placeWorker: () => Promise.reject(new Error('not of this house')),
    workers: () => Promise.resolve([]),
    onChanged: (listener) => {
      this.changeListeners.add(listener);
      return () => void this.changeListeners.delete(listener);
    },
    onCommitted: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
    onNoRoom: () => () => undefined,
    onActivated: () => () => undefined,
    status: () =>
      this.refusal === null
        ? Promise.resolve({ ...this.status, lastSeq: this.events.length })
        : Promise.reject(this.refusal),
    adjust: () => Promise.reject(new Error('not of HTTP')),
    recordAct: (type, about, actor) => {
      this.acts.push({ act: type, address: about, actor });
      return Promise.resolve();
    },
    metrics: () =>
      this.refusal === null ? Promise.resolve(this.metrics) : Promise.reject(this.refusal),
    drain: () => Promise.resolve({ inFlight: 0 }),
  };

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Appends and tells the listeners. */
  append(event: IncomingEvent, over: Partial<JournalEvent> = {}): JournalEvent {
    const seq = this.events.length + 1;
    const stored: JournalEvent = {
      ...event,
      id: event.id ?? `generated-${seq}`,
      seq,
      stream: 'AGGREGATE_EVENTS',
      receivedAt: 1_700_000_000_000_000 + seq,
      ...over,
    };
    this.events.push(stored);
    for (const listener of this.#listeners) listener(seq);
    return stored;
  }

  async #ingest({ event, wait }: IngestRequest): Promise<IngestAnswer> {
    // As in the engine: an answer never comes in the caller's own turn.
    await this.beforeCommit();
    if (this.refusal !== null) throw this.refusal;
    if (wait !== undefined) this.waited.push(wait.timeout);
    const same = this.events.find(
      (other) =>
        event.id !== null &&
        other.tenant === event.tenant &&
        other.source === event.source &&
        other.id === event.id,
    );
    if (same !== undefined && same.data !== event.data)
      return { status: 'conflict', seq: same.seq };
    if (event.type === 'schema.violation') {
      return { status: 'invalid', faults: [{ at: '/amount', message: 'must be a number' }] };
    }
    const { seq, id } = same ?? this.append(event);
    const ended = wait !== undefined && this.ending !== null ? { ended: this.ending } : {};
    return { status: 'accepted', seq, id, duplicate: same !== undefined, ...ended };
  }

  #find(address: InstanceAddress): SagaDetail | undefined {
    return this.instances.find(
      (one) =>
        one.tenant === address.tenant && one.saga === address.saga && one.key === address.key,
    );
  }

  async #act(act: string, address: InstanceAddress, actor: Actor): Promise<void> {
    if (this.#find(address) === undefined) throw new HoldfastError('not_found', 'no such instance');
    this.acts.push({ act, address, actor });
  }

  async #closeWait(
    address: WaitAddress,
    state: 'completed' | 'failed',
    payload: string,
    actor: Actor,
  ): Promise<void> {
    const wait = this.waits.find((one) =>
      'token' in address
        ? one.token === address.token
        : one.tenant === address.tenant &&
          one.saga === address.saga &&
          one.key === address.key &&
          one.name === address.name,
    );
    if (wait === undefined) throw new HoldfastError('not_found', 'no such wait');
    if (wait.state !== 'open') throw new HoldfastError('wait.closed', `the wait is ${wait.state}`);
    wait.state = state;
    wait.payload = payload;
    this.acts.push({ act: state, address, actor });
  }

  /** Why a redrive of this key is refused; null where it is not. */
  refuseRedrive: (key: string) => HoldfastError | null = () => null;
  /** Runs that the overview does not account for. */
  lost = 0;

  /** Who samples is there as long as the server, and is no stream. */
  readonly samplers = new Set<(lastSeq: Seq) => void>();
  readonly sampled: Pick<EngineApi, 'onCommitted'> = {
    onCommitted: (listener) => {
      this.samplers.add(listener);
      return () => void this.samplers.delete(listener);
    },
  };

  tellCommitted(): void {
    for (const listener of this.samplers) listener(this.events.length);
  }

  readonly changeListeners = new Set<(told: ChangesTold) => void>();

  readonly readModel: ReadModel = {
    events: (tenant, query) => Promise.resolve(this.#events(tenant, query)),
    event: (tenant, seq) => {
      const event = this.events.find((one) => one.tenant === tenant && one.seq === seq);
      const detail: EventDetail | null =
        event === undefined
          ? null
          : {
              ...resource(event),
              dispositions: [
                {
                  saga: null,
                  status: 'unrouted',
                  key: null,
                  run: null,
                  version: null,
                  reason: 'no saga takes this type',
                },
              ],
              cause: null,
              consequences: { items: [], more: false },
            };
      return Promise.resolve(detail);
    },
    eventsAfter: (tenant, after, limit, stream) =>
      Promise.resolve(
        this.events
          .filter((event) => event.seq > after)
          .filter((event) => tenant === null || event.tenant === tenant)
          .filter((event) => stream === undefined || event.stream === stream)
          .slice(0, limit),
      ),
    lastSeq: async () => {
      this.onLastSeq();
      return this.events.length;
    },
    sagas: (tenant, query) => {
      this.sagaQueries.push(query);
      const items = this.instances
        .filter((one) => one.tenant === tenant)
        .filter((one) => query.status === undefined || query.status.includes(one.status))
        .filter((one) => query.key === undefined || one.key.startsWith(query.key));
      return Promise.resolve({ items, next: null });
    },
    saga: (tenant, saga, key) => Promise.resolve(this.#find({ tenant, saga, key }) ?? null),
    sagaFields: () => Promise.resolve([{ saga: 'order', fields: ['customer'] }]),
    explain: (tenant, _saga, key, of) =>
      Promise.resolve(
        this.explained.find(
          ({ explanation, ...one }) =>
            one.tenant === tenant &&
            explanation.key === key &&
            (of?.version === undefined || explanation.version === of.version),
        ) ?? null,
      ),
    timeline: (tenant, saga, key) => {
      const found = this.#find({ tenant, saga, key });
      const timeline: Timeline | null =
        found === undefined
          ? null
          : { saga, key, run: found.run, status: found.status, entries: [], earlier: null };
      return Promise.resolve(timeline);
    },
    stateAt: (tenant, saga, key, version) => {
      const found = this.#find({ tenant, saga, key });
      const state: StateAt | null =
        found === undefined || version !== found.version
          ? null
          : {
              version,
              seq: 1,
              recordedAt: formatMicros(0),
              release: found.release,
              state: found.state,
              stateHash: '',
              decision: null,
              changes: [],
            };
      return Promise.resolve(state);
    },
    waits: () => Promise.resolve(empty()),
    quarantine: () => Promise.resolve(empty()),
    quarantineEntry: () => Promise.resolve(null),
    effects: () => Promise.resolve(empty()),
    effect: () => Promise.resolve(null),
    audit: () => Promise.resolve(empty()),
    waitByToken: () => Promise.resolve(null),
    eventTypes: () => Promise.resolve([]),
    outbox: () => Promise.resolve(empty()),
    unsettled: () => Promise.resolve([]),
    activeEffects: () => Promise.resolve([]),
    tenants: () => Promise.resolve([]),
    verifyAudit: () => Promise.resolve({ ok: true, entries: 0, head: null, faults: [] }),
    reprocesses: () => Promise.resolve(empty()),
    reprocess: () => Promise.resolve(null),
    schedules: () => Promise.resolve(empty()),
    releases: () =>
      Promise.resolve(
        this.releaseRows.map((row): ReleaseResource => ({
          digest: row.digest,
          app: row.app,
          active: row.active,
          registeredAt: formatMicros(row.registeredAt),
          registeredBy: null,
          activatedAt: null,
          activatedBy: null,
          sagas: ['order'],
          effects: [],
          inFlight: 0,
        })),
      ),
    activations: () => Promise.resolve([]),
    keys: (tenant) =>
      Promise.resolve(
        this.keyRows
          .filter((row) => tenant === null || row.tenant === tenant)
          .map((row): KeyResource => ({
            id: row.id,
            name: row.name,
            tenant: row.tenant,
            scopes: [...row.scopes],
            topics: null,
            types: null,
            createdAt: formatMicros(row.createdAt),
            expiresAt: null,
            revokedAt: null,
          })),
      ),
    workerRecords: () => Promise.resolve({ items: [], next: null }),
    counts: (): Promise<StoreCounts> =>
      Promise.resolve({
        instances: { waiting: 1 },
        outbox: {},
        quarantine: 0,
        lastSeq: this.events.length,
      }),
    gauges: (): Promise<StoreGauges> =>
      Promise.resolve({
        outbox: { pending: 0, leased: 0, held: 0 },
        oldestPendingAt: null,
        instances: {},
        quarantine: 0,
        schedules: { set: 0, due: 0 },
        bytes: { database: 0, wal: 0 },
      }),
    overview: () =>
      Promise.resolve({
        runs: {
          accepted: 3 + this.lost,
          completed: 1,
          compensated: 0,
          failed: 0,
          cancelled: 0,
          inProgress: 1,
          needsYou: 1,
        },
        quarantine: 0,
        outbox: { depth: 0, held: 0, oldestAt: null },
        schedules: { pending: 0, firstDueAt: null },
        disk: { freeBytes: 1_000_000_000, dataBytes: 1, walBytes: 1 },
      }),
    runTotals: () => Promise.resolve(new Map(this.totals)),
    attention: () => Promise.resolve({ total: 0, more: false, groups: [] }),
    attentionItems: () => Promise.resolve(empty()),
    attentionTargets: (_tenant, _group, wanted) => Promise.resolve(this.#targetsOf(wanted)),
    needs: () => Promise.resolve({ groups: [], nextDueAt: null }),
    close: () => Promise.resolve(),
  };
  /** What the overview's series is made of, and what a group act goes over. */
  totals = new Map<string, { accepted: number; ended: number }>();
  targets: Omit<AttentionPage, 'left'> = { kind: 'blocked', count: 0, targets: [] };

  #targetsOf(wanted: AttentionWanted): AttentionPage {
    const { targets, count } = this.targets;
    if ('items' in wanted) {
      const named = targets.filter(({ item }) => wanted.items.includes(item));
      return { ...this.targets, left: named.length, targets: named };
    }
    const from = targets.findIndex(({ item }) => item === wanted.after) + 1;
    const some = targets.slice(from, from + wanted.limit);
    const left = count - from;
    return { ...this.targets, left, targets: some.map((one) => ({ ...one, place: one.item })) };
  }

  #events(tenant: string, query: EventQuery): Page<EventResource> {
    const found = this.events
      .filter((event) => event.tenant === tenant)
      .filter((event) => query.type === undefined || event.type === query.type)
      .filter((event) => query.after === undefined || event.seq > query.after);
    if (query.order !== 'asc') found.reverse();
    const from = Number(query.cursor ?? 0);
    const limit = query.limit ?? 50;
    const items = found.slice(from, from + limit).map(resource);
    return { items, next: from + limit < found.length ? String(from + limit) : null };
  }
}

/** An instance as the read model would tell of it. */
export function instance(over: Partial<SagaDetail> = {}): SagaDetail {
  return {
    saga: 'order',
    key: 'o1',
    run: 1,
    status: 'waiting',
    version: 4,
    app: 'restaurant',
    release: 'r'.repeat(64),
    startedAt: formatMicros(0),
    updatedAt: formatMicros(0),
    blockedBy: null,
    tenant: '',
    correlationId: null,
    state: { step: 'kitchen.ready' },
    result: null,
    failure: null,
    undo: [],
    waits: [],
    search: [],
    cause: null,
    parent: null,
    children: [],
    effects: [],
    ...over,
  };
}

function resource(event: JournalEvent): EventResource {
  const data: Json = JSON.parse(event.data) as Json;
  return {
    seq: event.seq,
    stream: event.stream,
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: event.time,
    receivedAt: formatMicros(event.receivedAt),
    tenant: event.tenant,
    correlationId: event.correlationId,
    causationId: event.causationId,
    traceparent: event.traceparent,
    data: data as EventResource['data'],
  };
}

function empty<T>(): Page<T> {
  return { items: [], next: null };
}

/** Activated, with nothing in flight. */
function activatedWith(digest: string): Activated {
  return {
    app: 'restaurant',
    digest,
    previous: null,
    dryRun: false,
    rehearsal: {
      app: 'restaurant',
      digest,
      dryRun: false,
      state: 'finished',
      startedAt: formatMicros(0),
      endedAt: formatMicros(0),
      inFlight: 0,
      examined: 0,
      moved: 0,
      stayed: 0,
      ended: 0,
      stays: [],
      after: 0,
      next: null,
      error: null,
    },
  };
}
