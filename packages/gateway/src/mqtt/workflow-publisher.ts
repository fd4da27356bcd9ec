/**
 * Publishes workflow events at `hf/workflow/TYPE` within their tenants, as structured CloudEvents, QoS 1.
 *
 * 1. What persistent sessions are owed for an event is committed together with the position after it: a crash neither
 *    skips an event nor sends it twice to them.
 * 2. While nobody subscribes nothing is read; a session that begins to is given what comes after that moment, which is
 *    committed with its subscription.
 * 3. Events go out in the journal's order.
 */
import { formatMicros, writeTenant } from '@holdfast/core';
import type { JournalEvent, Seq } from '@holdfast/core';
import type { EngineApi } from '@holdfast/engine';
import type { BrokerOp, ReadModel } from '@holdfast/store';
import type { BrokerJournal } from './broker-journal.ts';
import { rememberOps } from './remembered.ts';
import type { BrokerMirror } from './broker-mirror.ts';
import type { Remembered } from './remembered.ts';
import type { Message } from './message.ts';
import { mountPrefix, RECORD_PREFIX } from './mount.ts';
import { WORKFLOW_TOPIC } from './topic-plan.ts';

/** Where the position is kept among the broker's records. */
const POSITION_RECORD = `${RECORD_PREFIX}workflow-position`;
/** Events read at one time. */
const PAGE = 256;
/** Events after which the position is recorded though nothing was owed for them. */
const RECORD_EVERY = 1024;

export interface WorkflowPublisherDeps {
  readonly engine: Pick<EngineApi, 'onCommitted' | 'status'>;
  readonly readModel: Pick<ReadModel, 'eventsAfter'>;
  readonly mirror: BrokerMirror;
  readonly journal: BrokerJournal;
  /** Whether any subscription, of a connection or a session, may match below `hf/workflow`. */
  readonly watched: () => boolean;
  /** Whether any that only a connection has matches the topic. */
  readonly hasListener: (topic: string) => boolean;
  readonly deliver: (message: Message, remembered: Remembered | null) => void;
  /** Reading failed; it is tried again with the next commit. */
  readonly onError: (error: Error) => void;
}

interface Outgoing {
  readonly message: Message;
  readonly remembered: Remembered | null;
}

export class WorkflowPublisher {
  readonly #deps: WorkflowPublisherDeps;
  /** Everything up to here is published, or nobody was there to get it. */
  #position: Seq = 0;
  #recorded: Seq = 0;
  #committed: Seq = 0;
  #running = false;
  #closed = false;
  #stop: () => void = () => undefined;

  constructor(deps: WorkflowPublisherDeps) {
    this.#deps = deps;
  }

  get position(): Seq {
    return this.#position;
  }

  /** Goes on from the recorded position where a session has been waiting, else from now. */
  async start(): Promise<void> {
    const { engine, mirror, watched } = this.#deps;
    this.#stop = engine.onCommitted((lastSeq) => this.#onCommitted(lastSeq));
    const { lastSeq } = await engine.status();
    this.#committed = Math.max(this.#committed, lastSeq);
    const record = mirror.records.get(POSITION_RECORD);
    const recorded = record === undefined ? null : readPosition(record);
    this.#position = watched() && recorded !== null ? recorded : this.#committed;
    this.#recorded = this.#position;
    this.kick();
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  /** To be committed with a persistent session's subscription that may match workflow events. */
  positionOps(): readonly BrokerOp[] {
    this.#recorded = this.#position;
    return [positionOp(this.#position)];
  }

  /** Publishes what there is, if anybody is there to get it. */
  kick(): void {
    if (this.#running || this.#closed || this.#position >= this.#committed) return;
    if (!this.#deps.watched()) {
      this.#position = this.#committed;
      return;
    }
    this.#running = true;
    this.#run().then(
      () => this.#ran(),
      (error: unknown) => {
        this.#running = false;
        this.#deps.onError(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  #ran(): void {
    this.#running = false;
    this.kick();
  }

  #onCommitted(lastSeq: Seq): void {
    this.#committed = Math.max(this.#committed, lastSeq);
    this.kick();
  }

  async #run(): Promise<void> {
    const { readModel, journal, deliver } = this.#deps;
    while (this.#position < this.#committed && !this.#closed && this.#deps.watched()) {
      const target = this.#committed;
      const events = await readModel.eventsAfter(null, this.#position, PAGE, 'WORKFLOW_EVENTS');
      const last = events.at(-1)?.seq ?? 0;
      const position = events.length < PAGE ? Math.max(target, last) : last;
      const { outgoing, ops } = this.#prepare(events);
      if (ops.length > 0) {
        await journal.commit([...ops, positionOp(position)]);
        this.#recorded = position;
      }
      this.#position = position;
      for (const { message, remembered } of outgoing) deliver(message, remembered);
      if (position - this.#recorded >= RECORD_EVERY) journal.later(this.positionOps());
    }
  }

  #prepare(events: readonly JournalEvent[]): {
    readonly outgoing: readonly Outgoing[];
    readonly ops: BrokerOp[];
  } {
    const { mirror, hasListener } = this.#deps;
    const outgoing: Outgoing[] = [];
    const ops: BrokerOp[] = [];
    for (const event of events) {
      const topic = `${mountPrefix(event.tenant)}${WORKFLOW_TOPIC}/${event.type}`;
      if (!hasListener(topic) && !mirror.trie.matches(topic)) continue;
      const message: Message = {
        topic,
        payload: Buffer.from(structuredText(event)),
        qos: 1,
        retain: false,
      };
      const remembered = mirror.remember(message);
      if (remembered !== null) ops.push(...rememberOps(remembered));
      outgoing.push({ message, remembered });
    }
    return { outgoing, ops };
  }
}

function positionOp(seq: Seq): BrokerOp {
  const payload = Buffer.from(JSON.stringify({ seq }));
  return {
    op: 'mqtt.retain',
    packet: { topic: POSITION_RECORD, payload, qos: 0, retain: true, meta: '{}' },
  };
}

function readPosition(record: Buffer): Seq {
  const { seq } = JSON.parse(record.toString('utf8')) as { seq: Seq };
  return seq;
}

/** The event as a structured CloudEvent. Data is JSON text already and goes in as it stands. */
function structuredText(event: JournalEvent): string {
  const extensions = event.extensions === null ? {} : (JSON.parse(event.extensions) as object);
  const envelope = JSON.stringify({
    ...extensions,
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.subject ?? undefined,
    time: event.time ?? formatMicros(event.receivedAt),
    datacontenttype: 'application/json',
    dataschema: event.dataSchema ?? undefined,
    tenantid: writeTenant(event.tenant),
    correlationid: event.correlationId ?? undefined,
    causationid: event.causationId ?? undefined,
    traceparent: event.traceparent ?? undefined,
  });
  return `${envelope.slice(0, -1)},"data":${event.data}}`;
}
