import { canonicalJson, compose, type IncomingEvent } from '@holdfast/core';
import { sha256 } from './sha256.ts';

/** What two events with the same source and id are compared by. */
type Content = Pick<IncomingEvent, 'type' | 'subject' | 'data'>;

/** 32 hex digits. Events that differ in white space alone have other hashes: see `sameContent`. */
export function contentHash({ type, subject, data }: Content): string {
  return sha256(compose(type, subject ?? '', data)).slice(0, 32);
}

/** Equal but for white space and the order of members, which two protocols may carry differently. */
export function sameContent(a: Content, b: Content): boolean {
  return (
    a.type === b.type &&
    a.subject === b.subject &&
    (a.data === b.data || canonicalJson(JSON.parse(a.data)) === canonicalJson(JSON.parse(b.data)))
  );
}
