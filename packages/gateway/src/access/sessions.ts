/**
 * Who is signed in to the console: sessions, each with what its key allows.
 *
 * Invariants:
 * 1. A session's secret is kept nowhere but in the browser's cookie: here and at rest there is its SHA-256.
 * 2. A session is good while its key is, for `lifetime` at the longest, and for `idle` after it was last used. Whoever
 *    holds one open (`KeyRing.onEnded`, `isCurrent`) learns of its end.
 * 3. It is committed before its cookie goes out, and so survives a restart. Only where the disk has no room it is kept
 *    in memory alone: an operator must be able to look at a full disk (I10).
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { HoldfastError, MICROS_PER_MILLI, toErrorRecord } from '@holdfast/core';
import type { Clock, Micros, Millis } from '@holdfast/core';
import type { EngineApi, Log } from '@holdfast/engine';
import type { SessionRow } from '@holdfast/store';
import { hashSecret } from './key-ring.ts';
import { JustEnded } from './just-ended.ts';
import type { KeyRing, Principal } from './key-ring.ts';

export interface SessionTimes {
  /** It ends when it was not used for so long. */
  readonly idle: Millis;
  /** It ends then, however much it is used. */
  readonly lifetime: Millis;
}

export const DEFAULT_SESSION_TIMES: SessionTimes = {
  idle: 12 * 3_600_000,
  lifetime: 7 * 86_400_000,
};

export interface SessionsOptions {
  readonly keyRing: KeyRing;
  readonly engine: Pick<EngineApi, 'openSession' | 'endSession' | 'seenSession'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly times: SessionTimes;
  readonly log: Log;
}

export interface OpenedSession {
  /** For the cookie; shown once, kept nowhere. */
  readonly secret: string;
  readonly principal: Principal;
  readonly expiresAt: Micros;
}

interface Entry {
  readonly row: SessionRow;
  seenAt: Micros;
  /** What the store knows of it. */
  storedSeenAt: Micros;
}

