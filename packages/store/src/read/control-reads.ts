import type { Database } from 'better-sqlite3';

import type { BrokerSnapshot, KeyRow, MqttPacketRow, ReleaseRow, SessionRow } from '../port.ts';

interface PacketRecord {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: number;
  readonly meta: string;
  readonly payload: Buffer;
}

interface KeyRecord {
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly tenant: string;
  readonly scopes: string;
  readonly topics: string | null;
  readonly types: string | null;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

interface ReleaseRecord {
  readonly digest: string;
  readonly app: string;
  readonly registered_at: number;
  readonly manifest: string;
  readonly active: number;
  readonly active_since: number | null;
  readonly previous: number;
  readonly rehearsed: number;
}

const PACKET_COLUMNS = 'topic, qos, retain, meta, payload';

/** The last activation of each app is its pointer. */
const ACTIVE_POINTERS = `SELECT id, app, digest, previous, at, act FROM activations
  WHERE id IN (SELECT max(id) FROM activations GROUP BY app)`;

export function readReleases(db: Database): readonly ReleaseRow[] {
  return db
    .prepare<[], ReleaseRecord>(
      `WITH pointers AS (${ACTIVE_POINTERS})
       SELECT r.digest, r.app, r.registered_at, r.manifest,
         EXISTS (SELECT 1 FROM pointers p WHERE p.app = r.app AND p.digest = r.digest) AS active,
         (SELECT p.at FROM pointers p WHERE p.app = r.app AND p.digest = r.digest) AS active_since,
         EXISTS (SELECT 1 FROM pointers p WHERE p.app = r.app AND p.previous = r.digest) AS previous,
         NOT EXISTS (SELECT 1 FROM pointers p WHERE p.digest = r.digest AND p.act IS NOT NULL AND p.previous IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM rehearsals h WHERE h.activation_id = p.id)) AS rehearsed
       FROM releases r ORDER BY r.registered_at, r.rowid`,
    )
    .all()
    .map((row) => ({
      digest: row.digest,
      app: row.app,
      manifest: row.manifest,
      registeredAt: row.registered_at,
      active: row.active === 1,
      activeSince: row.active_since,
      previous: row.previous === 1,
      rehearsed: row.rehearsed === 1,
    }));
}

export function readSessions(db: Database): readonly SessionRow[] {
  return db
    .prepare<[], SessionRow>(
      `SELECT id, lower(hex(hash)) AS hash, key_id AS keyId, opened_at AS openedAt, seen_at AS seenAt,
         expires_at AS expiresAt
       FROM sessions ORDER BY opened_at, id`,
    )
    .all();
}

export function readKeys(db: Database): readonly KeyRow[] {
  return db
    .prepare<[], KeyRecord>(
      `SELECT id, lower(hex(hash)) AS hash, name, tenant, scopes, topics, types, created_at, expires_at, revoked_at
       FROM keys ORDER BY created_at, rowid`,
    )
    .all()
    .map((row) => ({
      id: row.id,
      name: row.name,
      hash: row.hash,
      tenant: row.tenant,
      scopes: textList(row.scopes),
      topics: row.topics === null ? null : textList(row.topics),
      types: row.types === null ? null : textList(row.types),
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
    }));
}

/** A list of texts as this package wrote it. @throws Error when it is none: the database is damaged. */
export function textList(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) throw new Error('expected a list of texts');
  return value.map(String);
}

export function readBroker(db: Database): BrokerSnapshot {
  return {
    retained: db
      .prepare<[], PacketRecord>(`SELECT ${PACKET_COLUMNS} FROM mqtt_retained ORDER BY topic`)
      .all()
      .map(toPacket),
    subscriptions: db
      .prepare<[], { client: string; filter: string; options: string }>(
        'SELECT client, filter, options FROM mqtt_subscriptions ORDER BY client, filter',
      )
      .all(),
    owed: db
      .prepare<
        [],
        PacketRecord & {
          id: number;
          client: string;
          message_id: number | null;
          phase: 'publish' | 'pubrel';
        }
      >(`SELECT id, client, message_id, phase, ${PACKET_COLUMNS} FROM mqtt_owed ORDER BY id`)
      .all()
      .map((row) => ({
        id: row.id,
        client: row.client,
        messageId: row.message_id,
        phase: row.phase,
        packet: toPacket(row),
      })),
    incoming: db
      .prepare<[], PacketRecord & { client: string; message_id: number }>(
        `SELECT client, message_id, ${PACKET_COLUMNS} FROM mqtt_incoming ORDER BY client, message_id`,
      )
      .all()
      .map((row) => ({ client: row.client, messageId: row.message_id, packet: toPacket(row) })),
    wills: db
      .prepare<[], PacketRecord & { client: string }>(
        `SELECT client, ${PACKET_COLUMNS} FROM mqtt_wills ORDER BY client`,
      )
      .all()
      .map((row) => ({ client: row.client, packet: toPacket(row) })),
  };
}

function toPacket(row: PacketRecord): MqttPacketRow {
  return {
    topic: row.topic,
    payload: row.payload,
    qos: row.qos,
    retain: row.retain === 1,
    meta: row.meta,
  };
}
