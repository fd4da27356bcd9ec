import {
  CONTROL_TYPES,
  type ControlType,
  formatMicros,
  HoldfastError,
  type Micros,
} from '@holdfast/core';
import type { KeyRow, StoreOp } from '@holdfast/store';
import type { ActDeps } from './act-deps.ts';
import type { Actor } from './api.ts';
import type { Fact } from './fact.ts';

/** Keys are created and revoked in the commit of the act's record, which says whose key it is and never the key. */
export class KeyDesk {
  readonly #deps: Pick<ActDeps, 'store' | 'facts' | 'record'>;

  constructor(deps: Pick<ActDeps, 'store' | 'facts' | 'record'>) {
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

  /** @throws HoldfastError `not_found` when no such key is in force */
  async revoke(id: string, actor: Actor): Promise<void> {
    const keys = await this.#deps.store.keys();
    const known = keys.find((key) => key.id === id && key.revokedAt === null);
    if (known === undefined) throw new HoldfastError('not_found', `there is no key ${id} in force`);
    const { name, scopes, topics, types } = known;
    const before = { inForce: true, scopes, topics, types, expiresAt: timeOf(known.expiresAt) };
    const what = { name, before, after: { ...before, inForce: false } };
    await this.#act(known, CONTROL_TYPES.keyRevoked, what, actor, (into, { event }) => {
      into.push({ op: 'key.revoke', id, at: event.receivedAt });
    });
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
