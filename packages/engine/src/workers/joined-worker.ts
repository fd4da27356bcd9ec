import { holdsTenant, type Micros, type Millis, namesEffect, type TenantId } from '@holdfast/core';
import type { WorkItemRow } from '@holdfast/store';
import type { LeasePoll } from './lease-poll.ts';
import type { WorkerView } from './worker-api.ts';

/** What a worker said when it joined; kept in the record of that. */
export interface WorkerTerms {
  readonly group: string;
  readonly concurrency: number;
  readonly tenants: readonly string[];
  readonly effects: readonly string[];
  /** The one tenant whose commands its key may take; null for those of any. */
  readonly tenant: TenantId | null;
}

/** A worker in memory. */
export class JoinedWorker {
  readonly id: string;
  readonly name: string;
  readonly keyId: string;
  readonly joinedAt: Micros;
  readonly terms: WorkerTerms;
  /** Where an operator has put it; null: where it was started. */
  placement: readonly string[] | null;
  state: WorkerView['state'];
  /** Monotonic milliseconds, and wall time, when it was last heard of. */
  seen: Millis;
  seenAt: Micros;
  /** Commands leased to it. */
  inFlight = 0;
  /** Its last lease. */
  poll: LeasePoll | null = null;

  constructor(init: {
    readonly id: string;
    readonly name: string;
    readonly keyId: string;
    readonly joinedAt: Micros;
    readonly terms: WorkerTerms;
    readonly placement: readonly string[] | null;
    readonly state: WorkerView['state'];
    readonly seen: Millis;
    readonly seenAt: Micros;
  }) {
    this.id = init.id;
    this.name = init.name;
    this.keyId = init.keyId;
    this.joinedAt = init.joinedAt;
    this.terms = init.terms;
    this.placement = init.placement;
    this.state = init.state;
    this.seen = init.seen;
    this.seenAt = init.seenAt;
  }

  get tenants(): readonly string[] {
    return this.placement ?? this.terms.tenants;
  }

  get room(): number {
    return this.terms.concurrency - this.inFlight;
  }

  /** Whether it makes calls of the item's effect for its tenant. */
  takes({ tenant, effect }: WorkItemRow, group: string): boolean {
    const { terms } = this;
    return (
      terms.group === group &&
      (terms.tenant === null || terms.tenant === tenant) &&
      holdsTenant(this.tenants, tenant) &&
      namesEffect(terms.effects, effect)
    );
  }

  view(): WorkerView {
    const { id, name, state, tenants, inFlight, joinedAt, seenAt } = this;
    const { group, tenant, effects, concurrency } = this.terms;
    return {
      id,
      name,
      group,
      state,
      tenant,
      tenants: [...tenants],
      effects: [...effects],
      concurrency,
      inFlight,
      joinedAt,
      lastSeenAt: seenAt,
    };
  }
}
