/**
 * An engine in memory, at the edge of the process that the broker sees: what is committed outlives it, what waits for a
 * commit does not. A test chooses when commits complete, and how they fail.
 */
import { HoldfastError } from '@holdfast/core';
import type { IncomingEvent, JournalEvent, Seq } from '@holdfast/core';
import type { EngineApi, EngineStatus, IngestAnswer, IngestRequest } from '@holdfast/engine';
import type { BrokerOp, BrokerSnapshot, QuarantineRow } from '@holdfast/store';

/** What stands before the broker's own records. */
const RECORD_PREFIX = '$hf/';

type Quarantined = Omit<QuarantineRow, 'at'>;

/** What a crash leaves: every op that was committed, applied as the store applies it. */
export class FakeDisk {
  readonly events: JournalEvent[] = [];
  readonly quarantine: Quarantined[] = [];
  readonly #marks = new Map<string, { readonly seq: Seq; readonly content: string }>();
  readonly #retained = new Map<string, BrokerSnapshot['retained'][number]>();
  readonly #subscriptions = new Map<string, BrokerSnapshot['subscriptions'][number]>();
  readonly #owed = new Map<number, BrokerSnapshot['owed'][number]>();
  readonly #incoming = new Map<string, BrokerSnapshot['incoming'][number]>();
  readonly #wills = new Map<string, BrokerSnapshot['wills'][number]>();

  get lastSeq(): Seq {
    return this.events.length;
  }

  /** Topics of the retained messages, without the broker's own records. */
  get retainedTopics(): readonly string[] {
    return [...this.#retained.keys()].filter((topic) => !topic.startsWith(RECORD_PREFIX));
  }

  snapshot(): BrokerSnapshot {
    return structuredClone({
      retained: [...this.#retained.values()],
      subscriptions: [...this.#subscriptions.values()],
      owed: [...this.#owed.values()],
      incoming: [...this.#incoming.values()],
      wills: [...this.#wills.values()],
    });
  }

  /** Appends as a commit does; a known source and id appends nothing. */
  append(event: IncomingEvent, stream: JournalEvent['stream'] = 'AGGREGATE_EVENTS'): IngestAnswer {
    const mark = event.id === null ? null : JSON.stringify([event.tenant, event.source, event.id]);
    const known = mark === null ? undefined : this.#marks.get(mark);
    if (known !== undefined && known.content !== event.data)
      return { status: 'conflict', seq: known.seq };
    if (known !== undefined)
      return { status: 'accepted', seq: known.seq, id: event.id ?? '', duplicate: true };
    const seq = this.events.length + 1;
    const id = event.id ?? `generated-${seq}`;
    this.events.push({ ...event, id, seq, stream, receivedAt: seq });
    if (mark !== null) this.#marks.set(mark, { seq, content: event.data });
    return { status: 'accepted', seq, id, duplicate: false };
  }

  apply(op: BrokerOp): void {
    const ofClient = (row: { readonly client: string }): boolean => row.client === clientOf(op);
    switch (op.op) {
      case 'mqtt.retain':
        this.#retained.set(op.packet.topic, op.packet);
        return;
      case 'mqtt.unretain':
        this.#retained.delete(op.topic);
        return;
      case 'mqtt.subscribe':
        this.#subscriptions.set(JSON.stringify([op.client, op.filter]), op);
        return;
      case 'mqtt.unsubscribe':
        this.#subscriptions.delete(JSON.stringify([op.client, op.filter]));
        return;
      case 'mqtt.forget':
        for (const rows of [this.#subscriptions, this.#owed, this.#incoming]) {
          for (const [key, row] of rows) if (ofClient(row)) removeFrom(rows, key);
        }
        return;
      case 'mqtt.owe':
        if (this.#owed.has(op.id)) throw new Error(`owed delivery ${op.id} is there already`);
        this.#owed.set(op.id, {
          id: op.id,
          client: op.client,
          messageId: null,
          phase: 'publish',
          packet: op.packet,
        });
        return;
      case 'mqtt.owed.update': {
        const row = this.#owed.get(op.id);
        if (row !== undefined && ofClient(row))
          this.#owed.set(op.id, { ...row, messageId: op.messageId, phase: op.phase });
        return;
      }
      case 'mqtt.owed.done':
        this.#owed.delete(op.id);
        return;
      case 'mqtt.incoming':
        this.#incoming.set(JSON.stringify([op.client, op.messageId]), op);
        return;
      case 'mqtt.incoming.done':
        this.#incoming.delete(JSON.stringify([op.client, op.messageId]));
        return;
      case 'mqtt.will':
        this.#wills.set(op.client, { client: op.client, packet: op.packet });
        return;
      case 'mqtt.will.done':
        this.#wills.delete(op.client);
        return;
    }
  }
}

function removeFrom(rows: Map<string, object> | Map<number, object>, key: string | number): void {
  (rows as Map<string | number, object>).delete(key);
}

function clientOf(op: BrokerOp): string | undefined {
  return 'client' in op ? op.client : undefined;
}

/** `auto`: each turn's work is committed in the next. `held`: nothing is, until `release`. */
export type CommitMode = 'auto' | 'held';

interface Unit {
  readonly apply: () => void;
  readonly failed: (error: Error) => void;
}

function unused(): never {
  throw new Error('the broker does not call this');
}

export class FakeEngine implements EngineApi {
  readonly disk: FakeDisk;
  mode: CommitMode = 'auto';
  /** Commits made. */
  commits = 0;
  /** Milliseconds a commit takes in `auto`. */
  delay = 0;
  /** Answers some events without committing them, as a schema does. */
  check: ((event: IncomingEvent) => IngestAnswer | null) | null = null;
  /** Asked before an event is taken; throws as an engine does that refuses it. */
  admit: (() => void) | null = null;
  #units: Unit[] = [];
  #scheduled = false;
  #refusing: Error | null = null;
  #dead = false;
  readonly #listeners = new Set<(lastSeq: Seq) => void>();

  constructor(disk = new FakeDisk()) {
    this.disk = disk;
  }

  /** Writes that wait for a commit. */
  get waiting(): number {
    return this.#units.length;
  }

  async ingest(request: IngestRequest): Promise<IngestAnswer> {
    this.admit?.();
    return this.#write(() => {
      const refused = this.check?.(request.event) ?? null;
      if (refused !== null) return refused;
      const answer = this.disk.append(request.event);
      if (answer.status === 'accepted') for (const op of request.broker ?? []) this.disk.apply(op);
      return answer;
    });
  }

  broker(ops: readonly BrokerOp[]): Promise<void> {
    return this.#write(() => {
      for (const op of ops) this.disk.apply(op);
    });
  }

  quarantine(
    entry: Omit<QuarantineRow, 'id' | 'at'>,
    broker: readonly BrokerOp[] = [],
  ): Promise<number> {
    return this.#write(() => {
      const id = this.disk.quarantine.length + 1;
      this.disk.quarantine.push({ ...entry, id });
      for (const op of broker) this.disk.apply(op);
      return id;
    });
  }

