import type { PublishFrame } from './frame-reader.ts';
import type { Incoming, Remembered } from './remembered.ts';
import type { Message, QoS } from './message.ts';
import type { Publisher, TopicPlan } from './topic-plan.ts';

/** Tells Aedes to go on with a packet. */
export type Proceed = (error?: Error | null) => void;

/** The connection a publish came by, as far as its intake needs it. */
export interface PublishOrigin {
  readonly client: { readonly id: string; readonly clean: boolean; readonly closed: boolean };
  readonly line: { add(publish: InboundPublish): void; advance(): void };
  /** Reads on, or not, by what is held now. */
  regulate(): void;
}

/**
 * A publish on its way in: the packet as Aedes knows it (`cmd` to `length`), and what becomes of it here. One object
 * for both, since there is one for every message.
 */
export class InboundPublish implements Message {
  readonly cmd = 'publish';
  /** Mounted. */
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly messageId: number;
  /** Bytes on the wire. */
  readonly length: number;

  readonly publisher: Publisher;
  /** Whose line it stands in; null for the will of a client that a former process served. */
  readonly connection: PublishOrigin | null;
  /** As the client wrote it. */
  readonly localTopic: string;
  readonly plan: TopicPlan;
  /** Whether it was too large to be read, and `payload` is only its head. */
  readonly discarded: boolean;
  /** Wills have no acknowledgement, and Aedes waits for them on a closed connection too. */
  readonly isWill: boolean;
  proceed: Proceed | null = null;
  /** Answers still awaited. */
  awaiting = 0;
  /** Whether it goes to subscribers. */
  forwarded = true;
  remembered: Remembered | null = null;
  incoming: Incoming | null = null;
  /** Settles `incoming.committed`. */
  settle: (() => void) | null = null;
  /** Everything is committed: it may be acknowledged when its turn comes. */
  ready = false;

  /**
   * A will on its way in.
   *
   * @param topic mounted
   * @param localTopic as the client wrote it
   */
  static will(
    publisher: Publisher,
    connection: PublishOrigin | null,
    plan: TopicPlan,
    topic: string,
    localTopic: string,
    { payload, qos, retain }: Pick<PublishFrame, 'payload' | 'qos' | 'retain'>,
  ): InboundPublish {
    return new InboundPublish(publisher, connection, plan, topic, {
      topic: localTopic,
      payload,
      qos,
      retain,
      dup: false,
      messageId: 0,
      length: payload.length,
      discarded: false,
      isWill: true,
    });
  }

  constructor(
    publisher: Publisher,
    connection: PublishOrigin | null,
    plan: TopicPlan,
    topic: string,
    from: InboundSource,
  ) {
    this.topic = topic;
    this.payload = from.payload;
    this.qos = from.qos;
    this.retain = from.retain;
    this.dup = from.dup;
    this.messageId = from.messageId;
    this.length = from.length;
    this.publisher = publisher;
    this.connection = connection;
    this.localTopic = from.topic;
    this.plan = plan;
    this.discarded = from.discarded;
    this.isWill = from.isWill === true;
  }
}

export interface InboundSource extends PublishFrame {
  readonly isWill?: boolean;
}
