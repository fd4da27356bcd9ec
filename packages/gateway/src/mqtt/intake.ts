/**
 * Takes publishes in: Aedes asks here, by `authorizePublish`, before it acknowledges any (ADR 5).
 *
 * Invariants:
 * 1. A publish becomes ready only after one synced commit holds its event or its quarantine record, and what the broker
 *    must remember for it: the retained message, the deliveries owed, the QoS 2 packet id (I1). One that leaves nothing
 *    to remember is ready at once.
 * 2. Whatever cannot be taken is committed to quarantine and acknowledged; it never ends the connection, or its sender
 *    would send it for ever (I9, [MQTT-3.3.5-2]).
 * 3. What is ready is handed to subscribers and then acknowledged, in the order of its connection's line. All of it is
 *    handed out here, not by Aedes, so that an acknowledgement that cannot be written any more loses nobody a message.
 * 4. When the engine refuses, nothing is acknowledged and `onFailure` is told; when it is overloaded, what it refused is
 *    offered again, in order, before anything newer.
 */
import type { IncomingEvent } from '@holdfast/core';
import type { EngineApi, IngestAnswer } from '@holdfast/engine';
import type { BrokerOp } from '@holdfast/store';
import { AnswerCounts } from '../metrics/answer-counts.ts';
import type { BrokerJournal } from './broker-journal.ts';
import { rememberOps } from './remembered.ts';
import type { BrokerMirror } from './broker-mirror.ts';
import { readEvent, readPayload } from './event-reading.ts';
import type { InboundPublish, Proceed } from './inbound-publish.ts';
import { digestOf, incomingRow } from './incoming-digest.ts';
import { OfferLine } from './offer-line.ts';
import { quarantineEntry } from './quarantine-entry.ts';
import type { Finding } from './quarantine-entry.ts';
import type { EventPlan } from './topic-plan.ts';

export interface IntakeDeps {
  readonly engine: Pick<EngineApi, 'ingest' | 'quarantine'>;
  readonly mirror: BrokerMirror;
  readonly journal: BrokerJournal;
  /** Bytes of the largest payload that is taken. */
  readonly maxEventBytes: number;
  /** Hands a message to its subscribers. */
  readonly deliver: (publish: InboundPublish) => void;
  /** The engine refused: what waits stays unacknowledged. */
  readonly onFailure: (error: Error) => void;
}

const NO_OPS: readonly BrokerOp[] = [];

