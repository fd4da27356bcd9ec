/** Hands committed messages out: to the queues of persistent sessions, and to whoever is connected and subscribed. */
import type { BrokerJournal } from './broker-journal.ts';
import type { BrokerMirror } from './broker-mirror.ts';
import type { Remembered } from './remembered.ts';
import type { Message } from './message.ts';
import { BROKER_ID } from './mqtt-broker.ts';
import type { SeenTopics } from './seen-topics.ts';
import { TopicRouter } from './topic-router.ts';

export class MessageHub {
  readonly mirror: BrokerMirror;
  readonly journal: BrokerJournal;
  readonly router = new TopicRouter();
  #counter = 0;

  readonly seen: SeenTopics;

  constructor(mirror: BrokerMirror, journal: BrokerJournal, seen: SeenTopics) {
    this.seen = seen;
    this.mirror = mirror;
    this.journal = journal;
  }

  /**
   * Numbers messages as Aedes does. Numbers must rise in the order of handing out: Aedes takes one that is lower than
   * the last for a copy, through another subscription, of a message that its client has.
   */
  nextCounter(): number {
    this.#counter += 1;
    return this.#counter;
  }

  /** @param remembered what was committed for it; null for nothing */
  deliver(message: Message, remembered: Remembered | null, publisher: string): void {
    this.seen.note(message);
    const brokerCounter = this.nextCounter();
    if (remembered !== null && remembered.owed.length > 0) {
      const stale = this.mirror.owe(remembered.owed, BROKER_ID, brokerCounter);
      this.journal.later(
        stale.map(({ id, session }) => ({ op: 'mqtt.owed.done', id, client: session.client })),
      );
    }
    this.router.emit({
      cmd: 'publish',
      brokerId: BROKER_ID,
      brokerCounter,
      topic: message.topic,
      payload: message.payload,
      qos: message.qos,
      retain: message.retain,
      dup: false,
      clientId: publisher,
    });
  }
}
