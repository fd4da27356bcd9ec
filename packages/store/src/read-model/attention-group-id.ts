import type { NeedKind } from '../read-port.ts';

/** What a group has in common. */
interface Shared {
  /** Null where the reason has none. */
  readonly code: string | null;
  readonly saga: string | null;
  /** As the reason names it. */
  readonly effect: string | null;
  readonly release: string | null;
}

/** As `GET /v1/attention` names the group within its tenant: says what it has in common, so that it needs no table. */
export function attentionGroupId(kind: NeedKind, { code, saga, effect, release }: Shared): string {
  const parts =
    kind === 'quarantine' ? ['q', code, saga ?? ''] : ['r', code, saga, effect, release];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}
