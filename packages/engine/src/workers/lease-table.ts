import type { HeldCommand, Millis } from '@holdfast/core';
import type { ActiveItem } from '../active-item.ts';
import type { LeasePoll } from './lease-poll.ts';

/** A try that a worker has, or is about to get. */
export interface Lease {
  readonly item: ActiveItem;
  readonly worker: string;
  /** Null for one that was handed out before the start. */
  readonly poll: LeasePoll | null;
  /** When it ends, however often it is renewed, in monotonic milliseconds; null until its start is synced. */
  readonly latest: Millis | null;
}

/** Leases of workers, by command. */
export class LeaseTable {
  readonly #leases = new Map<string, Lease>();

  add(lease: Lease): void {
    this.#leases.set(lease.item.row.commandId, lease);
  }

  /** The lease of this very item. */
  ofItem(item: ActiveItem): Lease | undefined {
    const lease = this.#leases.get(item.row.commandId);
    return lease?.item === item ? lease : undefined;
  }

  of(worker: string): readonly Lease[] {
    return [...this.#leases.values()].filter((lease) => lease.worker === worker);
  }

  /** The lease of a running try; undefined where it is not, or no longer, the worker's. */
  running(worker: string, { commandId, attempt }: HeldCommand): Lease | undefined {
    const lease = this.#leases.get(commandId);
    if (lease?.worker !== worker || lease.item.attempts !== attempt) return undefined;
    return lease.item.leaseUntil === null ? undefined : lease;
  }

  remove({ item }: Lease): void {
    this.#leases.delete(item.row.commandId);
  }
}

/** A try of a command as one text. */
export function tryText({ commandId, attempt }: HeldCommand): string {
  return `${commandId} ${attempt}`;
}
