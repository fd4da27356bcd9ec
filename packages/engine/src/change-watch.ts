/**
 * Tells those who look at data when to look again: which sorts of things commits have touched, by tenant.
 *
 * 1. Nothing is looked at while nobody listens.
 * 2. At most one message in `EVERY_MS`: what a change finds quiet is told at once, what follows is gathered.
 * 3. A hint: it may name too much, and never too little. An op that does not say whose it is counts for the tenants that
 *    its commit names, and for all where that names none.
 *
 * @module
 */
import type { ChangeTopic, Clock, Millis, Seq, TenantId } from '@holdfast/core';
import type { StoreOp } from '@holdfast/store';

/** Four messages a second. */
const EVERY_MS: Millis = 250;

export interface TenantChanges {
  /** Null for whichever. */
  readonly tenant: TenantId | null;
  readonly topics: readonly ChangeTopic[];
}

/** `head`: position of the newest event. */
export interface ChangesTold {
  readonly head: Seq;
  readonly changes: readonly TenantChanges[];
}

type Gathered = Map<TenantId | null, Set<ChangeTopic>>;

export class ChangeWatch {
  readonly #clock: Clock;
  readonly #listeners = new Set<(told: ChangesTold) => void>();
  #gathered: Gathered = new Map();
  #head: Seq = 0;
  #resting: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns what ends the subscription. */
  add(listener: (told: ChangesTold) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  /** A commit was made. */
  committed(ops: readonly StoreOp[], head: Seq): void {
    if (this.#listeners.size === 0) return;
    gather(ops, this.#gathered);
    this.#head = head;
    if (this.#resting === null) this.#tell();
  }

  #tell(): void {
    this.#resting = null;
    if (this.#gathered.size === 0) return;
    const changes = [...this.#gathered].map(([tenant, topics]) => ({
      tenant,
      topics: [...topics],
    }));
    this.#gathered = new Map();
    this.#resting = this.#clock.after(EVERY_MS, () => this.#tell());
    for (const listener of this.#listeners) listener({ head: this.#head, changes });
  }

  #stop(): void {
    this.#resting?.();
    this.#resting = null;
    this.#gathered = new Map();
  }
}

function gather(ops: readonly StoreOp[], into: Gathered): void {
  const named = new Set<TenantId>();
  const nobodys = new Set<ChangeTopic>();
  const everybodys = new Set<ChangeTopic>();
  for (const op of ops) {
    const tenant = tenantOf(op);
    if (tenant !== null) named.add(tenant);
    const topic = topicOf(op);
    if (topic === null) continue;
    if (tenant !== null) add(into, tenant, topic);
    else if (topic === 'releases' || op.op.startsWith('cron.')) everybodys.add(topic);
    else nobodys.add(topic);
  }
  for (const topic of everybodys) add(into, null, topic);
  const owners = named.size === 0 ? [null] : named;
  for (const topic of nobodys) for (const tenant of owners) add(into, tenant, topic);
}

function add(into: Gathered, tenant: TenantId | null, topic: ChangeTopic): void {
  const found = into.get(tenant);
  if (found === undefined) into.set(tenant, new Set([topic]));
  else found.add(topic);
}

function tenantOf(op: StoreOp): TenantId | null {
  switch (op.op) {
    case 'event':
      return op.event.tenant;
    case 'checkpoint':
      return op.tenant;
    case 'instance.create':
    case 'item.add':
    case 'wait.open':
    case 'schedule.set':
    case 'quarantine':
    case 'key.create':
      return op.row.tenant;
    default:
      return null;
  }
}

function topicOf(op: StoreOp): ChangeTopic | null {
  switch (op.op) {
    case 'event':
      return 'events';
    case 'instance.create':
    case 'instance.status':
    case 'instance.pin':
    case 'transition':
    case 'park':
    case 'unpark':
      return 'sagas';
    case 'item.add':
    case 'item.retry':
    case 'item.hold':
    case 'item.settle':
    case 'attempt.start':
    case 'attempt.end':
      return 'effects';
    case 'wait.open':
    case 'wait.close':
      return 'waits';
    case 'schedule.set':
    case 'schedule.remove':
    case 'cron.set':
    case 'cron.remove':
    case 'cron.move':
      return 'schedules';
    case 'quarantine':
    case 'quarantine.resolve':
      return 'quarantine';
    case 'release.register':
    case 'release.activate':
    case 'release.rehearsed':
      return 'releases';
    case 'key.create':
    case 'key.revoke':
      return 'keys';
    default:
      return null;
  }
}
