/** Keeps the subscriptions of persistent sessions: in the mirror, and in the store before they are acknowledged. */
import type { BrokerOp } from '@holdfast/store';
import type { BrokerJournal } from './broker-journal.ts';
import type { BrokerMirror } from './broker-mirror.ts';
import type { Session, StoredSubscription } from './session.ts';

/** As much of Aedes' client as a persistence is given; sometimes it is no more than the id. */
export interface ClientRef {
  readonly id: string;
  readonly clean?: boolean;
  readonly closed?: boolean;
  readonly brokerId?: string;
}

export interface SubscriptionRules {
  /** Whether a client's subscription was granted: one refused is in the same SUBSCRIBE and must not be kept. */
  readonly granted?: (client: ClientRef, filter: string) => boolean;
  /** What else is to be committed with a new subscription. */
  readonly withSubscription?: (client: string, filter: string) => readonly BrokerOp[];
}

/** A subscription as it was before a commit, to go back to. */
type Before = readonly [filter: string, known: StoredSubscription | undefined];

export class SubscriptionKeeper {
  readonly #mirror: BrokerMirror;
  readonly #journal: BrokerJournal;
  readonly #rules: SubscriptionRules;
  /** The last commit under way, by client. */
  readonly #committing = new Map<string, Promise<void>>();

  constructor(mirror: BrokerMirror, journal: BrokerJournal, rules: SubscriptionRules) {
    this.#mirror = mirror;
    this.#journal = journal;
    this.#rules = rules;
  }

  /**
   * Aedes calls this once for each granted filter of a SUBSCRIBE, each time with all of its filters: what is known
   * already is not written again, but waited for.
   */
  async add(client: ClientRef, subscriptions: readonly StoredSubscription[]): Promise<void> {
    const session = this.#mirror.session(client.id);
    const before: Before[] = [];
    const ops: BrokerOp[] = [];
    for (const subscription of subscriptions) {
      const { topic } = subscription;
      if (this.#rules.granted?.(client, topic) === false) continue;
      const stored = storedOf(subscription);
      const known = session.filters.get(topic);
      const options = optionsText(stored);
      if (known !== undefined && optionsText(known) === options) continue;
      before.push([topic, known]);
      ops.push({ op: 'mqtt.subscribe', client: client.id, filter: topic, options });
      ops.push(...(this.#rules.withSubscription?.(client.id, topic) ?? []));
      this.#mirror.subscribe(session, stored);
    }
    await this.#commit(session, ops, before);
  }

  async remove(client: ClientRef, filters: readonly string[]): Promise<void> {
    const session = this.#mirror.sessions.get(client.id);
    if (session === undefined) return;
    const ops: BrokerOp[] = [];
    for (const filter of filters) {
      if (!this.#mirror.unsubscribe(session, filter)) continue;
      ops.push({ op: 'mqtt.unsubscribe', client: client.id, filter });
    }
    this.#mirror.dropIfEmpty(session);
    await this.#journal.commit(ops);
  }

  of(client: ClientRef): StoredSubscription[] {
    const session = this.#mirror.sessions.get(client.id);
    return session === undefined ? [] : Array.from(session.filters.values(), (one) => ({ ...one }));
  }

  async #commit(
    session: Session,
    ops: readonly BrokerOp[],
    before: readonly Before[],
  ): Promise<void> {
    const { client } = session;
    if (ops.length === 0) {
      await this.#committing.get(client);
      return;
    }
    const commit = this.#journal.commit(ops);
    this.#committing.set(client, commit);
    try {
      await commit;
    } catch (error) {
      // Not kept: the mirror must not say so, or the client's next try would not be written.
      for (const [filter, known] of before) {
        if (known === undefined) this.#mirror.unsubscribe(session, filter);
        else this.#mirror.subscribe(session, known);
      }
      throw error;
    } finally {
      if (this.#committing.get(client) === commit) this.#committing.delete(client);
    }
  }
}

function storedOf(subscription: StoredSubscription): StoredSubscription {
  const { topic, qos, rh, rap, nl, subscriptionIdentifier } = subscription;
  return {
    topic,
    qos,
    rh,
    rap,
    nl,
    ...(subscriptionIdentifier === undefined ? {} : { subscriptionIdentifier }),
  };
}

function optionsText({ qos, rh, rap, nl, subscriptionIdentifier }: StoredSubscription): string {
  return JSON.stringify({ qos, rh, rap, nl, subscriptionIdentifier });
}
