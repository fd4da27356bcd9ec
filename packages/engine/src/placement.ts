import type { ActiveItem } from './active-item.ts';

/** Who makes tries. */
export interface Placement {
  /** False while the executor makes all of them that name no group, so that nobody need be asked. */
  readonly active: boolean;
  /** Nobody has room for anything but what the executor alone makes. */
  readonly exhausted: boolean;
  /** How long the lease of a worker holds without being renewed, in milliseconds. */
  readonly ackWait: number;
  /** Finds who makes the item's next try, reserves their room and sets `item.worker`; false when nobody can now. */
  take(item: ActiveItem): boolean;
  /** The try of a worker is over, or was never made. */
  ended(item: ActiveItem): void;
}
