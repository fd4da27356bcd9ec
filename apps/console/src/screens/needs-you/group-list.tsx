import { getRouteApi } from '@tanstack/react-router';
import type { AttentionGroup } from '@holdfast/core';
import { cx } from '../../lib/class-names.ts';
import { formatCount, shortDigest } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Time } from '../../ui/time.tsx';
import { headingOf } from './act-words.ts';

const route = getRouteApi('/shell/needs-you');

/** The status word that says what kind of group it is. */
export const KIND_STATUS = {
  blocked: 'blocked',
  doubtful: 'doubtful',
  quarantine: 'quarantined',
} as const;

interface GroupListProps {
  readonly groups: readonly AttentionGroup[];
  readonly chosen: string | undefined;
  /** Whether somebody chose it. On a phone, where only the list is shown then, none is marked before. */
  readonly opened: boolean;
}

export function GroupList({ groups, chosen, opened }: GroupListProps) {
  return (
    <ul aria-label="Groups" className="flex flex-col">
      {groups.map((group) => (
        <li key={group.id} className="border-b border-line">
          <route.Link
            to="."
            search={{ group: group.id }}
            aria-current={group.id === chosen ? 'true' : undefined}
            className={cx(
              'flex flex-col gap-1 px-3 py-2.5 -outline-offset-2 hover:bg-hover md:px-4',
              opened ? 'aria-[current=true]:bg-chosen' : 'md:aria-[current=true]:bg-chosen',
            )}
          >
            <span className="flex items-center gap-2">
              <Badge status={KIND_STATUS[group.kind]} />
              <span className="min-w-0 flex-1 truncate font-mono text-xs text-ink-2">
                {group.reason}
              </span>
              <span className="text-xs text-ink-2">
                <Time at={group.newest} />
              </span>
            </span>
            <span className="flex items-baseline gap-2">
              <span className="min-w-0 flex-1 truncate font-medium">{headingOf(group)}</span>
              <span className="text-base font-semibold tabular-nums">
                {formatCount(group.count)}
              </span>
            </span>
            <span className="flex items-baseline gap-2 text-xs text-ink-2">
              <span className="min-w-0 flex-1 truncate">{group.message}</span>
              {group.release !== null && (
                <span className="shrink-0 font-mono" title={`Release ${group.release}`}>
                  {shortDigest(group.release)}
                </span>
              )}
            </span>
          </route.Link>
        </li>
      ))}
    </ul>
  );
}
