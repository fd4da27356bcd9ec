/** Closes connections whose key is revoked or has expired: a key is good until that instant (DESIGN, Keys). */
import { MICROS_PER_MILLI } from '@holdfast/core';
import type { Clock, Millis } from '@holdfast/core';
import type { KeyRing } from '../access/key-ring.ts';
import type { Connection } from './connection.ts';

/** Longest time between two looks at the wall clock, which may be set or stand still (FACTS, Timers). */
const RECHECK_MS: Millis = 30_000;

export class KeyWatch {
  readonly #clock: Clock;
  readonly #closeIt: (connection: Connection, reason: string) => void;
  readonly #byKey = new Map<string, Set<Connection>>();
  readonly #expiring = new Set<Connection>();
  readonly #stop: () => void;
  #cancel: (() => void) | null = null;

  constructor(
    keyRing: Pick<KeyRing, 'onRevoked'>,
    clock: Clock,
    closeIt: (connection: Connection, reason: string) => void,
  ) {
    this.#clock = clock;
    this.#closeIt = closeIt;
    this.#stop = keyRing.onRevoked((keyId) => {
      for (const connection of this.#byKey.get(keyId) ?? [])
        closeIt(connection, 'its key was revoked');
    });
  }

  add(connection: Connection): void {
    const { principal } = connection;
    if (principal === null) return;
    const known = this.#byKey.get(principal.keyId);
    if (known === undefined) this.#byKey.set(principal.keyId, new Set([connection]));
    else known.add(connection);
    if (principal.expiresAt === null) return;
    this.#expiring.add(connection);
    this.#schedule();
  }

  /** Connections of a key, less the one of a client that this connection would take over. @param client mounted */
  othersOf(keyId: string, client: string): number {
    const known = this.#byKey.get(keyId);
    if (known === undefined) return 0;
    for (const one of known) if (one.prefix + one.clientId === client) return known.size - 1;
    return known.size;
  }

  remove(connection: Connection): void {
    const keyId = connection.principal?.keyId ?? '';
    const known = this.#byKey.get(keyId);
    if (known?.delete(connection) === true && known.size === 0) this.#byKey.delete(keyId);
    if (this.#expiring.delete(connection)) this.#schedule();
  }

  close(): void {
    this.#stop();
    this.#cancel?.();
    this.#cancel = null;
  }

  #schedule(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#expiring.size === 0) return;
    let next = Number.POSITIVE_INFINITY;
    for (const { principal } of this.#expiring) next = Math.min(next, principal?.expiresAt ?? next);
    const left = Math.ceil((next - this.#clock.now()) / MICROS_PER_MILLI);
    this.#cancel = this.#clock.after(Math.min(Math.max(left, 0), RECHECK_MS), () => this.#sweep());
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const connection of this.#expiring) {
      const expiresAt = connection.principal?.expiresAt ?? null;
      if (expiresAt !== null && expiresAt <= now) this.#closeIt(connection, 'its key has expired');
    }
    this.#schedule();
  }
}
