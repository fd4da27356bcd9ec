/**
 * The audit's chain: what an entry is, and the digest that ties it to the one before.
 *
 * 1. An entry says all that its event of `CONTROL_EVENTS` says, as canonical JSON: it is made from the event alone, so
 *    that no act can be journaled and not audited, and outlives the stretch of the journal that holds the event.
 * 2. `hash(n) = SHA-256(hash(n-1), line feed, entry(n))`, in hex; before the first stand 64 zeros. Canonical JSON holds
 *    no line feed.
 * 3. (I7) An entry is written in the commit of its act, and that commit's digest is taken over its hash too.
 *
 * Both are the format of what is kept: a change of either is a new format beside this one, and a migration.
 */
import { hash } from 'node:crypto';

import { canonicalJson } from '@holdfast/core';
import type { JournalEvent } from '@holdfast/core';

/** What comes before the first entry. */
export const FIRST_AUDIT_HASH = '0'.repeat(64);

/** Whose acts the engine's own are, where the event names nobody. */
const ENGINE = 'engine';

export type ControlEvent = Pick<
  JournalEvent,
  'seq' | 'tenant' | 'type' | 'subject' | 'receivedAt' | 'data'
>;

/** What stands in an entry. Times in microseconds. */
export interface AuditRecord {
  readonly seq: number;
  readonly at: number;
  readonly tenant: string;
  readonly act: string;
  readonly by: string;
  readonly target: string | null;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where a chain stands. */
export interface AuditHead {
  /** 0 before the first entry. */
  readonly no: number;
  readonly hash: string;
}

/** The entry of an act, as it is kept: canonical JSON of an `AuditRecord`. */
export function auditEntry(event: ControlEvent): string {
  const { by, reason, before, after, ...detail } = membersOf(event.data);
  const record: AuditRecord = {
    seq: event.seq,
    at: event.receivedAt,
    tenant: event.tenant,
    act: event.type,
    by: typeof by === 'string' ? by : ENGINE,
    target: event.subject,
    reason: typeof reason === 'string' ? reason : null,
    before: before ?? null,
    after: after ?? null,
    detail,
  };
  return canonicalJson(record);
}

/** The digest of an entry, 64 hex digits. */
export function auditHash(previous: string, entry: string): string {
  return hash('sha256', `${previous}\n${entry}`);
}

function membersOf(data: string): Record<string, unknown> {
  const value: unknown = JSON.parse(data);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
