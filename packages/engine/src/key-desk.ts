import { CONTROL_TYPES, type ControlType, HoldfastError } from '@holdfast/core';
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
    const { name, scopes } = row;
    return this.#act(row, CONTROL_TYPES.keyCreated, { name, scopes }, actor, (into) => {
      into.push({ op: 'key.create', row });
    });
  }

  /** @throws HoldfastError `not_found` when no such key is in force */
  async revoke(id: string, actor: Actor): Promise<void> {
    const keys = await this.#deps.store.keys();
    const known = keys.find((key) => key.id === id && key.revokedAt === null);
    if (known === undefined) throw new HoldfastError('not_found', `there is no key ${id} in force`);
    const { name } = known;
    await this.#act(known, CONTROL_TYPES.keyRevoked, { name }, actor, (into, { event }) => {
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
