import type { Database, Statement } from 'better-sqlite3';

import type { StoreOp } from '../port.ts';
import { assertion } from './commit-scope.ts';

type Op<K extends StoreOp['op']> = Extract<StoreOp, { op: K }>;

/** Releases, keys and sessions. `activations` is only ever appended to: the last row of an app is its pointer. */
export class ControlRows {
  readonly #register: Statement<unknown[]>;
  readonly #activate: Statement<unknown[]>;
  readonly #rehearsed: Statement<unknown[]>;
  readonly #createKey: Statement<unknown[]>;
  readonly #revokeKey: Statement<unknown[]>;
  readonly #openSession: Statement<unknown[]>;
  readonly #seeSession: Statement<unknown[]>;
  readonly #endSession: Statement<unknown[]>;
  readonly #endSessionsOf: Statement<unknown[]>;

  constructor(db: Database) {
    this.#register = db.prepare(
      'INSERT INTO releases (digest, app, registered_at, manifest, registered_by) VALUES (?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING',
    );
    this.#activate = db.prepare(
      `INSERT INTO activations (app, digest, previous, at, by, act, reason)
       SELECT r.app, r.digest, (SELECT a.digest FROM activations a WHERE a.app = r.app ORDER BY a.id DESC LIMIT 1), ?, ?, ?, ?
       FROM releases r WHERE r.digest = ? AND r.app = ?`,
    );
    this.#rehearsed = db.prepare(
      `INSERT INTO rehearsals (activation_id, at, moved, stayed, ended)
       SELECT max(id), ?, ?, ?, ? FROM activations WHERE digest = ? HAVING max(id) IS NOT NULL`,
    );
    this.#createKey = db.prepare(
      `INSERT INTO keys (id, hash, name, tenant, scopes, topics, types, created_at, expires_at, revoked_at)
       VALUES (?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#revokeKey = db.prepare(
      'UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
    );
    this.#openSession = db.prepare(
      `INSERT INTO sessions (id, hash, key_id, opened_at, seen_at, expires_at)
       SELECT ?, unhex(?), id, ?, ?, ? FROM keys WHERE id = ? AND revoked_at IS NULL`,
    );
    this.#seeSession = db.prepare('UPDATE sessions SET seen_at = max(seen_at, ?) WHERE id = ?');
    this.#endSession = db.prepare('DELETE FROM sessions WHERE id = ?');
    this.#endSessionsOf = db.prepare('DELETE FROM sessions WHERE key_id = ?');
  }

  register(op: Op<'release.register'>): void {
    this.#register.run(op.digest, op.app, op.at, op.manifest, op.by);
  }

  activate(op: Op<'release.activate'>): void {
    if (this.#activate.run(op.at, op.by, op.act, op.reason, op.digest, op.app).changes !== 1) {
      assertion(`app ${op.app} has no release ${op.digest}`);
    }
  }

  rehearsed(op: Op<'release.rehearsed'>): void {
    if (this.#rehearsed.run(op.at, op.moved, op.stayed, op.ended, op.digest).changes !== 1) {
      assertion(`release ${op.digest} was never activated`);
    }
  }

  createKey({ row }: Op<'key.create'>): void {
    this.#createKey.run(
      row.id,
      row.hash,
      row.name,
      row.tenant,
      JSON.stringify(row.scopes),
      row.topics === null ? null : JSON.stringify(row.topics),
      row.types === null ? null : JSON.stringify(row.types),
      row.createdAt,
      row.expiresAt,
      row.revokedAt,
    );
  }

  revokeKey(op: Op<'key.revoke'>): void {
    if (this.#revokeKey.run(op.at, op.id).changes !== 1)
      assertion(`key ${op.id} is revoked already, or there is none`);
    this.#endSessionsOf.run(op.id);
  }

  openSession({ row }: Op<'session.open'>): void {
    const { id, hash, openedAt, seenAt, expiresAt, keyId } = row;
    this.#openSession.run(id, hash, openedAt, seenAt, expiresAt, keyId);
  }

  seeSession({ at, id }: Op<'session.seen'>): void {
    this.#seeSession.run(at, id);
  }

  endSession({ id }: Op<'session.end'>): void {
    this.#endSession.run(id);
  }
}
