/**
 * What is remembered of a bridge from run to run, in the store: who it is at its broker, what that broker's session is
 * subscribed to, and the packet ids of QoS 2 messages that it has not released yet.
 */
import { randomBytes } from 'node:crypto';
import type { BrokerOp } from '@holdfast/store';
import { z } from 'zod';
import type { BrokerJournal } from '../mqtt/broker-journal.ts';
import type { BrokerMirror } from '../mqtt/broker-mirror.ts';
import { RECORD_PREFIX } from '../mqtt/mount.ts';
import type { Incoming } from '../mqtt/remembered.ts';
import type { BridgeSettings } from './bridge-settings.ts';

const recordSchema = z.object({
  url: z.string(),
  clientId: z.string(),
  /** Filters the session is subscribed to, with the QoS that was asked for. */
  filters: z.record(z.string(), z.number()),
});

type BridgeRecord = z.infer<typeof recordSchema>;

export type HeldFilters = BridgeRecord['filters'];

export class BridgeMemory {
  /** Where its record stands, and what its packet ids are kept under: no mounted topic or client id looks like it. */
  readonly name: string;
  readonly #settings: BridgeSettings;
  readonly #mirror: BrokerMirror;
  readonly #journal: BrokerJournal;
  #record: BridgeRecord | null = null;

  constructor(settings: BridgeSettings, mirror: BrokerMirror, journal: BrokerJournal) {
    this.name = `${RECORD_PREFIX}bridge/${settings.name}`;
    this.#settings = settings;
    this.#mirror = mirror;
    this.#journal = journal;
  }

  get filters(): HeldFilters {
    return this.#record?.filters ?? {};
  }

  /** The client id at the broker: recorded before it is used, and made anew for another broker. */
  async clientId(): Promise<string> {
    const known = this.#record ?? this.#read();
    const { name, url, clientId } = this.#settings;
    if (known !== null && known.url === url && (clientId ?? known.clientId) === known.clientId) {
      this.#record = known;
      return known.clientId;
    }
    const made = clientId ?? `holdfast-${name}-${randomBytes(6).toString('hex')}`;
    await this.#renew({ url, clientId: made, filters: {} });
    return made;
  }

  /** The broker has no session of ours: no packet id and no subscription of an earlier one holds. */
  async sessionLost(): Promise<void> {
    if (this.#record !== null) await this.#renew({ ...this.#record, filters: {} });
  }

  async keep(filters: HeldFilters): Promise<void> {
    if (this.#record === null) return;
    this.#record = { ...this.#record, filters };
    await this.#journal.commit([this.#recordOp(this.#record)]);
  }

  incoming(messageId: number): Incoming | undefined {
    return this.#mirror.incomingOf(this.name, messageId);
  }

  /** Forgets a packet id; resolves after the synced commit. */
  async release(messageId: number): Promise<void> {
    if (this.#mirror.removeIncoming(this.name, messageId) === undefined) return;
    await this.#journal.commit([{ op: 'mqtt.incoming.done', client: this.name, messageId }]);
  }

  async #renew(record: BridgeRecord): Promise<void> {
    this.#mirror.incoming.delete(this.name);
    await this.#journal.commit([{ op: 'mqtt.forget', client: this.name }, this.#recordOp(record)]);
    this.#record = record;
  }

  #read(): BridgeRecord | null {
    const bytes = this.#mirror.records.get(this.name);
    return bytes === undefined ? null : recordSchema.parse(JSON.parse(bytes.toString('utf8')));
  }

  #recordOp(record: BridgeRecord): BrokerOp {
    const payload = Buffer.from(JSON.stringify(record));
    return {
      op: 'mqtt.retain',
      packet: { topic: this.name, payload, qos: 0, retain: true, meta: '{}' },
    };
  }
}
