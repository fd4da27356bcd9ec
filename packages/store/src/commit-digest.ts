/**
 * The text that a commit's digest is taken over, and the chain (DESIGN, Decided).
 *
 * `digest(n) = SHA-256(digest(n-1), no, timeline, epoch, last_seq, at, events, transitions, attempt records, audit entries)`:
 * events in order of `seq`, transitions in order of their row, attempt records in order of item, number, start before
 * end, audit entries in order of their number. Every
 * record is a letter and a fixed number of fields, all joined by U+0000, which no field may hold; a field that may be
 * null is `-`, or `=` and its text. So no two different commits give the same text, and `verifyChain` can take it again
 * from the tables. A state stands in it by its hash.
 */
import { hash } from 'node:crypto';

import type { Micros, Seq } from '@holdfast/core';

const Z = '\u0000';

/** What comes before the first commit of a database. */
export const FIRST_DIGEST = '0'.repeat(64);

function optional(text: string | number | null): string {
  return text === null ? '-' : `=${text}`;
}

export interface EventDigestFields {
  readonly seq: Seq;
  readonly stream: string;
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string | null;
  readonly dataSchema: string | null;
  readonly correlationId: string | null;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  readonly extensions: string | null;
  readonly receivedAt: Micros;
  readonly data: string;
}

export function eventText(event: EventDigestFields, target: number | null): string {
  return (
    `${Z}E${Z}${event.seq}${Z}${event.stream}${Z}${event.tenant}${Z}${event.type}${Z}${event.id}${Z}${event.source}` +
    `${Z}${optional(event.subject)}${Z}${optional(event.time)}${Z}${optional(event.dataSchema)}` +
    `${Z}${optional(event.correlationId)}${Z}${optional(event.causationId)}${Z}${optional(event.traceparent)}` +
    `${Z}${optional(event.extensions)}${Z}${event.receivedAt}${Z}${optional(target)}${Z}${event.data}`
  );
}

export interface TransitionDigestFields {
  readonly instanceId: number;
  readonly version: number;
  readonly seq: Seq;
  readonly recordedAt: Micros;
  readonly seed: string;
  readonly gasLimit: number;
  readonly gasUsed: number;
  readonly release: string;
  readonly sandbox: string;
  readonly stateHash: string;
  readonly decision: string;
}

export function transitionText(row: TransitionDigestFields, saga: string): string {
  return (
    `${Z}T${Z}${row.instanceId}${Z}${row.version}${Z}${row.seq}${Z}${saga}${Z}${row.recordedAt}${Z}${row.seed}` +
    `${Z}${row.gasLimit}${Z}${row.gasUsed}${Z}${row.release}${Z}${row.sandbox}${Z}${row.stateHash}${Z}${row.decision}`
  );
}

export interface AttemptDigestFields {
  readonly itemId: number;
  readonly no: number;
  /** 0: the record of the start. 1: of the end. */
  readonly ended: 0 | 1;
  readonly at: Micros;
  readonly mode: string | null;
  readonly leaseUntil: Micros | null;
  readonly epoch: number | null;
  readonly release: string | null;
  readonly worker: string | null;
  readonly outcome: string | null;
  readonly error: string | null;
}

/** The worker stands in a record of its own after the attempt's, where there is one. */
export function attemptText(row: AttemptDigestFields): string {
  return (
    `${Z}A${Z}${row.itemId}${Z}${row.no}${Z}${row.ended}${Z}${row.at}${Z}${optional(row.mode)}` +
    `${Z}${optional(row.leaseUntil)}${Z}${optional(row.epoch)}${Z}${optional(row.release)}` +
    `${Z}${optional(row.outcome)}${Z}${optional(row.error)}` +
    (row.worker === null ? '' : `${Z}W${Z}${row.worker}`)
  );
}

/** An entry of the audit, by its hash, which is taken over the entry and all before it. */
export function auditText(no: number, entryHash: string): string {
  return `${Z}U${Z}${no}${Z}${entryHash}`;
}

/** Order of attempt records within a commit's text. */
export function compareAttempts(a: AttemptDigestFields, b: AttemptDigestFields): number {
  return a.itemId - b.itemId || a.no - b.no || a.ended - b.ended;
}

export interface CommitDigestFields {
  readonly no: number;
  readonly timeline: number;
  readonly epoch: number;
  readonly lastSeq: Seq;
  readonly at: Micros;
}

/** The commit's digest, 64 hex digits. `records`: the texts of its records, in order, one after the other. */
export function commitDigest(
  previous: string,
  commit: CommitDigestFields,
  records: string,
): string {
  return hash(
    'sha256',
    `${previous}${Z}${commit.no}${Z}${commit.timeline}${Z}${commit.epoch}${Z}${commit.lastSeq}${Z}${commit.at}${records}`,
  );
}
