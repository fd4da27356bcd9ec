import {
  CONTROL_TYPES,
  type ControlType,
  formatMicros,
  HoldfastError,
  type Micros,
} from '@holdfast/core';
import type { KeyRow, SessionRow, StoreOp } from '@holdfast/store';
import type { ActDeps } from './act-deps.ts';
import type { Actor } from './api.ts';
import type { Fact } from './fact.ts';

/**
 * Keys are created and revoked, sessions opened and ended, in the commit of the act's record, which says whose it is and
 * never the secret.
 */
export class KeyDesk {
  readonly #deps: Pick<ActDeps, 'store' | 'facts' | 'record' | 'commit'>;
  /** Keys that somebody is revoking. */
  readonly #revoking = new Map<string, Promise<void>>();

  constructor(deps: Pick<ActDeps, 'store' | 'facts' | 'record' | 'commit'>) {
    this.#deps = deps;
  }

  create(row: KeyRow, actor: Actor): Promise<void> {
    const { name, scopes, topics, types } = row;
    const after = { inForce: true, scopes, topics, types, expiresAt: timeOf(row.expiresAt) };
    const what = { name, scopes, before: null, after };
    return this.#act(row, CONTROL_TYPES.keyCreated, what, actor, (into) => {
      into.push({ op: 'key.create', row });
    });
  }

  /**
   * Of several who revoke one key at a time the first does, and the others are told as if they had come later.
   *
   * @throws HoldfastError `not_found` when no such key is in force
   */
  async revoke(id: string, actor: Actor): Promise<void> {
    for (let other = this.#revoking.get(id); other !== undefined; other = this.#revoking.get(id))
      await other;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#revoking.set(id, promise);
    try {
      await this.#revoke(id, actor);
    } finally {
      this.#revoking.delete(id);
      resolve();
    }
  }

  async #revoke(id: string, actor: Actor): Promise<void> {
    const known = await this.#current(id);
    if (known === null) throw new HoldfastError('not_found', `there is no key ${id} in force`);
    const { name, scopes, topics, types } = known;
    const before = { inForce: true, scopes, topics, types, expiresAt: timeOf(known.expiresAt) };
    const what = { name, before, after: { ...before, inForce: false } };
    await this.#act(known, CONTROL_TYPES.keyRevoked, what, actor, (into, { event }) => {
      into.push({ op: 'key.revoke', id, at: event.receivedAt });
    });
  }

  sessions(): Promise<readonly SessionRow[]> {
    return this.#deps.store.sessions();
  }

  /** @throws HoldfastError `auth.refused` when its key is no more in force */
  async openSession(row: SessionRow, about: Record<string, unknown>, actor: Actor): Promise<void> {
    const key = await this.#current(row.keyId);
    if (key === null) throw new HoldfastError('auth.refused', 'the key is no longer in force');
    await this.#session(row.id, key, CONTROL_TYPES.sessionOpened, about, actor, (into) => {
      into.push({ op: 'session.open', row });
    });
  }

  /** By somebody, which is recorded; or because its time is up, which is not. */
  async endSession(session: Pick<SessionRow, 'id' | 'keyId'>, actor: Actor | null): Promise<void> {
    const { id, keyId } = session;
    const op: StoreOp = { op: 'session.end', id };
    const key = actor === null ? null : await this.#current(keyId);
    if (actor === null || key === null) {
      await this.#deps.commit({ build: (into) => void into.push(op) });
      return;
    }
    await this.#session(id, key, CONTROL_TYPES.sessionEnded, {}, actor, (into) => {
      into.push(op);
    });
  }

  async seenSession(id: string, at: Micros): Promise<void> {
    await this.#deps.commit({ build: (into) => void into.push({ op: 'session.seen', id, at }) });
  }

  async #current(id: string): Promise<KeyRow | null> {
    const keys = await this.#deps.store.keys();
    return keys.find((key) => key.id === id && key.revokedAt === null) ?? null;
  }

  #session(
    id: string,
    { name, tenant }: KeyRow,
    type: ControlType,
    about: Record<string, unknown>,
    actor: Actor,
    extra: (into: StoreOp[]) => void,
  ): Promise<void> {
    const { facts, record } = this.#deps;
    const what = { name, ...about };
    return record(facts.control({ tenant, type, subject: `session/${id}`, what }, actor, extra));
  }

  #act(
    { id, tenant }: KeyRow,
    type: ControlType,
    what: Record<string, unknown>,
    actor: Actor,
    extra: (into: StoreOp[], fact: Fact) => void,
  ): Promise<void> {
    const { facts, record } = this.#deps;
    return record(facts.control({ tenant, type, subject: `key/${id}`, what }, actor, extra));
  }
}

function timeOf(at: Micros | null): string | null {
  return at === null ? null : formatMicros(at);
}
