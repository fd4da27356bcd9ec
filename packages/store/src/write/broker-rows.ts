import { unreachable } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import type { BrokerOp, MqttPacketRow } from '../port.ts';
import type { CommitScope } from './commit-scope.ts';

/**
 * What the broker must remember (I1). Removing or changing what is not there is no fault: a client may disconnect,
 * be forgotten and acknowledge in any order.
 */
export class BrokerRows {
  readonly #retain: Statement<unknown[]>;
  readonly #unretain: Statement<unknown[]>;
  readonly #subscribe: Statement<unknown[]>;
  readonly #unsubscribe: Statement<unknown[]>;
  readonly #forget: readonly Statement<unknown[]>[];
  readonly #owe: Statement<unknown[]>;
  readonly #owedUpdate: Statement<unknown[]>;
  readonly #owedDone: Statement<unknown[]>;
  readonly #incoming: Statement<unknown[]>;
  readonly #incomingDone: Statement<unknown[]>;
  readonly #will: Statement<unknown[]>;
  readonly #willDone: Statement<unknown[]>;

  constructor(db: Database) {
    const packetSet =
      'topic = excluded.topic, qos = excluded.qos, retain = excluded.retain, meta = excluded.meta, payload = excluded.payload';
    this.#retain = db.prepare(
      `INSERT INTO mqtt_retained (topic, qos, retain, meta, payload) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (topic) DO UPDATE SET ${packetSet}`,
    );
    this.#unretain = db.prepare('DELETE FROM mqtt_retained WHERE topic = ?');
    this.#subscribe = db.prepare(
      `INSERT INTO mqtt_subscriptions (client, filter, options) VALUES (?, ?, ?)
       ON CONFLICT (client, filter) DO UPDATE SET options = excluded.options`,
    );
    this.#unsubscribe = db.prepare(
      'DELETE FROM mqtt_subscriptions WHERE client = ? AND filter = ?',
    );
    this.#forget = ['mqtt_subscriptions', 'mqtt_owed', 'mqtt_incoming'].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE client = ?`),
    );
    this.#owe = db.prepare(
      `INSERT INTO mqtt_owed (id, client, message_id, phase, topic, qos, retain, meta, payload)
       VALUES (?, ?, NULL, 'publish', ?, ?, ?, ?, ?)`,
    );
    this.#owedUpdate = db.prepare(
      'UPDATE mqtt_owed SET message_id = ?, phase = ? WHERE id = ? AND client = ?',
    );
    this.#owedDone = db.prepare('DELETE FROM mqtt_owed WHERE id = ? AND client = ?');
    this.#incoming = db.prepare(
      `INSERT INTO mqtt_incoming (client, message_id, topic, qos, retain, meta, payload) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (client, message_id) DO UPDATE SET ${packetSet}`,
    );
    this.#incomingDone = db.prepare(
      'DELETE FROM mqtt_incoming WHERE client = ? AND message_id = ?',
    );
    this.#will = db.prepare(
      `INSERT INTO mqtt_wills (client, topic, qos, retain, meta, payload) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (client) DO UPDATE SET ${packetSet}`,
    );
    this.#willDone = db.prepare('DELETE FROM mqtt_wills WHERE client = ?');
  }

  apply(op: BrokerOp, scope: CommitScope): void {
    switch (op.op) {
      case 'mqtt.owe':
        scope.owed = Math.max(scope.owed, op.id);
        this.#owe.run(op.id, op.client, ...packetColumns(op.packet));
        return;
      case 'mqtt.owed.update':
        this.#owedUpdate.run(op.messageId, op.phase, op.id, op.client);
        return;
      case 'mqtt.owed.done':
        this.#owedDone.run(op.id, op.client);
        return;
      case 'mqtt.retain':
        this.#retain.run(...packetColumns(op.packet));
        return;
      case 'mqtt.unretain':
        this.#unretain.run(op.topic);
        return;
      case 'mqtt.subscribe':
        this.#subscribe.run(op.client, op.filter, op.options);
        return;
      case 'mqtt.unsubscribe':
        this.#unsubscribe.run(op.client, op.filter);
        return;
      case 'mqtt.forget':
        for (const statement of this.#forget) statement.run(op.client);
        return;
      case 'mqtt.incoming':
        this.#incoming.run(op.client, op.messageId, ...packetColumns(op.packet));
        return;
      case 'mqtt.incoming.done':
        this.#incomingDone.run(op.client, op.messageId);
        return;
      case 'mqtt.will':
        this.#will.run(op.client, ...packetColumns(op.packet));
        return;
      case 'mqtt.will.done':
        this.#willDone.run(op.client);
        return;
      default:
        unreachable(op);
    }
  }
}

function packetColumns(
  packet: MqttPacketRow,
): readonly [string, number, number, string, Uint8Array] {
  return [packet.topic, packet.qos, packet.retain ? 1 : 0, packet.meta, packet.payload];
}
