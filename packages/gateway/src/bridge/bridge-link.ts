/**
 * One connection to a joined broker: what arrives on it is taken in, and acknowledged once it is committed.
 *
 * Invariants:
 * 1. PUBACK and PUBREC leave after the commit that holds the message's events or quarantine record (I1). A connection
 *    that ends before sends none, and the broker delivers again [MQTT-4.4.0-1].
 * 2. Acknowledgements leave in the order of the messages [MQTT-4.6.0-2], [MQTT-4.6.0-3].
 * 3. A QoS 2 packet id is committed with its message and forgotten before PUBCOMP: a message that is delivered again
 *    after a crash is known by it.
 * 4. Nothing more is read while as much is held as a client may have held.
 *
 * mqtt.js handles one packet at a time and acknowledges when `handleMessage` calls back, which would make every message
 * wait for the commit of the one before. So QoS 1 is called back at once, with an error, on which mqtt.js sends no
 * PUBACK; it is written here. For QoS 2 mqtt.js sends PUBREC when its incoming store has the packet: that store is the
 * journal, and those messages do wait for one another.
 */
import { Readable } from 'node:stream';
import type { IPublishPacket, IStore, MqttClient } from 'mqtt';
import mqttPacket from 'mqtt-packet';
import type { HeldLimits } from '../mqtt/connection.ts';
import { HeldLine } from '../mqtt/held-line.ts';
import { InboundPublish } from '../mqtt/inbound-publish.ts';
import type { PublishOrigin } from '../mqtt/inbound-publish.ts';
import type { Incoming } from '../mqtt/remembered.ts';
import type { Publisher, TopicPlan } from '../mqtt/topic-plan.ts';

export interface LinkHost {
  readonly publisher: Publisher;
  /** How the broker's memory of QoS 2 packet ids names the bridge. */
  readonly memoryName: string;
  readonly held: HeldLimits;
  plan(topic: string): TopicPlan;
  /** Takes a message in; `leave` is called for it when its turn has come. */
  take(publish: InboundPublish, acknowledge: () => void): void;
  leave(publish: InboundPublish): void;
  incoming(messageId: number): Incoming | undefined;
  /** Forgets a packet id; resolves after the synced commit. */
  release(messageId: number): Promise<void>;
}

/** What mqtt.js is called back with for a message that is acknowledged later; it goes no further than its callback. */
const ACKNOWLEDGED_LATER = new Error('acknowledged once it is committed');

export class BridgeLink implements PublishOrigin {
  readonly client: PublishOrigin['client'];
  readonly line: HeldLine;
  readonly #host: LinkHost;
  #mqtt: MqttClient | null = null;
  #open = true;
  #paused = false;
  /** Goes on reading. */
  #resume: (() => void) | null = null;
  #acknowledged: Buffer[] = [];
  received = 0;
  acknowledged = 0;
  ignored = 0;

  constructor(host: LinkHost) {
    this.#host = host;
    const isClosed = (): boolean => !this.#open;
    this.client = {
      id: host.memoryName,
      clean: false,
      get closed() {
        return isClosed();
      },
    };
    this.line = new HeldLine((publish) => host.leave(publish));
  }

  /** What mqtt.js keeps QoS 2 messages in between PUBREC and PUBREL. */
  readonly incomingStore: IStore = {
    put: (packet, done) => {
      if (packet.cmd === 'publish') this.#take(packet, () => done());
      return this.incomingStore;
    },
    get: (packet, done) => {
      const known = this.#host.incoming(packet.messageId ?? 0);
      if (known === undefined) done(new Error('no such packet'));
      else done(undefined, released(known));
      return this.incomingStore;
    },
    del: (_packet, done) => {
      done();
      return this.incomingStore;
    },
    createStream: () => Readable.from([]) as ReturnType<IStore['createStream']>,
    close: (done) => done(),
  };

  /** Takes up the client of this connection, before anything is read from it. */
  serve(client: MqttClient): void {
    this.#mqtt = client;
    client.handleMessage = (packet, done) => {
      if (packet.qos === 2) {
        // PUBREL: the message itself was taken in before PUBREC.
        void this.#release(packet.messageId ?? 0, done);
        return;
      }
      const { messageId } = packet;
      const isOwed = packet.qos === 1 && messageId !== undefined;
      this.#take(packet, isOwed ? () => this.#acknowledge(messageId) : () => undefined);
      this.#whenRoom(() => {
        if (isOwed) done(ACKNOWLEDGED_LATER);
        else done();
      });
    };
  }

  /** Takes no more: what comes is left to be delivered again. */
  pause(): void {
    this.#paused = true;
  }

  /** It is over: nothing is acknowledged on it any more. */
  close(): void {
    this.#open = false;
    this.#resume = null;
    this.#acknowledged = [];
  }

  regulate(): void {
    if (this.#resume === null || this.#full()) return;
    const resume = this.#resume;
    this.#resume = null;
    resume();
  }

  async #release(messageId: number, done: () => void): Promise<void> {
    try {
      await this.#host.release(messageId);
    } catch {
      // The journal tells of its failure itself, and the connection goes with it.
      return;
    }
    done();
  }

  #take(packet: IPublishPacket, acknowledge: () => void): void {
    if (!this.#open || this.#paused) return;
    const { topic, payload, qos, dup, messageId = 0 } = packet;
    const { publisher } = this.#host;
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const plan = this.#host.plan(topic);
    const from = {
      topic,
      payload: bytes,
      qos,
      // Nothing is retained here. An empty message clears a retained one there, which no flag tells us any more
      // [MQTT-3.3.1-9]: it is no event, as it is none of our own broker's clients.
      retain: bytes.length === 0,
      dup,
      messageId,
      length: bytes.length,
      discarded: false,
    };
    const publish = new InboundPublish(publisher, this, plan, topic, from);
    publish.forwarded = false;
    this.received += 1;
    if (plan.kind === 'message' || bytes.length === 0) this.ignored += 1;
    this.#host.take(publish, () => {
      this.acknowledged += 1;
      acknowledge();
    });
  }

  #whenRoom(goOn: () => void): void {
    if (this.#full()) this.#resume = goOn;
    else goOn();
  }

  #full(): boolean {
    const { held } = this.#host;
    return this.line.messages >= held.messages || this.line.bytes >= held.bytes;
  }

  /** Those of one commit leave in one write. */
  #acknowledge(messageId: number): void {
    this.#acknowledged.push(mqttPacket.generate({ cmd: 'puback', messageId }));
    if (this.#acknowledged.length > 1) return;
    queueMicrotask(() => {
      const bytes = Buffer.concat(this.#acknowledged);
      this.#acknowledged = [];
      if (this.#open && bytes.length > 0) this.#mqtt?.stream.write(bytes);
    });
  }
}

/** As mqtt.js wants it on PUBREL. */
function released({ messageId, message }: Incoming): IPublishPacket {
  const payload = Buffer.alloc(0);
  return {
    cmd: 'publish',
    topic: message.topic,
    payload,
    qos: 2,
    retain: false,
    dup: false,
    messageId,
  };
}