/** Sessions of one key; one more ends the one that was not used for longest. */
const MAX_PER_KEY = 64;
/** How often it is kept when a session was last used, at most. */
const SEEN_STEP_MS: Millis = 300_000;
const SECRET_BYTES = 32;
const ID_BYTES = 6;

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #byHash = new Map<string, Entry>();
  readonly #byId = new Map<string, Entry>();
  readonly #justEnded: JustEnded;

  constructor(options: SessionsOptions) {
    this.#options = options;
    const { keyRing, clock } = options;
    this.#justEnded = new JustEnded(clock);
    keyRing.checkSessionsBy((id) => {
      const entry = this.#byId.get(id);
      return entry === undefined ? null : this.#endsAt(entry);
    });
    // Their rows went with the key's.
    keyRing.onRevoked((keyId) => {
      for (const { row } of this.#byId.values()) if (row.keyId === keyId) this.#forget(row);
    });
  }

  /** Those that the store has kept, at start. What is no longer good is ended. */
  load(rows: readonly SessionRow[]): void {
    for (const row of rows) this.#add({ row, seenAt: row.seenAt, storedSeenAt: row.seenAt });
    this.#sweep();
  }

  /** How many are open. */
  get size(): number {
    return this.#byId.size;
  }

  /**
   * Signs in. Resolves after the synced commit.
   *
   * @param principal of the key
   * @param how for the record: by what, and from where
   * @throws HoldfastError `auth.refused` when the key was revoked meanwhile
   */
  async open(
    principal: Principal,
    how: { readonly by: 'key' | 'link'; readonly address: string },
  ): Promise<OpenedSession> {
    const { engine, clock, times, keyRing, log } = this.#options;
    this.#sweep();
    const secret = `hs_${randomBytes(SECRET_BYTES).toString('base64url')}`;
    const now = clock.now();
    const row: SessionRow = {
      id: randomBytes(ID_BYTES).toString('hex'),
      hash: hashSecret(secret),
      keyId: principal.keyId,
      openedAt: now,
      seenAt: now,
      expiresAt: Math.min(
        now + times.lifetime * MICROS_PER_MILLI,
        principal.expiresAt ?? Number.POSITIVE_INFINITY,
      ),
    };
    try {
      await engine.openSession(row, how, { by: principal.keyId, reason: null });
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'store.full') throw error;
      log.warn({ session: row.id }, 'no room to keep a session: it will not survive a restart');
    }
    if (keyRing.find(principal.keyId) === null)
      throw new HoldfastError('auth.refused', 'the key is no longer in force');
    this.#add({ row, seenAt: now, storedSeenAt: now });
    this.#makeRoom(principal.keyId);
    return { secret, principal: { ...principal, session: row.id }, expiresAt: row.expiresAt };
  }

  /** Whose session this is, and that it was used; null for an unknown one and for one that has ended. */
  find(secret: string): Principal | null {
    const entry = this.#byHash.get(hashSecret(secret));
    if (entry === undefined) return null;
    const principal = this.#options.keyRing.find(entry.row.keyId);
    if (principal === null || !this.#isGood(entry)) {
      this.#expire(entry);
      return null;
    }
    this.#seen(entry);
    return { ...principal, session: entry.row.id };
  }

  /** Whether this secret was a session's that has ended a moment ago: who offers it has not guessed. */
  hasJustEnded(secret: string): boolean {
    return this.#justEnded.has(hashSecret(secret));
  }

  /** When the session ends however much it is used; null for an unknown one. */
  expiryOf(id: string): Micros | null {
    return this.#byId.get(id)?.row.expiresAt ?? null;
  }

  /** Signs out: from here on the session is nobody's. Resolves after the synced commit. */
  async end(principal: Principal): Promise<void> {
    const entry = this.#byId.get(principal.session ?? '');
    if (entry === undefined) return;
    this.#forget(entry.row);
    await this.#options.engine.endSession(entry.row, { by: principal.keyId, reason: null });
  }

  #isGood(entry: Entry): boolean {
    return this.#options.clock.now() < this.#endsAt(entry);
  }

  #endsAt({ row, seenAt }: Entry): Micros {
    return Math.min(row.expiresAt, seenAt + this.#options.times.idle * MICROS_PER_MILLI);
  }

  #add(entry: Entry): void {
    this.#byHash.set(entry.row.hash, entry);
    this.#byId.set(entry.row.id, entry);
  }

  #forget(row: SessionRow): void {
    this.#byHash.delete(row.hash);
    this.#byId.delete(row.id);
    this.#justEnded.note(row.hash);
    this.#options.keyRing.sessionEnded(row.id);
  }

  /** Its time is up: that is nobody's act. */
  #expire({ row }: Entry): void {
    this.#forget(row);
    this.#options.engine.endSession(row, null).catch((error: unknown) => {
      const { code, message } = toErrorRecord(error);
      this.#options.log.warn({ code, message, session: row.id }, 'an ended session stays on disk');
    });
  }

  #sweep(): void {
    const { keyRing } = this.#options;
    for (const entry of this.#byId.values()) {
      if (keyRing.find(entry.row.keyId) === null || !this.#isGood(entry)) this.#expire(entry);
    }
  }

  #makeRoom(keyId: string): void {
    const own = [...this.#byId.values()].filter(({ row }) => row.keyId === keyId);
    if (own.length <= MAX_PER_KEY) return;
    const oldest = own.reduce((a, b) => (b.seenAt < a.seenAt ? b : a));
    this.#expire(oldest);
  }

  #seen(entry: Entry): void {
    const { clock, engine, times, log } = this.#options;
    const now = clock.now();
    entry.seenAt = now;
    const step = Math.min(SEEN_STEP_MS, times.idle / 10) * MICROS_PER_MILLI;
    if (now - entry.storedSeenAt < step) return;
    entry.storedSeenAt = now;
    engine.seenSession(entry.row.id, now).catch((error: unknown) => {
      const { code, message } = toErrorRecord(error);
      log.debug({ code, message }, 'when a session was last used could not be kept');
    });
  }
}