export class Intake {
  readonly #deps: IntakeDeps;
  readonly #offers: OfferLine;
  /** Totals since start. */
  readonly totals = { received: 0, acknowledged: 0, events: 0, quarantined: 0 };
  readonly answers = new AnswerCounts();

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
    this.#offers = new OfferLine(deps.engine, deps.onFailure);
  }

  /** Whether the engine has more than it can take. */
  get overloaded(): boolean {
    return this.#offers.waiting > 0;
  }

  /** Aedes asks whether a publish may go on; it is told when it is committed and its turn has come. */
  take(publish: InboundPublish, proceed: Proceed): void {
    this.totals.received += 1;
    publish.proceed = proceed;
    publish.connection?.line.add(publish);
    if (publish.qos === 2 && this.#isDuplicate(publish)) return;
    if (publish.discarded || publish.payload.length > this.#deps.maxEventBytes) {
      this.#refuse(publish, {
        code: 'event.too_large',
        reason: `the packet has ${publish.length} bytes; the limit is ${this.#deps.maxEventBytes} of payload`,
      });
      return;
    }
    const { plan } = publish;
    switch (plan.kind) {
      case 'refused':
        this.#refuse(publish, plan);
        return;
      case 'message':
        this.#keep(publish);
        return;
      case 'event':
        if (isClearing(publish)) this.#keep(publish);
        else this.#takeEvents(publish, [plan.event]);
        return;
      case 'mapped':
        if (isClearing(publish)) this.#keep(publish);
        else this.#takeEvents(publish, plan.events);
    }
  }

  /** Called by the publish's line: everything before it has left. */
  leave(publish: InboundPublish): void {
    const { connection, proceed } = publish;
    if (publish.forwarded) this.#deps.deliver(publish);
    publish.proceed = null;
    if (connection?.client.closed === true && !publish.isWill) {
      // Aedes is not asked any more, and so will not ask for the packet id as new.
      if (publish.incoming !== null) publish.incoming.packet = null;
      return;
    }
    this.totals.acknowledged += 1;
    proceed?.(null);
    connection?.regulate();
  }

  /** Gives up what an overloaded engine has not taken yet; nobody is told. */
  clear(): void {
    this.#offers.clear();
  }

  /**
   * A QoS 2 packet id that is not released: the message was taken in before [MQTT-4.3.3-2]. Another message under that id
   * is none that we have: its sender has lost its memory of the first (a broker that was killed and went back to what it
   * had saved), and would lose this one too.
   */
  #isDuplicate(publish: InboundPublish): boolean {
    const client = publish.connection?.client;
    const known =
      client === undefined ? undefined : this.#deps.mirror.incomingOf(client.id, publish.messageId);
    if (known === undefined) return false;
    if (known.digest !== null && known.digest !== digestOf(publish)) return false;
    publish.forwarded = false;
    if (known.committed === null) this.#ready(publish);
    else known.committed.then(() => this.#ready(publish), this.#deps.onFailure);
    return true;
  }

  /** An ordinary message: commits what it leaves behind, if anything. */
  #keep(publish: InboundPublish): void {
    const ops = this.#ops(publish);
    if (ops.length === 0) this.#ready(publish);
    else this.#await(publish, this.#deps.journal.commit(ops));
  }

  #takeEvents(publish: InboundPublish, plans: readonly EventPlan[]): void {
    const read = readPayload(publish.payload);
    if (!read.ok) {
      this.#refuse(publish, read);
      return;
    }
    // All are read before any is offered: a message is taken whole or not at all.
    const events: IncomingEvent[] = [];
    for (const plan of plans) {
      const reading = readEvent(plan, publish.localTopic, read.value);
      if (!reading.ok) {
        this.#refuse(publish, reading);
        return;
      }
      events.push(reading.event);
    }
    const ops = this.#ops(publish);
    publish.awaiting = events.length;
    events.forEach((event, i) => {
      // With the first, or with the record of why that was not taken.
      const broker = i === 0 ? ops : NO_OPS;
      // Patient: what was taken in and finds no room is committed when there is some, and its packet id is taken till then.
      const request = {
        event,
        protocol: 'mqtt',
        patient: true,
        ...(broker.length === 0 ? {} : { broker }),
      } as const;
      this.#offers.offer(
        request,
        (answer) => this.#answered(publish, event, broker, answer),
        () => {
          if (publish.awaiting === events.length) this.#withdraw(publish);
        },
      );
    });
  }

  #answered(
    publish: InboundPublish,
    event: IncomingEvent,
    ops: readonly BrokerOp[],
    answer: IngestAnswer,
  ): void {
    switch (answer.status) {
      case 'accepted':
        this.totals.events += 1;
        this.answers.accepted(answer.duplicate);
        this.#settled(publish);
        return;
      case 'conflict':
        this.#notTaken(publish, ops, {
          code: 'event.conflict',
          reason: `event ${JSON.stringify(event.id)} of ${event.source} stands at seq ${answer.seq} with other content`,
          seq: answer.seq,
        });
        return;
      case 'invalid':
        this.#notTaken(publish, ops, {
          code: 'event.invalid',
          reason: `the data is not valid for ${event.type}`,
          faults: answer.faults,
        });
    }
  }

  /** The engine refused one of its events, and wrote nothing of it. */
  #notTaken(publish: InboundPublish, ops: readonly BrokerOp[], finding: Finding): void {
    if (publish.plan.kind === 'mapped') {
      this.#quarantine(publish, finding, ops);
      return;
    }
    publish.forwarded = false;
    this.#quarantine(publish, finding, this.#ops(publish));
  }

  /**
   * It is not taken as what it claims to be. A device's message that only fails to be an event is still a message, and
   * goes on to its subscribers; anything else is dropped.
   */
  #refuse(publish: InboundPublish, finding: Finding): void {
    publish.awaiting = 1;
    publish.forwarded &&= publish.plan.kind === 'mapped' && finding.code !== 'event.too_large';
    this.#quarantine(publish, finding, this.#ops(publish));
  }

  #quarantine(publish: InboundPublish, finding: Finding, ops: readonly BrokerOp[]): void {
    this.totals.quarantined += 1;
    this.answers.note(finding.code);
    const recorded = this.#deps.engine.quarantine(quarantineEntry(publish, finding), ops);
    recorded.then(
      () => this.#settled(publish),
      (error: Error) => {
        this.#withdraw(publish);
        this.#deps.onFailure(error);
      },
    );
  }

  #settled(publish: InboundPublish): void {
    publish.awaiting -= 1;
    if (publish.awaiting === 0) this.#ready(publish);
  }

  #await(publish: InboundPublish, commit: Promise<void>): void {
    // A journal that fails tells of it itself, once for all.
    commit.then(
      () => this.#ready(publish),
      () => this.#withdraw(publish),
    );
  }

  /** It was refused whole: its QoS 2 packet id is free, so that the client's next try is not taken for one under way. */
  #withdraw(publish: InboundPublish): void {
    const client = publish.connection?.client;
    if (publish.incoming === null || client === undefined) return;
    const { messageId } = publish;
    if (this.#deps.mirror.incomingOf(client.id, messageId) === publish.incoming)
      this.#deps.mirror.removeIncoming(client.id, messageId);
  }

  /** What must be committed with it (I1). */
  #ops(publish: InboundPublish): readonly BrokerOp[] {
    const remembered = publish.forwarded ? this.#deps.mirror.remember(publish) : null;
    publish.remembered = remembered;
    const ops = remembered === null ? [] : rememberOps(remembered);
    if (publish.qos === 2) ops.push(...this.#takeIn(publish));
    return ops.length === 0 ? NO_OPS : ops;
  }

  /** Takes the QoS 2 packet id; durably for a client whose session outlives its connection. */
  #takeIn(publish: InboundPublish): readonly BrokerOp[] {
    const client = publish.connection?.client;
    if (client === undefined || publish.isWill) return NO_OPS;
    const { messageId } = publish;
    const durable = !client.clean;
    const message = { topic: publish.topic, payload: '', qos: publish.qos, retain: false };
    if (publish.incoming === null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      publish.settle = resolve;
      const digest = digestOf(publish);
      const committed = promise;
      publish.incoming = { messageId, packet: publish, message, digest, durable, committed };
      this.#deps.mirror.addIncoming(client.id, publish.incoming);
    }
    if (!durable) return NO_OPS;
    const packet = incomingRow(message, publish.incoming.digest);
    return [{ op: 'mqtt.incoming', client: client.id, messageId, packet }];
  }

  #ready(publish: InboundPublish): void {
    const { remembered, incoming, connection } = publish;
    // In the order of the commits, which is the store's.
    if (remembered?.message.retain === true) this.#deps.mirror.retain(remembered.message);
    if (incoming !== null) incoming.committed = null;
    publish.settle?.();
    publish.ready = true;
    if (connection === null) this.leave(publish);
    else connection.line.advance();
  }
}

/** An empty retained message removes the one before it, and says nothing else [MQTT-3.3.1-10]. */
function isClearing(publish: InboundPublish): boolean {
  return publish.retain && publish.payload.length === 0;
}
