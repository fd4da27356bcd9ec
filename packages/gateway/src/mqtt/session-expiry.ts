/**
 * Forgets persistent sessions whose clients stay away (MQTT 3.1.1 has no expiry of its own; §3.1.2.4 leaves it to the
 * server).
 *
 * 1. When a client leaves, the time is recorded; when it comes back, the record goes. A client that was there when the
 *    process died counts as having left when the next one started.
 * 2. A session is dropped here first and in the store by ops that come after all of its own: a crash between brings it
 *    back, with its time, and it is dropped again.
 * 3. One timer stands for the earliest of all. It is looked at again after an hour at most, since the wall clock may be
 *    set (FACTS, Timers).
 */
import { MICROS_PER_MILLI } from '@holdfast/core';
import type { Clock, Micros, Millis } from '@holdfast/core';
import type { BrokerJournal } from './broker-journal.ts';
import type { BrokerMirror } from './broker-mirror.ts';
import type { MqttLog } from './gateway-config.ts';
import { RECORD_PREFIX, unmount } from './mount.ts';

/** Where the time is kept among the broker's records; the client follows. */
const LEFT_RECORD = `${RECORD_PREFIX}left/`;
const RECHECK_MS: Millis = 3_600_000;

export interface SessionExpiryDeps {
  readonly mirror: BrokerMirror;
  readonly journal: BrokerJournal;
  readonly clock: Clock;
  /** How long a session is kept for a client that is away; 0 for ever. */
  readonly after: Millis;
  readonly log: MqttLog;
}

export class SessionExpiry {
  readonly #deps: SessionExpiryDeps;
  /** When those who are away have left. In that order but for what is found at start. */
  readonly #left = new Map<string, Micros>();
  #cancel: (() => void) | null = null;
  /** Forgotten since start. */
  expired = 0;

  constructor(deps: SessionExpiryDeps) {
    this.#deps = deps;
  }

  /** The mirror is loaded, and no client is there yet. */
  start(): void {
    const { mirror } = this.#deps;
    for (const [topic, payload] of mirror.records) {
      if (!topic.startsWith(LEFT_RECORD)) continue;
      this.#left.set(topic.slice(LEFT_RECORD.length), Number(payload.toString('utf8')));
    }
    for (const client of new Set([...mirror.sessions.keys(), ...mirror.incoming.keys()])) {
      if (!client.startsWith(RECORD_PREFIX) && !this.#left.has(client)) this.#note(client);
    }
    this.#schedule();
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** A client's connection is over, and no other has taken its place. */
  left(client: string): void {
    const { mirror } = this.#deps;
    if (!mirror.sessions.has(client) && !mirror.incoming.has(client)) return;
    this.#note(client);
    if (this.#cancel === null) this.#schedule();
  }

  /** A client is here. */
  came(client: string): void {
    if (!this.#left.delete(client)) return;
    this.#deps.journal.later([{ op: 'mqtt.unretain', topic: LEFT_RECORD + client }]);
  }

  #note(client: string): void {
    const at = this.#deps.clock.now();
    // Last again, as the latest of all.
    this.#left.delete(client);
    this.#left.set(client, at);
    const packet = {
      topic: LEFT_RECORD + client,
      payload: Buffer.from(String(at)),
      qos: 0,
      retain: true,
      meta: '{}',
    } as const;
    this.#deps.journal.later([{ op: 'mqtt.retain', packet }]);
  }

  #schedule(): void {
    this.close();
    const { after, clock } = this.#deps;
    if (after === 0 || this.#left.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const at of this.#left.values()) first = Math.min(first, at);
    const wait = Math.ceil((first - clock.now()) / MICROS_PER_MILLI) + after;
    this.#cancel = clock.after(Math.min(Math.max(wait, 0), RECHECK_MS), () => this.#sweep());
  }

  #sweep(): void {
    const { after, clock } = this.#deps;
    const due = clock.now() - after * MICROS_PER_MILLI;
    for (const [client, at] of this.#left) if (at <= due) this.#expire(client);
    this.#schedule();
  }

  #expire(client: string): void {
    const { mirror, journal, log } = this.#deps;
    this.#left.delete(client);
    const owed = mirror.sessions.get(client)?.owed.size ?? 0;
    const known = mirror.discard(client) || mirror.incoming.has(client);
    mirror.incoming.delete(client);
    journal.later([
      { op: 'mqtt.forget', client },
      { op: 'mqtt.unretain', topic: LEFT_RECORD + client },
    ]);
    // Forgotten before by a clean session, which leaves the time behind.
    if (!known) return;
    this.expired += 1;
    log.info({ client: unmount(client), owed }, 'MQTT session has expired');
  }
}
