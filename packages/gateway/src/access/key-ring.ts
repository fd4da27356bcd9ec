/**
 * The keys that both protocols ask: HTTP's `Authorization: Bearer` and MQTT's password name the same one (DESIGN, Keys).
 *
 * Invariants:
 * 1. A secret is never kept: the ring holds SHA-256 hashes and finds a key by the hash of what was offered, so that how
 *    long a look-up takes says nothing about a secret.
 * 2. A key that has expired or is revoked authenticates nobody, from that instant on; connections that live longer than
 *    one request learn of its end by `onEnded`.
 * 3. A principal carries exactly one tenant (I5).
 * 4. A session is its key's: it is good while both are.
 *
 * @module
 */
import { hash, randomBytes } from 'node:crypto';
import { MICROS_PER_MILLI } from '@holdfast/core';
import type { Clock, Micros, TenantId } from '@holdfast/core';
import type { KeyRow } from '@holdfast/store';
import { Endings } from './endings.ts';
import { GRACE_MS, JustEnded } from './just-ended.ts';

/** What a key may be allowed. `admin` holds all the others. */
export const SCOPES = ['publish', 'subscribe', 'view', 'operate', 'work', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** Who a caller is, once its key was found. */
export interface Principal {
  readonly keyId: string;
  readonly name: string;
  readonly tenant: TenantId;
  /** `admin` is expanded: a key with it has every scope here. */
  readonly scopes: ReadonlySet<Scope>;
  /** MQTT topic filters it is limited to, within its tenant; null for no limit. */
  readonly topics: readonly string[] | null;
  /** Event types it may publish, exact or ending in `.*`; null for no limit. */
  readonly types: readonly string[] | null;
  readonly expiresAt: Micros | null;
  /** Id of the console's session it came by; absent for the key itself. */
  readonly session?: string;
}

export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

/** Whether the principal's key lets it publish events of this type. Says nothing about its scopes. */
export function mayUseType(principal: Principal, type: string): boolean {
  if (principal.types === null) return true;
  return principal.types.some((limit) =>
    limit.endsWith('.*') ? type.startsWith(limit.slice(0, -1)) : limit === type,
  );
}

/**
 * The `source` of an event whose producer named none. It follows the key's name, not its id, so that a producer keeps
 * its identity (and its dedupe marks) when its key is replaced, and over both protocols.
 */
export function defaultSource(principal: Principal): string {
  return `/keys/${encodeURIComponent(principal.name)}`;
}

export interface NewKey {
  /** Shown once, kept nowhere. */
  readonly secret: string;
  /** Public short id. */
  readonly id: string;
  /** What is stored: SHA-256 of the secret, 64 hex digits. */
  readonly hash: string;
}

const SECRET_BYTES = 32;
const ID_BYTES = 6;

/** A fresh key: 256 random bits as `hf_` and base64url text. @param random injected by tests only */
export function newKey(random: (bytes: number) => Buffer = randomBytes): NewKey {
  const secret = `hf_${random(SECRET_BYTES).toString('base64url')}`;
  return { secret, id: random(ID_BYTES).toString('hex'), hash: hashSecret(secret) };
}

/** SHA-256 of a secret, 64 lower-case hex digits, as `KeyRow.hash` holds it. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

type RevokedListener = (keyId: string) => void;

/** When a session ends by itself, as it stands; null for one that is not there. */
type SessionEnd = (id: string) => Micros | null;

interface Entry {
  readonly hash: string;
  readonly principal: Principal;
}

export class KeyRing {
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #byHash = new Map<string, Entry>();
  readonly #byId = new Map<string, Entry>();
  readonly #listeners = new Set<RevokedListener>();
  readonly #endings: Endings<Principal>;
  readonly #justEnded: JustEnded;
  #sessionEndsAt: SessionEnd = () => null;

  constructor({ clock }: { readonly clock: Pick<Clock, 'now' | 'after'> }) {
    this.#clock = clock;
    this.#endings = new Endings(clock, (principal) => this.#endsAt(principal));
    this.#justEnded = new JustEnded(clock);
  }

  /** Replaces all keys by these; listeners hear of each that is gone. */
  load(rows: readonly KeyRow[]): void {
    const before = [...this.#byId.keys()];
    this.#byHash.clear();
    this.#byId.clear();
    for (const row of rows) this.add(row);
    for (const id of before) if (!this.#byId.has(id)) this.#tell(id);
  }

  /** Takes a key up; a revoked one is left out. */
  add(row: KeyRow): void {
    if (row.revokedAt !== null) return;
    const entry: Entry = { hash: row.hash, principal: principalOf(row) };
    const previous = this.#byId.get(row.id);
    if (previous) this.#byHash.delete(previous.hash);
    this.#byHash.set(row.hash, entry);
    this.#byId.set(row.id, entry);
  }

  /** From here on the key authenticates nobody. Unknown ids are ignored. */
  revoke(id: string): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    this.#byId.delete(id);
    this.#byHash.delete(entry.hash);
    this.#justEnded.note(entry.hash);
    this.#tell(id);
  }

  /** Who offers this secret; null for an unknown, expired or revoked key. */
  authenticate(secret: string): Principal | null {
    const entry = this.#byHash.get(hashSecret(secret));
    if (!entry || isExpired(entry.principal, this.#clock.now())) return null;
    return entry.principal;
  }

  /** The key with this id; null when it is unknown, expired or revoked. */
  find(id: string): Principal | null {
    const entry = this.#byId.get(id);
    if (!entry || isExpired(entry.principal, this.#clock.now())) return null;
    return entry.principal;
  }

  /** Whether this secret was a key's that was revoked, or has expired, a moment ago: who offers it has not guessed. */
  hasJustEnded(secret: string): boolean {
    const digest = hashSecret(secret);
    const expiresAt = this.#byHash.get(digest)?.principal.expiresAt ?? null;
    if (expiresAt === null) return this.#justEnded.has(digest);
    return this.#clock.now() < expiresAt + GRACE_MS * MICROS_PER_MILLI;
  }

  /** Whether a principal authenticated earlier would still be. For connections that outlive one request. */
  isCurrent(principal: Principal): boolean {
    return this.#clock.now() < this.#endsAt(principal);
  }

  /**
   * Calls back once when the principal's key is revoked or expires, or its session ends: for what outlives one request.
   * Soon, where that has happened already. Returns what ends that.
   */
  onEnded(principal: Principal, listener: () => void): () => void {
    return this.#endings.add(principal, listener);
  }

  /** @param endsAt asked for principals that came by a session; without it none is good */
  checkSessionsBy(endsAt: SessionEnd): void {
    this.#sessionEndsAt = endsAt;
  }

  /** Tells those who wait for the end of this session. */
  sessionEnded(id: string): void {
    this.#endings.end(({ session }) => session === id);
  }

  /** Calls back with the key's id after each revocation. Returns what ends that. */
  onRevoked(listener: RevokedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(id: string): void {
    for (const listener of this.#listeners) listener(id);
    this.#endings.end(({ keyId }) => keyId === id);
  }

  /** When it ends by itself, as it stands; the past for one that has ended. */
  #endsAt({ keyId, expiresAt, session }: Principal): Micros {
    if (!this.#byId.has(keyId)) return Number.NEGATIVE_INFINITY;
    const ofKey = expiresAt ?? Number.POSITIVE_INFINITY;
    if (session === undefined) return ofKey;
    return Math.min(ofKey, this.#sessionEndsAt(session) ?? Number.NEGATIVE_INFINITY);
  }
}

function isExpired(principal: Principal, now: Micros): boolean {
  return principal.expiresAt !== null && principal.expiresAt <= now;
}

function principalOf(row: KeyRow): Principal {
  // A scope that this version does not know grants nothing.
  const scopes = new Set<Scope>(row.scopes.filter(isScope));
  if (scopes.has('admin')) for (const scope of SCOPES) scopes.add(scope);
  return {
    keyId: row.id,
    name: row.name,
    tenant: row.tenant,
    scopes,
    topics: row.topics,
    types: row.types,
    expiresAt: row.expiresAt,
  };
}