  /** Journals events as the engine's own. */
  async outcomes(events: readonly IncomingEvent[]): Promise<void> {
    await this.#write(() => {
      for (const event of events) this.disk.append(event, 'WORKFLOW_EVENTS');
    });
  }

  async brokerSnapshot(): Promise<BrokerSnapshot> {
    return this.disk.snapshot();
  }

  onCommitted(listener: (lastSeq: Seq) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onChanged = unused;
  metrics = unused;
  recordAct = unused;

  async status(): Promise<EngineStatus> {
    return {
      writable: this.#refusing === null,
      noRoom: this.#refusing !== null,
      draining: false,
      lastSeq: this.disk.lastSeq,
      epoch: 1,
      timeline: 1,
      liveInstances: 0,
      effectsInFlight: 0,
      upstreams: [],
      sagas: [],
      effects: [],
      clockHeld: null,
    };
  }

  /** Commits the first `count` of what waits, or all of it. */
  release(count = this.#units.length): void {
    this.#commit(this.#units.splice(0, count));
  }

  /** Commits the last of what waits, before the others. */
  releaseLast(): void {
    this.#commit(this.#units.splice(-1));
  }

  #commit(units: readonly Unit[]): void {
    if (this.#dead || units.length === 0) return;
    this.commits += 1;
    const before = this.disk.lastSeq;
    for (const unit of units) unit.apply();
    if (this.disk.lastSeq > before)
      for (const listener of this.#listeners) listener(this.disk.lastSeq);
  }

  /** Refuses all that waits and all that comes, until `recover`. */
  refuse(error: Error = new HoldfastError('store.full', 'no room')): void {
    this.#refusing = error;
    for (const unit of this.#units.splice(0)) unit.failed(error);
  }

  recover(): void {
    this.#refusing = null;
  }

  /** As SIGKILL: what waits is never committed and never answered. */
  kill(): void {
    this.#dead = true;
    this.#units = [];
  }

  #write<T>(commit: () => T): Promise<T> {
    const refusing = this.#refusing;
    if (refusing !== null) return Promise.reject(refusing);
    return new Promise((resolve, reject) => {
      if (this.#dead) return;
      this.#units.push({ apply: () => resolve(commit()), failed: reject });
      if (this.mode === 'auto' && !this.#scheduled) {
        this.#scheduled = true;
        const run = (): void => {
          this.#scheduled = false;
          if (this.mode === 'auto') this.release();
        };
        if (this.delay === 0) setImmediate(run);
        else setTimeout(run, this.delay);
      }
    });
  }

  onNoRoom(): () => void {
    return () => undefined;
  }
  onActivated(): () => void {
    return () => undefined;
  }
  completeWait = unused;
  failWait = unused;
  awaitEnd = unused;
  cancel = unused;
  redrive = unused;
  restart = unused;
  resolveEffect = unused;
  redriveQuarantine = unused;
  discardQuarantine = unused;
  reprocess = unused;
  placeSteps = unused;
  consumers = unused;
  adjust = unused;
  registerRelease = unused;
  activateRelease = unused;
  rollbackRelease = unused;
  rehearseRelease = unused;
  rehearsal = unused;
  releases = unused;
  keys = unused;
  createKey = unused;
  revokeKey = unused;
  sessions = unused;
  openSession = unused;
  endSession = unused;
  seenSession = unused;
  confirmClock = unused;
  drain = unused;
  joinWorker = unused;
  beatWorker = unused;
  leaseCommands = unused;
  abandonLease = unused;
  completeCommand = unused;
  drainWorker = unused;
  leaveWorker = unused;
  placeWorker = unused;
  workers = unused;
}
